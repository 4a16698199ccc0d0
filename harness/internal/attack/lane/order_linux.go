//go:build !race

package lane

// received does something only for the race detector.
func received() {}

// sending does something only for the race detector.
func sending() {}
