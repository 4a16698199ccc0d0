package trial

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// answerOnSocket is the server under test if it listens on a socket.
func answerOnSocket(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Host != "localhost" && r.URL.Path != "/other":
		w.WriteHeader(http.StatusTeapot)
	case r.URL.Path == "/metrics":
		fmt.Fprintln(w, "go_goroutines 7")
	default:
		fmt.Fprintf(w, `{"token": "abcdef", "host": %q}`, r.Host)
	}
}

// A trial of a server that it starts on a socket does all that one on a port does, and
// leaves nothing behind.
func TestAServerOnASocket(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	const head = `version: 1
name: sock
server:
  command: ["%s"]
  env: {TRIAL_TEST_SERVER: "${socket}"}
  ready: {path: /health}
  metrics: /metrics
setup:
  - {name: login, method: POST, path: /login, expect: {status: ["200"]}, extract: {token: {json: "$.token"}}}
warmup: 0s
`
	for name, load := range map[string]string{
		"targets": `load: {open: {rate: 100/s, duration: 1s}, connections: 4, transport: %s}
targets: [{path: /a, headers: {X-Token: "${token}"}}, {path: /other, headers: {Host: api.test}, expect: {body: [{json: $.host, equals: api.test}]}}]
`,
		"flow": `load: {closed: {clients: 2, requests: 50}, transport: %s}
flow: [{name: one, path: "/one?${token}", extract: {again: {json: $.token}}}, {name: two, path: "/two?${again}"}]
`,
	} {
		for _, transport := range []string{"fast", "std"} {
			t.Run(name+" "+transport, func(t *testing.T) {
				text := fmt.Sprintf(head, os.Args[0]) + fmt.Sprintf(load, transport)
				res := run(t, text)
				s := &res.Trial.Streams[0]
				if s.Outcomes.OK != s.Recorded || s.Recorded == 0 {
					t.Errorf("outcomes %+v, statuses %v, errors %v", s.Outcomes, s.Statuses, s.Errors)
				}
				metrics := false
				for _, sample := range res.Samples {
					metrics = metrics || sample.Goroutines != nil && *sample.Goroutines == 7
				}
				if !metrics && name == "targets" {
					t.Errorf("no sample has the server's metrics: %+v", res.Samples)
				}
				if url := res.Servers[0].URL; !strings.HasPrefix(url, "unix://") {
					t.Errorf("the server was at %s", url)
				}
			})
		}
	}
	const tried = `load: {closed: {clients: 1, requests: 1}}
targets: [{path: "/a?${token}"}]
`
	s, err := scenario.Parse("f", fmt.Appendf(nil, head+tried, os.Args[0]), scenario.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = Try(t.Context(), Spec{Scenario: s, Cell: s.Cells()[0], Planned: results.Planned{Seed: 1}}, &out)
	if err != nil || !strings.Contains(out.String(), "ready at unix://") || !strings.Contains(out.String(), "GET /a?") {
		t.Errorf("%v\n%s", err, out.String())
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
