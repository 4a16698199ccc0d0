package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// rollingStop stops servers under the load of clients that keep their connections, as an
// orchestrator does when it replaces an instance.
func rollingStop(ctx context.Context, l *lab, r *result) {
	for i := range l.times(100, 5) {
		pattern := []string{"workerpool", "adaptive", "naive", "semaphore"}[i%4]
		s, err := l.startServer(ctx, "-pattern="+pattern, "-min-latency=1", "-max-latency=5", "-rate-limit=1e6")
		if err != nil {
			r.attempt(pattern, err)
			continue
		}
		r.attempt(fmt.Sprintf("stop %d, %s", i+1, pattern), stoppedUnderLoad(s))
	}
}

// stoppedUnderLoad sends requests over kept connections until the server says that it
// closes them. Every request that was sent has to be answered: a client that obeys the
// protocol never sees an error. The signal comes when all clients are at work.
func stoppedUnderLoad(s *builtIn) error {
	const clients, before = 32, 10
	lost := make(chan error, clients)
	var busy, all sync.WaitGroup
	busy.Add(clients)
	for range clients {
		all.Go(func() {
			var told sync.Once
			defer told.Do(busy.Done)
			if err := askOn(s.address, before, func() { told.Do(busy.Done) }); err != nil {
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
func askOn(address string, first int, begun func()) error {
	c, err := net.DialTimeout("tcp", address, limit)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(limit))
	lines := bufio.NewReader(c)
	for i := 0; ; i++ {
		if _, err := fmt.Fprintf(c, "GET /api/v1/patients?id=P%05d HTTP/1.1\r\nHost: x\r\n\r\n", i); err != nil {
			return fmt.Errorf("request %d: %w", i, err)
		}
		answer, err := http.ReadResponse(lines, nil)
		if err != nil {
			return fmt.Errorf("request %d was not answered: %w", i, err)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil {
			return fmt.Errorf("request %d was answered in part: %w", i, err)
		}
		if i+1 == first {
			begun()
		}
		if answer.Close {
			return nil
		}
	}
}
