package setup

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/harness/internal/scenario"
)

const (
	// maxAnswer is how much of an answer is read, in bytes. A longer one fails.
	maxAnswer = 16 << 20
	// shown is how much of an answer a message holds, in bytes.
	shown = 200
)

// Answer is what came to a request.
type Answer struct {
	Status int           // of HTTP
	Header http.Header   // all lines of the header
	Body   []byte        // without the compression of its transfer
	Took   time.Duration // from the request to the end of the answer
}

// Start returns the beginning of the body for messages, as one line of at most 200
// bytes.
func (a *Answer) Start() string {
	if len(a.Body) == 0 {
		return "the answer is empty"
	}
	text := strings.TrimSpace(strings.ToValidUTF8(string(a.Body[:min(len(a.Body), shown)]), "�"))
	if len(a.Body) > shown {
		for len(text) > 0 && !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
		text += "…"
	}
	return "the answer begins: " + strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// Client sends requests to one server.
type Client struct {
	base string // scheme and host of the requests
	http *http.Client
}

// NewClient returns a client for the server with the URL, which has no path, and with
// the TLS configuration of an https URL; nil trusts the system's authorities. It keeps
// connections; the caller closes it.
func NewClient(url string, secure *tls.Config) *Client {
	return &Client{reach.HTTP(url), &http.Client{
		Transport: &http.Transport{TLSClientConfig: secure.Clone(), Proxy: nil, DialContext: reach.For(url).DialContext},
		// A redirection is an answer: its cookie or its address may be what is wanted.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close ends the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Send sends a request whose texts are final, and returns the answer, whatever its
// status. The error says why there is none within the step's time-out.
func (c *Client) Send(ctx context.Context, s *scenario.Step) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, s.Method, c.base+s.Path, strings.NewReader(s.Body))
	if err != nil {
		return nil, err
	}
	for _, h := range s.Headers {
		if strings.EqualFold(h.Name, "Host") {
			req.Host = h.Value
		}
		req.Header.Add(h.Name, h.Value)
	}
	begin := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() == context.DeadlineExceeded {
			return nil, fmt.Errorf("no answer within %v", s.Timeout)
		}
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// There is no body to read: it is the connection, which ctx does not end.
		return &Answer{Status: resp.StatusCode, Header: resp.Header, Took: time.Since(begin)}, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer, which has status %d: %w", resp.StatusCode, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer, which has status %d, is larger than %d bytes", resp.StatusCode, maxAnswer)
	}
	return &Answer{resp.StatusCode, resp.Header, body, time.Since(begin)}, nil
}
