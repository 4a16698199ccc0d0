package words

import (
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// Flows are said to be flows. How the requests reach the server is said where it is not plain HTTP over
// connections that are kept, and that nobody checked a certificate is said plainly.
func TestLoadSaysHowItConnects(t *testing.T) {
	for _, c := range []struct {
		edit func(*results.Stream)
		want string
	}{
		{func(*results.Stream) {}, ""},
		{func(l *results.Stream) { l.TLS = true }, ", over HTTPS"},
		{func(l *results.Stream) { l.TLS, l.Transport = true, "std" }, ", over HTTPS by net/http"},
		{func(l *results.Stream) { l.TLS, l.Insecure = true, true }, ", over HTTPS without a check of the certificate (insecure)"},
		{func(l *results.Stream) { l.NoReuse = true }, ", with a new connection for every request"},
		{func(l *results.Stream) {
			l.Think = time.Second
			l.Flow = &results.Flow{Steps: []results.FlowStep{{Repeat: 1}, {Repeat: 2, Pause: 50 * time.Millisecond}}}
		}, ", thinking 1s between flows, in flows of 3 requests with pauses of 50ms in all"},
		{func(l *results.Stream) { l.TLS, l.NoReuse = true, true }, ", over HTTPS, with a new connection and handshake for every request"},
	} {
		l := results.Stream{Model: results.ModelClosed, Clients: 10, Duration: 2 * time.Second, Transport: "fast"}
		c.edit(&l)
		if got, want := Load(l, time.Second), "10 clients, closed loop, 2 s"+c.want+", after 1 s of warm-up"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
