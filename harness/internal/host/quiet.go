package host

import (
	"context"
	"time"
)

// AwaitQuiet waits until other programs and the hypervisor take no more than the
// given CPU seconds a second, but at most the longest time, or until ctx ends.
// Where that cannot be seen it looks only once.
//
// Somebody's compiler runs for seconds, and short trials that are repeated at
// once would all meet it.
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
