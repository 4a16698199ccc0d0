//go:build !linux

package door

// tellsOfReset says whether reset can find out that a client has left.
const tellsOfReset = false

// refuse does nothing: only Linux can keep new clients out while those in the queue are
// taken. The few who come in the moment of the closing are reset.
func (d *Door) refuse() error { return nil }

// waiting reports that nobody is known to wait.
func (d *Door) waiting() bool { return false }

// reset cannot tell.
func reset(uintptr) bool { return false }
