package host

import (
	"context"
	"time"
)

// AwaitQuiet waits until other programs and the hypervisor use no more than the
// given CPU seconds per second. It waits at most the longest time, and returns early
// if ctx ends. If the usage cannot be seen, it looks only once.
//
// A compiler, for example, runs for some seconds; short trials that are repeated at
// once would all be disturbed by it.
func AwaitQuiet(ctx context.Context, p Placement, foreign, steal float64, longest time.Duration) {
	for end := time.Now().Add(longest); time.Now().Before(end); {
		w := Begin(p)
		look := time.NewTimer(shortestWatch + 10*time.Millisecond)
		select {
		case <-look.C:
		case <-ctx.Done():
			look.Stop()
			return
		}
		h := w.End(0, 0)
		if h.Foreign == nil || *h.Foreign <= foreign && *h.Steal <= steal {
			return
		}
	}
}
