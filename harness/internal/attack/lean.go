package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/results"
)

// lean sends plain HTTP/1.1 (and reads 1.0) over its own connections. It is used on systems
// without lanes. fasthttp writes its requests, and it reads answers as lanes do. It costs
// the generator about a third of what net/http costs. It stamps FirstWrite just before the
// request leaves, and LastByte when the answer is complete.
type lean struct {
	cfg     *Config
	clock   *clock
	host    string
	pool    *pool
	redials atomic.Uint64
}

// newLean makes the transport. It opens no connection.
func newLean(host, address string, cfg *Config, c *clock) *lean {
	return &lean{cfg: cfg, clock: c, host: host, pool: newPool(cfg.URL, address, cfg.connections())}
}

// connect opens the connections that the load can use, before it begins.
func (l *lean) connect(ctx context.Context) error {
	return l.pool.fill(ctx, l.cfg.needed(), l.cfg.Timeout)
}

// opening is nil if no connection was opened beforehand.
func (l *lean) opening() *results.Opening { return l.pool.opener.Result() }

// counts has no handshakes, because this transport speaks no TLS.
func (l *lean) counts() (connections, handshakes, redials uint64) {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	return l.pool.opened, 0, l.redials.Load()
}

func (l *lean) close() { l.pool.close() }

// exchange sends a message and reads its answer into e, on any connection that is free.
// deadline bounds the wait for a connection too. The error says why there is no answer.
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
	c.note(e)
	if c.ends || c.req.ConnectionClose() || c.r.Buffered() > 0 {
		l.pool.drop(c)
	} else {
		l.pool.put(c)
	}
	return nil
}

// unansweredError is a failure before the first byte of an answer.
type unansweredError struct{ error }

// Unwrap returns the failure.
func (u *unansweredError) Unwrap() error { return u.error }

// unanswered reports whether a request failed before its deadline and before the
// first byte of an answer.
func unanswered(err error) bool {
	var u *unansweredError
	return errors.As(err, &u) && !errors.Is(err, os.ErrDeadlineExceeded)
}

// try writes the request and reads the answer into c.answer. An error is an
// *unansweredError, one of the errors of package message, or a deadline.
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
	if err := c.read(m.Method == fasthttp.MethodHead, m.Keep); err != nil {
		return first, answerError(err, deadline)
	}
	c.ends = c.answer.Closes || broken != nil
	return first, nil
}

// read reads one answer into c.answer. The answer to a HEAD has no body. A body that is
// not to be checked is skipped and never stored: an answer may announce any length, and
// takes no more memory than the buffer of its connection.
func (c *conn) read(head, keep bool) error {
	c.answer.Reset(head)
	if keep {
		c.answer.Keep()
	}
	for {
		switch _, err := c.r.Peek(1); {
		case errors.Is(err, io.EOF):
			return c.answer.End()
		case err != nil:
			return err
		}
		b, _ := c.r.Peek(c.r.Buffered()) // cannot fail, because these bytes are buffered
		n, done, err := c.answer.Feed(b)
		_, _ = c.r.Discard(n)
		if err != nil || done {
			return err
		}
	}
}

// compose writes the request. Names of headers keep their spelling.
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

// note copies what the ledger needs from an answer.
func (c *conn) note(e *ledger.Entry) {
	a := &c.answer
	e.Status, e.Bytes = a.Status, a.Bytes
	e.Phases = ledger.AppendPhases(e.Phases, a.Timing)
	if e.Answer != nil {
		// The connection may read another answer before this one is checked.
		*e.Answer, a.Kept = a.Kept, *e.Answer
	}
	if e.Asked = a.Asked; a.Asked {
		e.Wait = ledger.RetryAfter(string(a.RetryAfter))
	}
}

// answerError explains what went wrong with an answer that had begun. An answer that
// is incomplete at its deadline came too late, and what came of it does not matter. A
// connection that broke in its midst is what ended it.
func answerError(err error, deadline time.Time) error {
	var ne net.Error
	if !time.Now().Before(deadline) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &ne) && ne.Timeout() {
		return os.ErrDeadlineExceeded
	}
	for _, wrong := range wrongAnswers {
		if errors.Is(err, wrong) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", message.ErrTruncated, err)
}
