package attack

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/results"
)

// standard sends through net/http, for HTTP/2 and as a check on the fast transport.
// Its first-write is the moment at which the request received its connection.
type standard struct {
	cfg         *Config
	clock       *clock
	base        string // scheme and host of the requests
	transport   *http.Transport
	single      chan *http.Transport // of loads that reuse no connection; see roundTrip
	ctx         context.Context
	cancel      context.CancelFunc
	dialer      *reach.Dialer
	connections atomic.Uint64
	handshakes  atomic.Uint64
	redials     atomic.Uint64
}

// maxTries counts the attempt that every request has, and another one on a new
// connection if the first connection turns out to be closed.
const maxTries = 2

// newStandard makes the transport of net/http with the limits of the fast one.
func newStandard(cfg *Config, c *clock) *standard {
	s := &standard{cfg: cfg, clock: c, base: reach.HTTP(cfg.URL), dialer: reach.For(cfg.URL)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.transport = &http.Transport{
		DialContext:         s.dial,
		MaxConnsPerHost:     cfg.connections(),
		MaxIdleConnsPerHost: cfg.connections(),
		MaxIdleConns:        cfg.connections(),
		DisableCompression:  true,
		ForceAttemptHTTP2:   true,
		// As much as the fast transport reads, so that both find the same of a server.
		MaxResponseHeaderBytes: message.MaxHeader,
	}
	if cfg.TLS != nil {
		s.transport.TLSClientConfig = cfg.TLS.Clone()
		// Sessions of an earlier load would make the handshakes of a trial cheaper.
		s.transport.TLSClientConfig.ClientSessionCache = nil
	}
	if cfg.NoReuse {
		s.transport.DisableKeepAlives = true
		s.single = make(chan *http.Transport, cfg.connections())
		for range cfg.connections() {
			s.single <- nil
		}
	}
	return s
}

// roundTrip sends a request through the transport. In a load that reuses no
// connection, it takes one of as many transports as there may be connections and has it
// alone until the answer is read. In a transport of several requests, HTTP/2 would let
// two that dial at the same moment share one connection, in spite of DisableKeepAlives.
func (s *standard) roundTrip(req *http.Request) (resp *http.Response, done func(), err error) {
	if s.single == nil {
		resp, err = s.transport.RoundTrip(req)
		return resp, func() {}, err
	}
	select {
	case t := <-s.single:
		if t == nil {
			t = s.transport.Clone()
		}
		resp, err = t.RoundTrip(req)
		return resp, func() { s.single <- t }, err
	case <-req.Context().Done():
		return nil, func() {}, context.Cause(req.Context())
	}
}

// connect does nothing: net/http opens connections on demand, and offers no way to
// open them beforehand.
func (s *standard) connect(context.Context) error { return nil }

// opening is always nil: net/http opens connections when requests need them.
func (s *standard) opening() *results.Opening { return nil }

// counts has what the hooks of the dialer and of the requests have counted.
func (s *standard) counts() (connections, handshakes, redials uint64) {
	return s.connections.Load(), s.handshakes.Load(), s.redials.Load()
}

// close ends the dials that are under way, and the connections that are idle.
func (s *standard) close() {
	s.cancel()
	s.transport.CloseIdleConnections()
}

// exchange sends a message and reads its answer into e. deadline bounds the wait for a
// connection too. The error says why there is no answer.
func (s *standard) exchange(m *Message, seq []byte, deadline time.Time, e *ledger.Entry) error {
	ctx, cancel := context.WithDeadline(s.ctx, deadline)
	defer cancel()
	tries, o := 0, new(opening)
	var begun atomic.Bool
	ctx = httptrace.WithClientTrace(context.WithValue(ctx, openingKey{}, o), &httptrace.ClientTrace{
		GotFirstResponseByte: func() { begun.Store(true) },
		TLSHandshakeStart:    o.shaking,
		TLSHandshakeDone:     func(_ tls.ConnectionState, err error) { s.shaken(o, err) },
		GotConn: func(got httptrace.GotConnInfo) {
			switch tries++; tries {
			case 1:
				e.FirstWrite = s.clock.now()
				waited(e, got)
			case maxTries + 1:
				// net/http would try again as long as idle connections turn out to
				// be closed. A request that is cancelled here could still be
				// written.
				cancel()
				if c, ok := got.Conn.(*tls.Conn); !ok || c.ConnectionState().NegotiatedProtocol != "h2" {
					got.Conn.Close()
				}
			}
		},
	})
	err := s.send(ctx, m, seq, e, &begun)
	if e.LastByte = s.clock.now(); tries == 0 {
		e.FirstWrite = e.LastByte
	} else if tries > 1 {
		s.redials.Add(uint64(min(tries, maxTries) - 1))
	}
	switch {
	case err != nil && tries == 0 && errors.Is(err, context.DeadlineExceeded):
		err = errNoConnection
	case err != nil && tries > maxTries:
		err = io.EOF // the connection was closed without an answer every time
	}
	return err
}

// send sends a request and reads its answer. begun becomes true when the first byte of an
// answer arrives.
func (s *standard) send(ctx context.Context, m *Message, seq []byte, e *ledger.Entry, begun *atomic.Bool) error {
	var body io.Reader
	if len(m.Body) > 0 {
		body = bytes.NewReader(m.Body)
	}
	req, err := http.NewRequestWithContext(ctx, m.Method, s.base+string(m.Path), body)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "assay")
	for _, h := range m.Header {
		if http.CanonicalHeaderKey(h.Name) == "Host" {
			req.Host = h.Value
			continue
		}
		req.Header.Set(h.Name, h.Value)
	}
	if s.cfg.Name != "" {
		req.Header.Set("X-Vegeta-Attack", s.cfg.Name)
	}
	req.Header.Set("X-Vegeta-Seq", string(seq))
	resp, done, err := s.roundTrip(req)
	defer done()
	if err != nil {
		return brokenHead(err, e.FirstWrite > 0, begun.Load())
	}
	defer resp.Body.Close()
	n, err := read(resp, e.Answer)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return brokenBody(err)
	}
	e.Status, e.Bytes = resp.StatusCode, n
	for _, v := range resp.Header.Values("Server-Timing") {
		e.Phases = ledger.AppendPhases(e.Phases, []byte(v))
	}
	if v := resp.Header.Get("Retry-After"); v != "" {
		e.Asked, e.Wait = true, ledger.RetryAfter(v)
	}
	return nil
}

// read reads a body and returns its length. If the answer is to be checked, it keeps the
// header and the body. After a switch of protocols there is no body: what net/http gives
// instead is the connection, which ends when the server likes, and knows no deadline.
func read(resp *http.Response, kept *message.Kept) (n int64, err error) {
	switched := resp.StatusCode == http.StatusSwitchingProtocols
	switch {
	case kept == nil && switched:
		return 0, nil
	case kept == nil:
		return io.Copy(io.Discard, resp.Body)
	case switched:
		head := bytes.NewBuffer(kept.Head)
		err := resp.Header.Write(head)
		kept.Head = head.Bytes()
		return 0, err
	}
	head, body := bytes.NewBuffer(kept.Head), bytes.NewBuffer(kept.Body)
	if err := resp.Header.Write(head); err != nil {
		return 0, err
	}
	n, err = io.Copy(body, io.LimitReader(resp.Body, message.MaxKept))
	kept.Head, kept.Body = head.Bytes(), body.Bytes()
	if err != nil {
		return n, err
	}
	more, err := io.Copy(io.Discard, resp.Body)
	return n + more, err
}
