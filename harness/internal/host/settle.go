package host

import "runtime/debug"

// Settle prepares the generator, which is this process, and moves it to its CPUs.
func Settle(p Placement) error {
	// The garbage collector of the generator competes with its pacing. The heap is
	// small, so it can be collected a third as often.
	debug.SetGCPercent(300)
	return Confine(p)
}
