package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// overload brings the built-in server more than it can do, and what no client should. The
// patterns are those that promise a bound. One server gets everything in turn, because
// what must be shown last is that it recovers from all of it.
func overload(ctx context.Context, l *lab, r *result) {
	for _, pattern := range []string{"workerpool", "adaptive", "semaphore"} {
		s, err := l.startServer(ctx, "-pattern="+pattern)
		if err != nil {
			r.attempt(pattern, err)
			continue
		}
		r.attempt(pattern+": overload", l.tooMuch(ctx, s))
		r.attempt(pattern+": idle connections", l.idle(r, s))
		r.attempt(pattern+": slow clients", l.slow(s))
		l.broken(r, pattern, s)
		r.attempt(pattern+": it recovered", s.healthy())
		r.attempt(pattern+": memory", atMost1GB(s.memory()))
		r.attempt(pattern+": it stops", s.end())
		r.attempt(pattern+": log", quietLog(s.log))
	}
	l.tests(ctx, r, "server/internal/api", "TestOverloadStaysBounded|TestLogsCarryNoPatientData|TestNoAnswerHoldsAnotherRequestsData")
}

// atMost1GB requires the server to be far from filling a small machine.
func atMost1GB(n int64) error {
	if n > 1<<30 {
		return fmt.Errorf("%d MB", n>>20)
	}
	return nil
}

// quietLog requires the log to have no panic and no person in it.
func quietLog(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, bad := range []string{"panic", "birthDate", "diagnos"} {
		if strings.Contains(string(data), bad) {
			return fmt.Errorf("the log contains %q", bad)
		}
	}
	return nil
}

// tooMuch offers about ten times what the server can do, for a minute over all patterns,
// while its health is asked. How the attack ends does not matter, because a refusal is a
// right answer; it must only end.
func (l *lab) tooMuch(ctx context.Context, s *builtIn) error {
	seconds := strconv.Itoa(l.times(20, 2)) + "s"
	done := make(chan ended, 1)
	go func() {
		done <- l.do(ctx, l.command(l.folder(), "attack", "--rate", "10000", "--duration", seconds, "http://"+s.address+"/api/v1/patients?id=P00001"))
	}()
	for {
		select {
		case e := <-done:
			if err := e.sane(); err != nil {
				return err
			}
			return s.healthy()
		case <-time.After(200 * time.Millisecond):
			if err := s.healthy(); err != nil {
				return fmt.Errorf("during the overload: %w", err)
			}
		}
	}
}

// idle opens connections that say nothing, and asks for health beside them. This process
// may be allowed fewer files than that; it then stops at its own limit, which is not the
// server's fault.
func (l *lab) idle(r *result, s *builtIn) error {
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	wanted := l.times(10_000, 500)
	for len(open) < wanted {
		c, err := net.DialTimeout("tcp", s.address, limit)
		if errors.Is(err, syscall.EMFILE) {
			r.skip(fmt.Sprintf("%d idle connections", wanted), fmt.Sprintf("this process may have no more than %d: ulimit -n", len(open)))
			break
		}
		if err != nil {
			return err
		}
		open = append(open, c)
	}
	return s.healthy()
}

// slow sends requests byte by byte from many clients, and asks for health beside them.
// The clients give up in the midst of their request.
func (l *lab) slow(s *builtIn) error {
	var all sync.WaitGroup
	for range l.times(200, 20) {
		all.Go(func() {
			c, err := net.DialTimeout("tcp", s.address, limit)
			if err != nil {
				return
			}
			defer c.Close()
			for i := range 10 {
				if _, err := c.Write([]byte("GET /health"[i : i+1])); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	err := s.healthy()
	all.Wait()
	return err
}

// broken sends requests that no client should, and counts each answer of 5xx as a loss.
// 501 and 505 are what HTTP asks for where a method or a version is unknown, and 503 is a
// refusal for lack of capacity.
func (l *lab) broken(r *result, pattern string, s *builtIn) {
	const host = "Host: x\r\n"
	requests := []string{
		"POST /api/v1/patients HTTP/1.1\r\n" + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /api/v1/patients HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n",
		"POST /api/v1/patients HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
		"POST /api/v1/patients HTTP/1.1\r\n" + host + "Content-Length: 10000000\r\n\r\n" + strings.Repeat("x", 1<<20),
		"GET /" + strings.Repeat("a", 100_000) + " HTTP/1.1\r\n" + host + "\r\n",
		"GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 100_000) + "\r\n",
		"GET /../../etc/passwd HTTP/1.1\r\n" + host + "\r\n", "GET http://example.com/ HTTP/1.1\r\n" + host + "\r\n",
		"\x16\x03\x01\x02\x00", "GET / HTTP/9.9\r\n\r\n", "BREW /health HTTP/1.1\r\n" + host + "\r\n", "GET /health HTTP/1.1\r\n\r\n",
	}
	for range l.times(3000, 100) {
		requests = append(requests, l.randomRequest())
	}
	// Many at once, because each takes as long as the server pretends to work.
	errs := make([]error, len(requests))
	var all errgroup.Group
	all.SetLimit(32)
	for i, request := range requests {
		all.Go(func() error {
			errs[i] = noServerError(s.address, request)
			return nil
		})
	}
	_ = all.Wait() // the errors are in errs
	for _, err := range errs {
		r.attempt(pattern+": broken request", err)
	}
}

// noServerError sends a request that is not answered by 5xx, unless that is right.
func noServerError(address, request string) error {
	status, err := answerTo(address, request)
	switch status {
	case http.StatusServiceUnavailable, http.StatusHTTPVersionNotSupported, http.StatusNotImplemented:
		return err
	}
	if err == nil && status >= 500 {
		err = fmt.Errorf("status %d for %q", status, request[:min(len(request), 200)])
	}
	return err
}

// randomRequest is a request with random method, path, id and header. It is near enough
// to a good one that it reaches the handlers and not only the parser.
func (l *lab) randomRequest() string {
	word := func(alphabet string, most int) string {
		b := make([]byte, l.random.IntN(most))
		for i := range b {
			b[i] = alphabet[l.random.IntN(len(alphabet))]
		}
		return string(b)
	}
	methods := []string{"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", word("ABCxyz", 9) + "X"}
	paths := []string{"/api/v1/patients?id=", "/api/v1/patients/", "/health?", "/metrics?format=", "/", "/api/v1/patients?ids="}
	return fmt.Sprintf("%s %s%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\nX-%s: %s\r\n\r\n",
		methods[l.random.IntN(len(methods))], paths[l.random.IntN(len(paths))],
		word("P0123456789%&=;,./\\'\"<>-_~\x01\xff", 40), word("abcZ", 9), word("abc ;=,\"\xff", 60))
}

// answerTo sends a request and returns the status of the answer, or 0 if the connection
// was closed without one, which is how a request that is none may be refused.
func answerTo(address, request string) (status int, err error) {
	c, err := net.DialTimeout("tcp", address, limit)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(limit))
	_, _ = io.WriteString(c, request) // the answer may come before the end of the request
	_ = c.(*net.TCPConn).CloseWrite()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		var slow net.Error
		if errors.As(err, &slow) && slow.Timeout() {
			return 0, errors.New("no answer, and the connection stays open")
		}
		return 0, nil
	}
	defer answer.Body.Close()
	return answer.StatusCode, nil
}
