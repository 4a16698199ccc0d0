package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

var errEnded = errors.New("the server ended")

// A StatusError is an answer with a status that no ready server gives.
type StatusError struct{ Status int }

func (e *StatusError) Error() string {
	return fmt.Sprintf("it answers %d, want 2xx or 3xx: is `ready.path` right?", e.Status)
}

// AwaitReady asks for url until it answers 2xx or 3xx, or for tcp://HOST:PORT
// until that takes a connection; ended is closed (nil: never) or ctx ends. It
// tells whether the server keeps the connection open after an answer; the error
// says what the last answer was.
func AwaitReady(ctx context.Context, url string, ended <-chan struct{}) (keepAlive bool, err error) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ask := func() (bool, error) { return probe(ctx, client, url) }
	if address, ok := strings.CutPrefix(url, "tcp://"); ok {
		ask = func() (bool, error) { return false, connect(ctx, address) }
	}
	last := errors.New("no answer")
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		keepAlive, err := ask()
		switch {
		case err == nil:
			return keepAlive, nil
		case ctx.Err() == nil:
			last = err
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
			continue
		case <-ended:
			t.Stop()
			return false, errEnded
		case <-ctx.Done():
			t.Stop()
			return false, fmt.Errorf("GET %s: %w: %w", url, last, context.Cause(ctx))
		}
	}
}

// probe asks once. The body is read, so that the connection can be kept.
func probe(ctx context.Context, c *http.Client, url string) (keepAlive bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false, err
	}
	resp, err := c.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return false, err
	}
	if resp.StatusCode < 200 || resp.StatusCode >= 400 {
		return false, &StatusError{resp.StatusCode}
	}
	return !resp.Close, nil
}

// connect opens a connection and closes it.
func connect(ctx context.Context, address string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}
