package knownanswer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// ServeCommand is the hidden command of the harness that calls Serve.
const ServeCommand = "answer-server"

// Paths that are not part of a load.
const (
	readyPath  = "/ready"
	stampsPath = "/stamps" // every stamp since the last request for stamps; the epoch is in epochHeader
	countPath  = "/count"  // requests of loads since the start
)

const epochHeader = "X-Epoch"

// seqHeader is the header in which vegeta numbers its requests.
const seqHeader = "X-Vegeta-Seq"

// Serve is the child process. It serves on the address args[0] with the behaviour
// that args[1] describes as JSON, until ctx or the process ends.
func Serve(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%s: want an address and a behaviour", ServeCommand)
	}
	var b Behaviour
	if err := json.Unmarshal([]byte(args[1]), &b); err != nil {
		return fmt.Errorf("%s: behaviour: %w", ServeCommand, err)
	}
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return fmt.Errorf("%s: %w", ServeCommand, err)
	}
	context.AfterFunc(ctx, func() { l.Close() })
	if b.Every > 0 {
		// One more thread, because the goroutine that times the stalls keeps one to
		// itself.
		runtime.GOMAXPROCS(runtime.NumCPU() + 1)
	}
	s := newServer(b)
	if b.Standard {
		return ended(ctx, http.Serve(l, http.HandlerFunc(s.standard)))
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return ended(ctx, err)
		}
		go s.serve(c)
	}
}

// ended returns nil if ctx ended the serving, or else the error.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%s: %w", ServeCommand, err)
}

// standard is handle for net/http.
func (s *server) standard(w http.ResponseWriter, r *http.Request) {
	text := s.body
	switch r.URL.Path {
	case readyPath:
	case countPath:
		text = strconv.AppendUint(nil, s.count.Load(), 10)
	default:
		s.count.Add(1)
	}
	w.Header().Set("Content-Type", "application/json")
	// A client that has gone needs no answer.
	_, _ = w.Write(text)
}

// server is the state of the child.
type server struct {
	behaviour Behaviour
	body      []byte // of every answer to a load
	answer    []byte // what leaves for every request of a load
	first     sync.Once
	epoch     atomic.Int64 // of the first stall; 0 before the first request
	stamps    stamps
	count     atomic.Uint64

	mu      sync.Mutex
	waiting []reply // answers that wait for the end of the stall
}

// reply is an answer that is due at a moment.
type reply struct {
	conn    net.Conn
	stamp   stamp
	stamped bool
}

// newServer makes a server whose answers are all the same bytes, made once.
func newServer(b Behaviour) *server {
	s := &server{behaviour: b, body: b.body()}
	s.answer = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(s.body), s.body)
	return s
}

// begin fixes the schedule of the stalls.
func (s *server) begin() {
	s.epoch.Store(monotonic() + int64(s.behaviour.First))
	if s.behaviour.Every > 0 {
		go s.stall()
	}
}

// stall ends the stalls on schedule. What came meanwhile is answered by this
// goroutine alone, in the order in which it came: to wake a thousand others, each
// with its own cold stack, would prolong the stall by a tenth of the time that
// requests wait in it.
func (s *server) stall() {
	lockThread()
	for start := s.epoch.Load(); ; start += int64(s.behaviour.Every) {
		sleepUntil(start + int64(s.behaviour.Stall))
		s.mu.Lock()
		due := s.waiting
		s.waiting = nil
		s.mu.Unlock()
		for _, r := range due {
			s.send(r)
		}
	}
}

// serve answers the requests of one connection. It is done with a request of a
// load when the answer is sent or waits for the end of a stall; a client waits for
// the answer before it sends the next.
func (s *server) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReaderSize(c, 2<<10)
	var req fasthttp.Request
	for {
		if err := req.Read(r); err != nil {
			return // the client has gone
		}
		if text, ok := s.page(string(req.Header.RequestURI())); ok {
			s.tell(c, text)
			return
		}
		s.load(c, &req)
	}
}

// page returns the answer to a path that is not part of a load.
func (s *server) page(path string) (text []byte, ok bool) {
	switch path {
	case readyPath:
		return nil, true
	case stampsPath:
		return s.stamps.take(), true
	case countPath:
		return strconv.AppendUint(nil, s.count.Load(), 10), true
	}
	return nil, false
}

// tell sends such an answer, which is the last one of its connection.
func (s *server) tell(c net.Conn, text []byte) {
	// A client that has gone needs no answer.
	_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n%s: %d\r\n\r\n%s",
		len(text), epochHeader, s.epoch.Load(), text)
}

// load handles a request of a load.
func (s *server) load(c net.Conn, req *fasthttp.Request) {
	s.first.Do(s.begin)
	s.count.Add(1)
	// wrk does not number its requests: they are answered, but not stamped.
	seq, err := strconv.ParseUint(string(req.Header.Peek(seqHeader)), 10, 64)
	r := reply{c, stamp{seq: seq, received: monotonic()}, err == nil}
	if d := s.behaviour.delay(seq); d > 0 {
		time.Sleep(d)
	}
	// The clock decides whether there is a stall, not whether the stalling goroutine
	// woke up in time. The decision is made under the lock, so that no reply misses
	// the end of its stall and waits for the next one.
	s.mu.Lock()
	if s.behaviour.stalled(monotonic(), s.epoch.Load()) > 0 {
		s.waiting = append(s.waiting, r)
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	s.send(r)
}

// send stamps an answer and then hands it to the system. The order matters: the
// client may have read the answer before the write returns.
func (s *server) send(r reply) {
	if r.stamped {
		r.stamp.written = monotonic()
		s.stamps.add(r.stamp)
	}
	_, _ = r.conn.Write(s.answer)
}
