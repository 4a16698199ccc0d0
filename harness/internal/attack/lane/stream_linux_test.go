package lane

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/schedule"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notes is a Handler that keeps every line. A client of a closed load sends share
// requests, and pauses between them.
type notes struct {
	share  int
	pause  time.Duration
	sent   map[int]int
	begun  int
	lines  []ledger.Entry
	errors []error
}

func (n *notes) Request(m *message.Message, _ uint64) { m.Method, m.Path = "GET", []byte("/") }

func (n *notes) Begun(time.Duration) { n.begun++ }

func (n *notes) Ended(client int, e *ledger.Entry, err error) Next {
	n.lines = append(n.lines, *e)
	if err != nil {
		n.errors = append(n.errors, err)
	}
	n.sent[client]++
	return Next{Pause: n.pause}
}

func (n *notes) Over(client int, _ time.Duration) bool { return n.sent[client] == n.share }

// A stream sends what it should with either kind of timer, in one lane or several,
// and its stamps are in order.
func TestStreams(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	plan, err := schedule.New([]schedule.Stage{schedule.Flat(1000, 200*time.Millisecond)}, schedule.Constant, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		old   bool
		lanes int
		cfg   Config
		want  int
	}{
		{"open", false, 1, Config{Schedule: plan.Clone}, 200},
		{"open, with a timerfd", true, 1, Config{Schedule: plan.Clone}, 200},
		{"open, in three lanes", false, 3, Config{Schedule: plan.Clone}, 200},
		{"closed", false, 1, Config{Clients: 5}, 50},
		{"closed, with a timerfd", true, 1, Config{Clients: 5, Stagger: 10 * time.Millisecond}, 50},
		{"closed, with more lanes than clients", false, 3, Config{Clients: 2}, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			ls, err := newLanes(c.lanes, c.old)
			if err != nil {
				t.Fatal(err)
			}
			defer ls.Close()
			ls.Procs()
			var handlers []*notes
			c.cfg.Server, c.cfg.Address, c.cfg.Reuse = srv.URL, strings.TrimPrefix(srv.URL, "http://"), true
			c.cfg.Envelope.Host, c.cfg.Connections, c.cfg.Beforehand, c.cfg.Timeout = "test", 4, 4, time.Minute
			c.cfg.Handler = func(int) Handler {
				h := &notes{share: 10, pause: time.Millisecond, sent: map[int]int{}}
				handlers = append(handlers, h)
				return h
			}
			s := ls.Stream(c.cfg)
			defer s.Close()
			if err := s.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			if clients := c.cfg.Clients; clients > 0 && s.Lanes() > clients {
				t.Errorf("%d lanes for %d clients", s.Lanes(), clients)
			}
			s.Begin(time.Now())
			var all sync.WaitGroup
			for i := range s.Lanes() {
				all.Go(func() { s.Run(i) })
			}
			all.Wait()
			n := 0
			for _, h := range handlers {
				n += len(h.lines)
				if h.begun != len(h.lines) || len(h.errors) > 0 {
					t.Errorf("%d requests began and %d ended; errors %v", h.begun, len(h.lines), h.errors)
				}
				for _, e := range h.lines {
					if e.Status != 200 || e.Dispatch < e.Intended || e.FirstWrite < e.Dispatch || e.LastByte < e.FirstWrite || e.Handled < e.LastByte {
						t.Errorf("%+v", e)
					}
				}
			}
			sent, connections, _, redials := s.Counts()
			if n != c.want || sent != uint64(c.want) || connections != 4 || redials != 0 {
				t.Errorf("%d lines, %d sent over %d connections, %d redials, want %d over 4", n, sent, connections, redials, c.want)
			}
		})
	}
}

// What a handler did before it answered has happened for whoever has the answer, and the
// race detector knows it.
func TestAnswersAreOrdered(t *testing.T) {
	answered := 0
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { answered++ }))
	defer srv.Close()
	ls, err := newLanes(1, false)
	if err != nil {
		t.Fatal(err)
	}
	defer ls.Close()
	ls.Procs()
	h := &notes{share: 10, sent: map[int]int{}}
	s := ls.Stream(Config{
		Server: srv.URL, Address: strings.TrimPrefix(srv.URL, "http://"), Reuse: true, Envelope: message.Envelope{Host: "test"},
		Connections: 1, Beforehand: 1, Clients: 1, Timeout: time.Minute, Handler: func(int) Handler { return h },
	})
	defer s.Close()
	if err := s.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Begin(time.Now())
	s.Run(0)
	if answered != 10 || len(h.errors) > 0 {
		t.Errorf("%d requests were answered, want 10; errors %v", answered, h.errors)
	}
}
