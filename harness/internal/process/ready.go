package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

var errEnded = errors.New("the server ended")

// AwaitReady asks for url until it answers 2xx or 3xx, ended is closed (nil:
// never) or ctx ends. It tells whether the server keeps the connection open
// after an answer; the error says what the last answer was.
func AwaitReady(ctx context.Context, url string, ended <-chan struct{}) (keepAlive bool, err error) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	last := errors.New("no answer")
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		resp, err := probe(ctx, client, url)
		switch {
		case err == nil && resp.StatusCode >= 200 && resp.StatusCode < 400:
			return !resp.Close, nil
		case err == nil:
			last = fmt.Errorf("it answers %d, want 2xx or 3xx: is `ready.path` right?", resp.StatusCode)
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
func probe(ctx context.Context, c *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp, err
}
