package trial

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// Who waits for connections is told so while it lasts, once, and only if it takes long.
func TestSlowOpeningIsToldWhileItLasts(t *testing.T) {
	for _, c := range []struct {
		name  string
		takes time.Duration
		want  string // empty: nothing is told
	}{
		{"as usual", 4 * time.Second, ""},
		{"slow", time.Minute, "still opening 1500 connections to the server, which usually takes 3 s: the usual cause is a server that accepts"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			r := &runner{
				spec:     Spec{Tell: func(line string) { told = append(told, line) }},
				resolved: &scenario.Resolved{Streams: []scenario.Stream{{Connections: 1000}, {Connections: 500}}},
			}
			done := r.tellWhileOpening()
			time.Sleep(c.takes) // of the bubble's clock
			synctest.Wait()
			before := len(told)
			done()
			time.Sleep(time.Hour)
			if got := strings.Join(told, "\n"); len(told) != before || (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("%s: told %q, want %q", c.name, got, c.want)
			}
		})
	}
	(&runner{}).tellWhileOpening()() // nobody listens
}
