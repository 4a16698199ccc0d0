package trial

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/results"
)

// misled warns of loads by plain HTTP whose server speaks TLS. Most such servers answer
// every request with 400, which looks like a fault of the requests. Readiness by http
// finds it out before the load; readiness by a mere connection, or at another port, does
// not.
func (r *runner) misled(ctx context.Context, streams []results.StreamResult) (warnings []string) {
	bad := strconv.Itoa(http.StatusBadRequest)
	for i := range streams {
		s := &streams[i]
		server := r.serverOf(&r.resolved.Streams[i]).URL
		if !strings.HasPrefix(reach.HTTP(server), "http://") || s.Recorded == 0 || s.Statuses[bad] != s.Recorded {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		if handshake.SpokenAt(ctx, server) {
			f := handshake.Failure{Kind: handshake.PlainClient}
			warnings = append(warnings, fmt.Sprintf("stream %s: every answer is %s: %v", s.Name, bad, &f))
		}
		cancel()
	}
	return warnings
}
