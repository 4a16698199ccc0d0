package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// rollingStop stops servers under load, as an orchestrator does when it replaces an
// instance. Every pattern is stopped in turn under clients that keep their connections,
// and under clients that open one for each request, of which half end their side of it
// with the request.
func rollingStop(ctx context.Context, l *lab, r *result) {
	for i := range l.times(100, 5) {
		pattern := []string{"workerpool", "adaptive", "naive", "semaphore"}[i%4]
		s, err := l.startServer(ctx, "-pattern="+pattern, "-min-latency=1", "-max-latency=5", "-rate-limit=1e6")
		if err != nil {
			r.attempt(pattern, err)
			continue
		}
		ask := askOn
		if i/4%2 == 1 {
			ask = askAnew
		}
		r.attempt(fmt.Sprintf("stop %d, %s", i+1, pattern), stoppedUnderLoad(s, ask))
	}
}

// stoppedUnderLoad sends requests until the server wants no more. Every request that was
// sent has to be answered: a client that obeys the protocol never sees an error. The signal
// comes when all clients are at work.
func stoppedUnderLoad(s *builtIn, ask func(address string, client, first int, begun func()) error) error {
	const clients, before = 32, 10
	lost := make(chan error, clients)
	var busy, all sync.WaitGroup
	busy.Add(clients)
	for client := range clients {
		all.Go(func() {
			var told sync.Once
			defer told.Do(busy.Done)
			if err := ask(s.address, client, before, func() { told.Do(busy.Done) }); err != nil {
				lost <- err
			}
		})
	}
	busy.Wait()
	err := s.end()
	all.Wait()
	select {
	case err := <-lost:
		return err
	default:
	}
	if err != nil {
		return fmt.Errorf("the server: %w", err)
	}
	return nil
}

// askOn sends requests over one connection until the server asks to close it. begun is
// called after the first ones.
func askOn(address string, _, first int, begun func()) error {
	c, err := net.DialTimeout("tcp", address, limit)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(limit))
	lines := bufio.NewReader(c)
	for i := 0; ; i++ {
		closes, err := askWith(c, lines, false)
		if err != nil {
			return fmt.Errorf("request %d: %w", i, err)
		}
		if i+1 == first {
			begun()
		}
		if closes {
			return nil
		}
	}
}

// askAnew sends each request over a connection of its own, until the server refuses one.
func askAnew(address string, client, first int, begun func()) error {
	for i := 0; ; i++ {
		c, err := net.DialTimeout("tcp", address, limit)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return nil
		}
		if err != nil {
			return err
		}
		_ = c.SetDeadline(time.Now().Add(limit))
		_, err = askWith(c, bufio.NewReader(c), client%2 == 0)
		c.Close()
		if err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		if i+1 == first {
			begun()
		}
	}
}

// askWith sends a request and reads its answer. It reports whether the server wants no
// other on this connection. With last the client ends its side before the answer.
func askWith(c net.Conn, lines *bufio.Reader, last bool) (closes bool, err error) {
	if _, err := io.WriteString(c, "GET /api/v1/patients?id=P00042 HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return false, err
	}
	if last {
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			return false, err
		}
	}
	answer, err := http.ReadResponse(lines, nil)
	for err == nil && answer.StatusCode < 200 { // the server is still at work
		answer, err = http.ReadResponse(lines, nil)
	}
	if err != nil {
		return false, fmt.Errorf("not answered: %w", err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return false, fmt.Errorf("answered in part: %w", err)
	}
	if answer.StatusCode == 499 {
		return false, errors.New("the server took the client for gone")
	}
	return answer.Close, nil
}
