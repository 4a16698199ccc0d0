package work

import (
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
)

// wall passes connections on until it is shut; then nothing passes, and nothing is closed.
type wall struct {
	l     net.Listener
	shutC chan struct{}
}

func newWall(t *testing.T, to string) *wall {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wall{l, make(chan struct{})}
	var all sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	pass := func(from, to net.Conn) {
		for buf := make([]byte, 32<<10); ; {
			n, err := from.Read(buf)
			select {
			case <-w.shutC:
				return
			default:
			}
			if n > 0 {
				_, _ = to.Write(buf[:n])
			}
			if err != nil {
				to.Close()
				return
			}
		}
	}
	all.Go(func() {
		for {
			a, err := l.Accept()
			if err != nil {
				return
			}
			b, err := net.Dial("tcp", to)
			if err != nil {
				a.Close()
				continue
			}
			mu.Lock()
			conns = append(conns, a, b)
			mu.Unlock()
			all.Go(func() { pass(a, b) })
			all.Go(func() { pass(b, a) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return w
}

func (w *wall) shut() { close(w.shutC) }

// A worker whose connection breaks says so.
func TestConnectionBreaks(t *testing.T) {
	c := newCrew(t, "1s")
	ended := make(chan error, 1)
	go func() { ended <- c.worker("server").Run(t.Context()) }()
	c.await(func() bool { return len(c.Empty()) == 2 })
	// It follows orders, and no longer tries to get the seat.
	if _, err := c.Member("server").Clock(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.server.Close()
	err := <-ended
	if err == nil || !strings.Contains(err.Error(), "ask for orders: ") && !strings.Contains(err.Error(), "send the result of ") && !errors.Is(err, ErrGone) {
		t.Errorf("the worker ended with %v", err)
	}
}
