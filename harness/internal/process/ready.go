package process

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/harness/internal/reach"
)

var errEnded = errors.New("the server ended")

// StatusError is an answer with a status that no ready server gives.
type StatusError struct{ Status int }

// Error says what the server answers, and where the mistake usually is.
func (e *StatusError) Error() string {
	return fmt.Sprintf("it answers %d, want 2xx or 3xx: is `ready.path` right?", e.Status)
}

// AwaitReady requests url until it answers 2xx or 3xx; for tcp://HOST:PORT it tries
// until a connection is accepted. It gives up when ended is closed (nil means never)
// or ctx ends, with an error that says what the last answer was. secure is the TLS
// configuration for an https URL; nil trusts the system's authorities.
//
// keepAlive reports whether the server keeps the connection open after an answer. If
// waiting cannot help, as with a certificate of an unknown authority, AwaitReady
// returns a *NeverError at once. A path that the server keeps refusing, as with
// 404, is given up after a fifth of the time: a server may have to learn its paths.
func AwaitReady(ctx context.Context, url string, secure *tls.Config, ended <-chan struct{}) (keepAlive bool, err error) {
	return await(ctx, url, secure, ended, patience(ctx))
}

// await is AwaitReady with a limit for refusals in a row.
func await(ctx context.Context, url string, secure *tls.Config, ended <-chan struct{}, patience time.Duration) (keepAlive bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { // the end of the server ends a request that waits for an answer
		select {
		case <-ended:
			cancel(errEnded)
		case <-ctx.Done():
		}
	}()
	dialer := reach.For(url)
	transport := &http.Transport{TLSClientConfig: secure.Clone(), DialContext: dialer.DialContext}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ask := func() (bool, error) { return probe(ctx, client, url) }
	address, connectOnly := strings.CutPrefix(url, "tcp://")
	if reach.ConnectOnly(url) {
		address, connectOnly = net.JoinHostPort(reach.SocketHost, "80"), true
	}
	if connectOnly {
		ask = func() (bool, error) { return false, connect(ctx, dialer, address) }
	}
	last := errors.New("no answer")
	refused := refusal{patience: patience}
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		keepAlive, err := ask()
		if err == nil {
			return keepAlive, nil
		}
		if ctx.Err() == nil {
			last = err
		}
		if never := hopeless(ctx, url, err); never != nil {
			return false, &NeverError{fmt.Errorf("GET %s: %w", url, never)}
		}
		if ctx.Err() == nil && refused.lasts(err, time.Now()) {
			return false, &NeverError{fmt.Errorf("GET %s: for %v, %w", url, refused.patience.Round(time.Millisecond), err)}
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
			continue
		case <-ctx.Done():
			t.Stop()
			if errors.Is(context.Cause(ctx), errEnded) {
				return false, errEnded
			}
			return false, fmt.Errorf("GET %s: %w: %w", url, last, context.Cause(ctx))
		}
	}
}

// hopeless returns the failure of a request to url if every further request will fail in
// the same way, or nil if one may still succeed.
func hopeless(ctx context.Context, url string, err error) error {
	var away *reach.Error
	if errors.As(err, &away) {
		return away
	}
	if f := handshake.FailureOf(err); f != nil {
		return f
	}
	if file := reach.SocketFile(url); file != "" {
		if info, err := os.Stat(file); err == nil && info.Mode()&os.ModeSocket == 0 {
			return fmt.Errorf("%s is not a socket: write the path that the server listens on", file)
		}
	}
	var status *StatusError
	if !strings.HasPrefix(reach.HTTP(url), "http://") || !(errors.As(err, &status) && status.Status == http.StatusBadRequest) && !strings.Contains(err.Error(), "malformed HTTP") {
		return nil
	}
	// Most TLS servers answer plain HTTP with 400, and some with an alert. A handshake
	// that succeeds settles it.
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if !handshake.SpokenAt(ctx, url) {
		return nil
	}
	return &handshake.Failure{Kind: handshake.PlainClient}
}

// probe sends one request. It reads the body, so that the connection can be kept.
func probe(ctx context.Context, c *http.Client, url string) (keepAlive bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, reach.HTTP(url), nil)
	if err != nil {
		return false, err
	}
	resp, err := c.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// There is no body to read: it is the connection, which ctx does not end.
		return false, &StatusError{resp.StatusCode}
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return false, err
	}
	if resp.StatusCode < 200 || resp.StatusCode >= 400 {
		return false, &StatusError{resp.StatusCode}
	}
	return !resp.Close, nil
}

// connect opens a connection and closes it.
func connect(ctx context.Context, dialer *reach.Dialer, address string) error {
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}
