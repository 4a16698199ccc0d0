package host

import "runtime/debug"

// Settle gives the generator, which is this process, its place on the machine.
func Settle(p Placement) error {
	// The collector of the generator competes with its pacing; its heap is
	// small and can be collected a third as often.
	debug.SetGCPercent(300)
	return Confine(p)
}
