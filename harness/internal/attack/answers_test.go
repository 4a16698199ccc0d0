package attack

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// rawServer answers every request on every connection with what script says; an
// empty answer closes the connection. Each answer may end the connection too.
type rawServer struct {
	net.Listener
	wg sync.WaitGroup
}

func serveRaw(t *testing.T, script func(conn, request int) (answer string, hangUp bool)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &rawServer{Listener: l}
	t.Cleanup(func() { l.Close(); s.wg.Wait() })
	s.wg.Go(func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { serveConn(c, n, script) })
		}
	})
	return "http://" + l.Addr().String()
}

func serveConn(c net.Conn, conn int, script func(conn, request int) (string, bool)) {
	defer c.Close()
	r := bufio.NewReader(c)
	for n := 0; ; n++ {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		req.Body.Close()
		answer, hangUp := script(conn, n)
		c.Write([]byte(answer))
		if hangUp {
			return
		}
	}
}

// Every kind of answer must become the right outcome, and none may hang or be
// retried in silence.
func TestAnswersBecomeOutcomes(t *testing.T) {
	const okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	always := func(answer string, hangUp bool) func(int, int) (string, bool) {
		return func(int, int) (string, bool) { return answer, hangUp }
	}
	for _, c := range []struct {
		name    string
		method  string
		script  func(conn, request int) (string, bool)
		outcome Outcome
		failure string // "" : an answer with a status
		status  string
		closes  bool // and says so: no request may meet a dead connection
	}{
		{name: "keep-alive", script: always(okAnswer, false), outcome: OK, status: "200"},
		{name: "HTTP/1.0", script: always("HTTP/1.0 200 OK\r\n\r\nuntil the end", true), outcome: OK, status: "200"},
		{name: "connection close", script: always("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", true), outcome: OK, status: "200"},
		{name: "connection close in capitals", script: always("HTTP/1.1 200 OK\r\nConnection: X-Hop, Close\r\nX-Hop: 1\r\nContent-Length: 2\r\n\r\nok", true), outcome: OK, status: "200", closes: true},
		{name: "chunked", script: always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false), outcome: OK, status: "200"},
		{name: "chunked with trailer", script: always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n", false), outcome: OK, status: "200"},
		{name: "no content", script: always("HTTP/1.1 204 No Content\r\n\r\n", false), outcome: OK, status: "204"},
		{name: "not modified", script: always("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false), outcome: OK, status: "304"},
		{name: "head", method: "HEAD", script: always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false), outcome: OK, status: "200"},
		{name: "head without a length", method: "HEAD", script: always("HTTP/1.1 200 OK\r\nX: y\r\n\r\n", false), outcome: OK, status: "200"},
		{name: "head, and connection close", method: "HEAD", script: always("HTTP/1.1 200 OK\r\nConnection: X-Hop, close\r\n\r\n", true), outcome: OK, status: "200", closes: true},
		{name: "head with length, and connection close", method: "HEAD", script: always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nconnection: close\r\n\r\n", true), outcome: OK, status: "200", closes: true},
		{name: "head in HTTP/1.0", method: "HEAD", script: always("HTTP/1.0 200 OK\r\n\r\n", true), outcome: OK, status: "200", closes: true},
		{name: "head after continue", method: "HEAD", script: always("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", true), outcome: OK, status: "200", closes: true},
		{name: "head, truncated", method: "HEAD", script: always("HTTP/1.1 200 OK\r\nX: ", true), outcome: Error, failure: "truncated answer"},
		{name: "head, oversized", method: "HEAD", script: always("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", message.MaxHeader)+"\r\n\r\n", false), outcome: Error, failure: "oversized answer header"},
		{name: "head, silence in the header", method: "HEAD", script: always("HTTP/1.1 200 OK\r\nX: ", false), outcome: Timeout, failure: "timed out"},
		{name: "continue first", script: always("HTTP/1.1 100 Continue\r\n\r\n"+okAnswer, false), outcome: OK, status: "200"},
		{name: "early hints first", script: always("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+okAnswer, false), outcome: OK, status: "200"},
		{name: "redirect is not followed", script: always("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", false), outcome: OK, status: "302"},
		{name: "refusal", script: always("HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", false), outcome: Rejected, status: "503"},
		{name: "too many requests", script: always("HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n", false), outcome: Rejected, status: "429"},
		{name: "unavailable", script: always("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", false), outcome: Error, status: "503"},
		{name: "not found", script: always("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", false), outcome: Error, status: "404"},
		{name: "truncated body", script: always("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok", true), outcome: Error, failure: "truncated answer"},
		{name: "truncated chunk", script: always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok", true), outcome: Error, failure: "truncated answer"},
		{name: "truncated header", script: always("HTTP/1.1 200 OK\r\nContent-Le", true), outcome: Error, failure: "truncated answer"},
		{name: "malformed", script: always("I am no HTTP server\r\n\r\n", false), outcome: Error, failure: "malformed answer"},
		{name: "oversized header", script: always("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", message.MaxHeader)+"\r\n\r\n", false), outcome: Error, failure: "oversized answer header"},
		{name: "hangs up", script: always("", true), outcome: Timeout, failure: "connection closed without an answer"},
		{name: "silence", script: always("", false), outcome: Timeout, failure: "timed out"},
		{name: "silence after early hints", script: always("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", false), outcome: Timeout, failure: "timed out"},
		{name: "silence in a chunk's size", script: always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1", false), outcome: Timeout, failure: "timed out"},
		{name: "silence before the end of chunks", script: always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", false), outcome: Timeout, failure: "timed out"},
		{name: "silence in the body", script: always("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok", false), outcome: Timeout, failure: "timed out"},
	} {
		check := func(t *testing.T, lean bool) {
			t.Parallel()
			const n = 10
			timeout := time.Minute
			if c.outcome == Timeout {
				timeout = time.Second // passes each time, however quick the machine
			}
			s, err := schedule.New([]schedule.Stage{schedule.Flat(100, n*10*time.Millisecond)}, schedule.Constant, 1)
			if err != nil {
				t.Fatal(err)
			}
			res, _ := runAt(t, Config{
				URL: serveRaw(t, c.script), Schedule: s, Duration: n * 10 * time.Millisecond,
				Timeout: timeout, Connections: n, lean: lean,
				Request: func(m *Message, k uint64) {
					get(m, k)
					if c.method != "" {
						m.Method = c.method
					}
				},
			})
			got := map[Outcome]uint64{OK: res.Outcomes.OK, Rejected: res.Outcomes.Rejected, Error: res.Outcomes.Error, Timeout: res.Outcomes.Timeout}
			if res.Sent != n || got[c.outcome] != n {
				t.Errorf("sent %d, outcomes %+v, want %d %s", res.Sent, res.Outcomes, n, c.outcome)
			}
			if c.closes && res.Redials > 0 {
				t.Errorf("%d requests went to a connection that had been called closed", res.Redials)
			}
			if c.failure != "" && res.Errors[c.failure] != n {
				t.Errorf("failures %v, want %d %q", res.Errors, n, c.failure)
			}
			if c.status != "" && (res.Statuses[c.status] != n || len(res.Errors) > 0) {
				t.Errorf("statuses %v, failures %v, want %d × %s", res.Statuses, res.Errors, n, c.status)
			}
		}
		t.Run(c.name, func(t *testing.T) { check(t, false) })
		t.Run(c.name+", lean", func(t *testing.T) { check(t, true) })
	}
}

// An answer that is too long to be kept is counted if it says how long it is.
func TestLongAnswers(t *testing.T) {
	const long = message.MaxBody + 1
	some := make([]byte, 1<<20)
	write := func(w io.Writer, n int) {
		for ; n > 0; n -= len(some) {
			w.Write(some[:min(n, len(some))])
		}
	}
	for _, c := range []struct {
		name       string
		std        bool
		sized      bool // it says how long it is
		sent       int
		ok, broken uint64
		failure    string
	}{
		{"with its length", false, true, long, 2, 0, ""},
		{"with its length, cut", false, true, long - 1, 0, 2, "truncated answer"},
		{"in chunks", false, false, long, 0, 2, "oversized answer body"},
		{"std, with its length", true, true, long, 2, 0, ""},
		{"std, in chunks", true, false, long, 2, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, _ := run(t, Config{Clients: 1, Requests: 2, Timeout: time.Minute, Connections: 1, Standard: c.std},
				func(w http.ResponseWriter, r *http.Request) {
					if c.sized {
						w.Header().Set("Content-Length", strconv.Itoa(long))
					}
					write(w, c.sent)
				})
			if res.Outcomes.OK != c.ok || res.BytesIn != c.ok*long || res.Outcomes.Error != c.broken || res.Errors[c.failure] != c.broken {
				t.Errorf("outcomes %+v, %d bytes, failures %v", res.Outcomes, res.BytesIn, res.Errors)
			}
			if c.ok > 0 && res.Connections != 1 {
				t.Errorf("%d connections, want one that goes on", res.Connections)
			}
		})
	}
}

// A server may refuse a long request without reading it. The answer counts, and the
// request is not sent again, be its connection a new one or one that was idle.
func TestLongRequestsAreRefused(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what a peer sent before it broke off can be lost on this system")
	}
	// More than the system takes without a reader.
	long := make([]byte, 32<<20)
	for _, short := range []uint64{0, 1} { // requests before each long one
		var arrived atomic.Int64
		res, _ := run(t, Config{
			Clients: 1, Requests: 2 + 2*short, Timeout: time.Minute, Connections: 1,
			Request: func(m *Message, k uint64) {
				get(m, k)
				m.Body = nil
				if short == 0 || k%2 == 1 {
					m.Method, m.Body = http.MethodPost, long
				}
			},
		}, func(w http.ResponseWriter, r *http.Request) {
			arrived.Add(1)
			if r.Method == http.MethodPost {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}
		})
		if res.Statuses["413"] != 2 || res.Outcomes.OK != 2*short || res.Redials != 0 || arrived.Load() != int64(2+2*short) {
			t.Errorf("after %d: %d requests arrived; outcomes %+v, statuses %v, failures %v, %d redials",
				short, arrived.Load(), res.Outcomes, res.Statuses, res.Errors, res.Redials)
		}
	}
}

// A phase that is named as what the log names itself keeps apart from it.
func TestPhaseNamesOfOurOwn(t *testing.T) {
	var log bytes.Buffer
	w, err := results.NewLogWriter(&log, t.Name())
	if err != nil {
		t.Fatal(err)
	}
	e := ledger.Entry{LastByte: time.Millisecond}
	for _, name := range []string{"warmup", "lag", "service", "store"} {
		e.Phases = append(e.Phases, ledger.Phase{Name: name, Took: time.Microsecond})
	}
	r := newRecorder(&Config{Duration: time.Second, Log: w})
	r.open(0)
	r.record(&e, OK, "")
	res, err := r.finish()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := []string{"conn-wait.ok", "server-lag.ok", "server-service.ok", "server-warmup.ok", "service.ok", "store.ok"}
	var tags []string
	if err := results.ReadLog(&log, func(in results.Interval) error { tags = append(tags, in.Tag); return nil }); err != nil {
		t.Fatal(err)
	}
	slices.Sort(tags)
	if parts := slices.Sorted(maps.Keys(res.Parts)); !slices.Equal(tags, want) || !slices.Equal(parts, want) {
		t.Errorf("tags %q, parts %q, want %q", tags, parts, want)
	}
}

func TestStandardTransportTellsBrokenAnswersFromTimeOuts(t *testing.T) {
	for _, c := range []struct {
		answer string
		want   Outcome
	}{
		{"I am no HTTP server\r\n\r\n", Error},
		{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok", Error},
		{"", Timeout},
	} {
		url := serveRaw(t, func(int, int) (string, bool) { return c.answer, true })
		res, _ := runAt(t, Config{URL: url, Clients: 1, Requests: 3, Timeout: time.Minute, Connections: 1, Standard: true})
		got := map[Outcome]uint64{OK: res.Outcomes.OK, Error: res.Outcomes.Error, Timeout: res.Outcomes.Timeout}
		if got[c.want] != 3 {
			t.Errorf("%q: outcomes %+v, failures %v, want 3 %s", c.answer, res.Outcomes, res.Errors, c.want)
		}
	}
}
