package answer

import (
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

// ServeCommand is the hidden command of the harness that Serve stands behind.
const ServeCommand = "answer-server"

// Paths that are not part of a load.
const (
	readyPath  = "/ready"
	stampsPath = "/stamps" // every stamp since the last time, and the epoch in epochHeader
	countPath  = "/count"  // requests of loads since the start
)

const epochHeader = "X-Epoch"

// seqHeader is what vegeta numbers its requests with.
const seqHeader = "X-Vegeta-Seq"

// body is what every request of a load gets: about what a small API answers.
var body = []byte(`{"success":true,"patient":{"id":"P12345","first_name":"Ada","last_name":"Lovelace","blood_type":"O+"}}`)

// Serve is the child: it serves on args[0] with the behaviour that args[1]
// holds as JSON, until ctx ends or its process does.
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
		// The thread that times the stalls holds one.
		runtime.GOMAXPROCS(runtime.NumCPU() + 1)
	}
	s := &server{behaviour: b}
	if b.Standard {
		return ended(ctx, http.Serve(l, http.HandlerFunc(s.standard)))
	}
	f := &fasthttp.Server{Handler: s.handle, NoDefaultDate: true, NoDefaultServerHeader: true}
	return ended(ctx, f.Serve(stampedListener{l, s}))
}

// ended says how serving ended: by ctx, or by a failure.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%s: %w", ServeCommand, err)
}

// standard is handle for net/http.
func (s *server) standard(w http.ResponseWriter, r *http.Request) {
	answer := body
	switch r.URL.Path {
	case readyPath:
	case countPath:
		answer = strconv.AppendUint(nil, s.count.Load(), 10)
	default:
		s.count.Add(1)
	}
	w.Header().Set("Content-Type", "application/json")
	// A client that is gone needs no answer.
	_, _ = w.Write(answer)
}

// server is the child's state.
type server struct {
	behaviour Behaviour
	first     sync.Once
	epoch     atomic.Int64 // of the first stall; 0: no request came yet
	frozen    sync.RWMutex // held during a stall
	stamps    stamps
	count     atomic.Uint64
}

// begin fixes the schedule of the stalls.
func (s *server) begin() {
	s.epoch.Store(monotonic() + int64(s.behaviour.First))
	if s.behaviour.Every > 0 {
		go s.stall()
	}
}

// stall freezes the server on schedule.
func (s *server) stall() {
	own()
	for start := s.epoch.Load(); ; start += int64(s.behaviour.Every) {
		sleepUntil(start)
		s.frozen.Lock()
		sleepUntil(start + int64(s.behaviour.Stall))
		s.frozen.Unlock()
	}
}

func (s *server) handle(ctx *fasthttp.RequestCtx) {
	switch string(ctx.Path()) {
	case readyPath:
	case stampsPath:
		ctx.Response.Header.Set(epochHeader, strconv.FormatInt(s.epoch.Load(), 10))
		ctx.SetBody(s.stamps.take())
	case countPath:
		ctx.SetBodyString(strconv.FormatUint(s.count.Load(), 10))
	default:
		s.answer(ctx)
	}
}

func (s *server) answer(ctx *fasthttp.RequestCtx) {
	s.first.Do(s.begin)
	s.count.Add(1)
	// wrk does not number its requests: they are answered and not stamped.
	seq, err := strconv.ParseUint(string(ctx.Request.Header.Peek(seqHeader)), 10, 64)
	if c, ok := ctx.Conn().(*stampedConn); ok && err == nil {
		c.stamp, c.due = stamp{seq: seq, received: monotonic()}, true
	}
	if d := s.behaviour.delay(seq); d > 0 {
		time.Sleep(d)
	}
	if s.behaviour.Every > 0 {
		s.frozen.RLock()
		//lint:ignore SA2001 waiting for the end of the stall is all there is to do
		s.frozen.RUnlock()
	}
	ctx.SetContentType("application/json")
	ctx.SetBody(body)
}

type stampedListener struct {
	net.Listener
	server *server
}

// Accept implements net.Listener.
func (l stampedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &stampedConn{Conn: c, server: l.server}, nil
}

// stampedConn stamps an answer when it is handed to the system: before the
// write, since the other side may have read it before the write returns.
type stampedConn struct {
	net.Conn
	server *server
	stamp  stamp
	due    bool // an answer to be stamped is under way
}

// Write implements net.Conn. An answer is one write.
func (c *stampedConn) Write(b []byte) (int, error) {
	if c.due {
		c.stamp.written, c.due = monotonic(), false
		c.server.stamps.add(c.stamp)
	}
	return c.Conn.Write(b)
}
