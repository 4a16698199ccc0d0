package host

import (
	"context"
	"time"

	"github.com/assay-bench/assay/results"
)

// Limits are the CPU seconds per second that other programs and the hypervisor may take
// without spoiling a trial.
type Limits struct{ Foreign, Steal float64 }

// Quiet reports whether what was watched is within the limits. What cannot be seen is.
func (l Limits) Quiet(h results.HostWatch) bool {
	return (h.Foreign == nil || *h.Foreign <= l.Foreign) && (h.Steal == nil || *h.Steal <= l.Steal)
}

// AwaitQuiet waits until other programs and the hypervisor are within the limits. It
// waits at most the longest time, and returns early if ctx ends. If the usage cannot be
// seen, it looks only once. It returns how long it waited: the time until it found the
// machine quiet, without the look that found it, and so 0 on a quiet machine. busy is
// told what the first look saw if that was too much, with the programs; it may be nil.
//
// A compiler, for example, runs for some seconds; short trials that are repeated at
// once would all be disturbed by it.
func AwaitQuiet(ctx context.Context, p Placement, l Limits, longest time.Duration, busy func(results.HostWatch)) (waited time.Duration) {
	return awaitQuiet(ctx, l, longest, busy, time.Now, func() (results.HostWatch, bool) { return look(ctx, p) })
}

// look watches the machine for the shortest time that tells anything. It returns false
// if ctx ends before.
func look(ctx context.Context, p Placement) (results.HostWatch, bool) {
	before := ReadPrograms()
	w := Begin(p)
	t := time.NewTimer(shortestWatch + 10*time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return results.HostWatch{}, false
	}
	h := w.End(0, 0)
	h.Programs = w.Busiest(before)
	return h, true
}

// awaitQuiet is AwaitQuiet with another clock and another look at the machine, for
// tests. It gives up if look cannot tell, since waiting would not help.
func awaitQuiet(ctx context.Context, l Limits, longest time.Duration, busy func(results.HostWatch), now func() time.Time, look func() (results.HostWatch, bool)) (waited time.Duration) {
	for begin := now(); waited < longest; waited = now().Sub(begin) {
		h, ok := look()
		if !ok || l.Quiet(h) {
			return waited
		}
		if busy != nil {
			busy(h)
			busy = nil
		}
	}
	return waited
}
