package attack

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
)

// maxBody is the largest body of an answer that is read completely, in bytes. A
// larger body is counted if its length is known beforehand, and is an error
// otherwise.
const maxBody = 64 << 20

// lean sends plain HTTP/1.1 (and reads 1.0) over its own connections, and uses
// fasthttp to read and write messages. It is used on systems without lanes. It costs
// the generator about a third of net/http. It stamps FirstWrite just before the
// request leaves, and LastByte when the answer is complete.
type lean struct {
	cfg     *Config
	clock   *clock
	host    string
	pool    *pool
	redials atomic.Uint64
}

func newLean(host string, cfg *Config, c *clock) *lean {
	return &lean{cfg: cfg, clock: c, host: host, pool: newPool(authority(&url.URL{Scheme: "http", Host: host}), cfg.Connections)}
}

func (l *lean) connect(ctx context.Context) error { return l.pool.fill(ctx, l.cfg.Timeout) }

func (l *lean) counts() (connections, handshakes, redials uint64) {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	return l.pool.opened, 0, l.redials.Load()
}

func (l *lean) close() { l.pool.close() }

func (l *lean) exchange(m *Message, seq []byte, deadline time.Time, e *ledger.Entry) error {
	c, err := l.pool.get(deadline)
	if err != nil {
		e.FirstWrite = l.clock.now()
		e.LastByte = e.FirstWrite
		return err
	}
	first, err := l.try(c, m, seq, deadline, e)
	e.FirstWrite = first
	if err != nil && c.idle && unanswered(err) {
		// The server closed an idle connection, most likely before it saw this
		// request. The request is retried once, on a new connection and within its
		// own time. FirstWrite stays that of the first attempt.
		l.redials.Add(1)
		if c, err = l.pool.replace(c, deadline); err != nil {
			e.LastByte = l.clock.now()
			return err
		}
		_, err = l.try(c, m, seq, deadline, e)
	}
	if err != nil {
		e.LastByte = l.clock.now()
		l.pool.drop(c)
		return err
	}
	e.LastByte = max(l.clock.now(), first)
	l.read(c, e)
	if c.ends || c.req.ConnectionClose() || c.r.Buffered() > 0 {
		l.pool.drop(c)
	} else {
		l.pool.put(c)
	}
	return nil
}

// unansweredError is a failure before the first byte of an answer.
type unansweredError struct{ error }

func (u *unansweredError) Unwrap() error { return u.error }

// unanswered reports whether a request failed before its deadline and before the
// first byte of an answer.
func unanswered(err error) bool {
	var u *unansweredError
	return errors.As(err, &u) && !errors.Is(err, os.ErrDeadlineExceeded)
}

// try writes the request and reads the answer into c.resp. An error is an
// *unansweredError, a *brokenAnswer or a deadline.
func (l *lean) try(c *conn, m *Message, seq []byte, deadline time.Time, e *ledger.Entry) (first time.Duration, err error) {
	if err := c.SetDeadline(deadline); err != nil {
		return l.clock.now(), &unansweredError{err}
	}
	l.compose(&c.req, m, seq)
	first = l.clock.now() // a request larger than the buffer leaves while it is written
	broken := c.req.Write(c.w)
	if broken == nil {
		broken = c.w.Flush()
	}
	// A server that refuses a long request may answer and close the connection
	// before it has read all of the request. Then the write fails although there is
	// an answer.
	if _, err := c.r.Peek(1); err != nil {
		if broken != nil {
			err = broken
		}
		return first, &unansweredError{err}
	}
	for {
		if err := c.read(m.Method == fasthttp.MethodHead); err != nil {
			return first, answerError(err, deadline)
		}
		// Interim answers (1xx) come before the real one; 101 is the last.
		if s := c.resp.StatusCode(); s >= 200 || s == fasthttp.StatusSwitchingProtocols {
			c.ends = c.ends || broken != nil
			return first, nil
		}
	}
}

// read reads one answer into c.resp. The answer to a HEAD has no body.
func (c *conn) read(head bool) error {
	c.resp.Reset()
	if head {
		c.ends, c.skipped = closesAfterHead(c.r), 0
		return c.resp.Header.Read(c.r)
	}
	h := &c.resp.Header
	c.skipped = 0
	err := c.resp.ReadLimitBody(c.r, maxBody)
	if errors.Is(err, fasthttp.ErrBodyTooLarge) && len(c.resp.Body()) == 0 && h.ContentLength() > 0 {
		c.skipped, err = c.r.Discard(h.ContentLength()) // none of the body was read yet
	}
	if err != nil {
		return err
	}
	c.ends = h.ConnectionClose() || lists(h.Peek("Connection"), "close")
	return nil
}

func (l *lean) compose(req *fasthttp.Request, m *Message, seq []byte) {
	req.Reset()
	h := &req.Header
	h.DisableNormalizing()
	h.SetNoDefaultContentType(true)
	h.SetMethod(m.Method)
	h.SetRequestURIBytes(m.Path)
	h.SetHost(l.host)
	h.SetUserAgent("assay")
	for _, x := range m.Header {
		h.Set(x.Name, x.Value)
	}
	if l.cfg.Name != "" {
		h.Set("X-Vegeta-Attack", l.cfg.Name)
	}
	h.SetBytesV("X-Vegeta-Seq", seq)
	if len(m.Body) > 0 {
		req.SetBodyRaw(m.Body)
	}
}

// read copies from an answer what the ledger needs.
func (l *lean) read(c *conn, e *ledger.Entry) {
	e.Status = c.resp.StatusCode()
	e.Bytes = int64(len(c.resp.Body()) + c.skipped)
	c.resp.ResetBody() // frees the body for the next reader, because a thousand idle connections need none
	for _, v := range c.resp.Header.PeekAll("Server-Timing") {
		e.Phases = ledger.AppendPhases(e.Phases, v)
	}
	if v := c.resp.Header.Peek("Retry-After"); len(v) > 0 {
		e.Asked, e.Wait = true, ledger.RetryAfter(string(v))
	}
}

// answerError explains what went wrong with an answer that had begun. An answer that
// is incomplete at its deadline came too late, whatever the reader says about the
// part that came: not every error of fasthttp reveals a time-out.
func answerError(err error, deadline time.Time) error {
	var ne net.Error
	var small *fasthttp.ErrSmallBuffer
	switch {
	case !time.Now().Before(deadline), errors.As(err, &ne) && ne.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	case errors.As(err, &small):
		return &brokenAnswer{"oversized answer header", err}
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		return &brokenAnswer{"oversized answer body", err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &ne):
		return &brokenAnswer{"truncated answer", err}
	}
	return &brokenAnswer{"malformed answer", err}
}
