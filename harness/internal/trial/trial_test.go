package trial

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// The test binary is its own server under test.
func TestMain(m *testing.M) {
	if address := os.Getenv("TRIAL_TEST_SERVER"); address != "" {
		fmt.Println("serving on", address)
		if filepath.IsAbs(address) {
			l, err := net.Listen("unix", address)
			if err == nil {
				err = http.Serve(l, http.HandlerFunc(answerOnSocket))
			}
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(http.ListenAndServe(address, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// run makes one trial of a scenario's first cell.
func run(t *testing.T, text string) *Result {
	t.Helper()
	s, err := scenario.Parse("f", []byte(text), scenario.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cell := s.Cells()[0]
	res, err := Run(t.Context(), Spec{
		Scenario: s, Cell: cell, Attempt: 1, Lenient: true, RunStart: time.Now(),
		Planned: results.Planned{Order: 1, Block: 1, Scenario: s.Name, Variant: cell.Variant, Seed: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// The servers are watched until the last stream is over: one that is bounded by a
// count goes on after the window of one that is not.
func TestWatchLastsAsLongAsTheLongestStream(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/work" {
			time.Sleep(100 * time.Millisecond) // the work of the server
		}
	}))
	defer srv.Close()
	const streams = `version: 1
name: two
server: {url: "%s"}
variants: [{name: a}]
streams:
  - name: counted
    load: {closed: {clients: 1, requests: %d}, connections: 1}
    targets: [{path: "%s"}]
  - name: timed
    load: {open: {rate: 20/s, duration: 600ms}, connections: 5}
    targets: [{path: /}]
warmup: 0s
`
	for _, c := range []struct {
		name     string
		requests int
		path     string
	}{
		{"count outlasts the window", 12, "/work"},
		{"window outlasts the count", 2, "/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := run(t, fmt.Sprintf(streams, srv.URL, c.requests, c.path))
			last := res.Samples[len(res.Samples)-1].At
			for _, s := range res.Trial.Streams {
				if s.Recorded == 0 || last < s.Window.Seconds() {
					t.Errorf("the last look at the server is at %.3f s; stream %s, %d requests, ends at %v", last, s.Name, s.Recorded, s.Window)
				}
			}
		})
	}
}

// Connections are opened beforehand, unless the loaded server itself was seen to
// end one after an answer: then each would serve one request at most.
func TestConnectionsAreOpenedBeforehand(t *testing.T) {
	serve := func(keepAlive bool) *httptest.Server {
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		srv.Config.SetKeepAlivesEnabled(keepAlive)
		srv.Start()
		t.Cleanup(srv.Close)
		return srv
	}
	keeps, closes := serve(true), serve(false)
	for _, c := range []struct {
		name          string
		server, ready string
		want          uint64 // connections of 2 requests, of 5 that may be open
	}{
		{"keeps", keeps.URL, "/", 5},
		{"closes", closes.URL, "/", 2},
		{"closes, by its whole URL", closes.URL, closes.URL + "/", 2},
		{"a connection told", keeps.URL, "tcp://" + keeps.Listener.Addr().String(), 5},
		{"another told, which closes", keeps.URL, closes.URL + "/", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := run(t, fmt.Sprintf(`version: 1
name: ready
server: {url: "%s", ready: {path: "%s"}}
variants: [{name: a}]
load: {closed: {clients: 1, requests: 2}, connections: 5}
targets: [{path: /}]
warmup: 0s
`, c.server, c.ready))
			if s := res.Trial.Streams[0]; s.Outcomes.OK != 2 || s.Connections != c.want {
				t.Errorf("%d ok over %d connections, want 2 over %d", s.Outcomes.OK, s.Connections, c.want)
			}
		})
	}
}
