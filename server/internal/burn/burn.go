// Package burn spends CPU time on purpose, for scenarios whose requests compute.
//
// The work is a fixed number of rounds of arithmetic, not a loop until a clock says
// that the time is over. On a busy machine the clock goes on while the loop does not
// run, and a request would do less work the more other requests there are.
package burn

import (
	"context"
	"runtime"
	"time"
)

// Burner knows how much work this machine does in a given time.
type Burner struct{ roundsPerMicro float64 }

const (
	calibrationRounds = 100_000
	calibrationRuns   = 50
	slice             = time.Millisecond // between two checks of the context
)

// Calibrate measures the speed of the machine, in about ten milliseconds. It uses
// the fastest of many runs, because a disturbance can only slow a run down.
func Calibrate() *Burner {
	fastest := time.Duration(1<<63 - 1)
	for range calibrationRuns {
		began := time.Now()
		runtime.KeepAlive(spin(calibrationRounds))
		fastest = min(fastest, time.Since(began))
	}
	return &Burner{roundsPerMicro: calibrationRounds / (float64(max(fastest, 1)) / float64(time.Microsecond))}
}

// Burn uses d of CPU time. If the context ends first, it stops and returns the
// context's error.
func (b *Burner) Burn(ctx context.Context, d time.Duration) error {
	for ; d > 0; d -= slice {
		if err := ctx.Err(); err != nil {
			return err
		}
		runtime.KeepAlive(spin(b.rounds(min(d, slice))))
	}
	return nil
}

// rounds is how many rounds take about as long as d.
func (b *Burner) rounds(d time.Duration) int {
	return int(b.roundsPerMicro * float64(d) / float64(time.Microsecond))
}

// spin does that many rounds. Each depends on the one before, so that neither
// the compiler nor the processor can take short cuts; the result is returned,
// and kept alive by the callers, for the same reason.
//
//go:noinline
func spin(rounds int) uint64 {
	x := uint64(88172645463325252)
	for range rounds {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}
