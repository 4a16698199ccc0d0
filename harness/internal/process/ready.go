package process

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

var errEnded = errors.New("the server ended")

// AwaitReady asks for url until it answers 2xx or 3xx, ended is closed (nil:
// never) or ctx ends. The error says what the last answer was.
func AwaitReady(ctx context.Context, url string, ended <-chan struct{}) error {
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	last := errors.New("no answer")
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		status, err := probe(ctx, client, url)
		switch {
		case err == nil && status >= 200 && status < 400:
			return nil
		case err == nil:
			last = fmt.Errorf("it answers %d, want 2xx or 3xx: is `ready.path` right?", status)
		case ctx.Err() == nil:
			last = err
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
			continue
		case <-ended:
			t.Stop()
			return errEnded
		case <-ctx.Done():
			t.Stop()
			return fmt.Errorf("GET %s: %w: %w", url, last, context.Cause(ctx))
		}
	}
}

func probe(ctx context.Context, c *http.Client, url string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}
