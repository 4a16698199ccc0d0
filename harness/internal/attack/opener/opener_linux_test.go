package opener

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// listener is a server with a short queue, which accepts only when it is told to.
type listener struct {
	fd              int
	server, address string // as New has them
	accepted        []int
}

// listenTCP listens on a free port of loopback.
func listenTCP(t *testing.T, backlog int) *listener {
	t.Helper()
	l := listen(t, unix.AF_INET, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}, backlog)
	at, err := unix.Getsockname(l.fd)
	if err != nil {
		t.Fatal(err)
	}
	l.address = fmt.Sprintf("127.0.0.1:%d", at.(*unix.SockaddrInet4).Port)
	l.server = "http://" + l.address
	return l
}

// listenUnix listens on a socket that is a file.
func listenUnix(t *testing.T, backlog int) *listener {
	t.Helper()
	dir, err := os.MkdirTemp("", "opener") // the path of a test may be too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	file := filepath.Join(dir, "s")
	l := listen(t, unix.AF_UNIX, &unix.SockaddrUnix{Name: file}, backlog)
	l.server, l.address = reach.Socket(file, false), net.JoinHostPort(reach.SocketHost, "80")
	return l
}

func listen(t *testing.T, family int, at unix.Sockaddr, backlog int) *listener {
	t.Helper()
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{fd: fd}
	t.Cleanup(func() {
		unix.Close(fd)
		for _, c := range l.accepted {
			unix.Close(c)
		}
	})
	if err := errors.Join(unix.Bind(fd, at), unix.Listen(fd, backlog)); err != nil {
		t.Fatal(err)
	}
	return l
}

// accept accepts one connection.
func (l *listener) accept() error {
	c, _, err := unix.Accept(l.fd)
	if err == nil {
		l.accepted = append(l.accepted, c)
	}
	return err
}

// openAll opens n connections as an attack does, and closes them when the test is over.
func openAll(ctx context.Context, t *testing.T, o *Opener, n int, each func()) error {
	t.Helper()
	var mu sync.Mutex
	return o.All(ctx, n, 0, "the server", func(ctx context.Context) error {
		c, err := o.Dial(ctx)
		if err != nil {
			return err
		}
		t.Cleanup(func() { c.Close() })
		mu.Lock()
		defer mu.Unlock()
		each()
		return nil
	})
}

// A server whose queue is full ignores who asks for a connection. The system would ask again
// after a second and more, however soon the queue has room.
func TestAFullQueueDelaysNothingForLong(t *testing.T) {
	for _, c := range []struct {
		name   string
		listen func(*testing.T, int) *listener
	}{{"tcp", listenTCP}, {"unix", listenUnix}} {
		t.Run(c.name, func(t *testing.T) {
			const n = 60
			l := c.listen(t, 1)
			o := New(l.server, l.address)
			var asked sync.WaitGroup
			asked.Go(func() {
				for o.again.Load() < 3 { // until the queue is full
					time.Sleep(time.Millisecond)
				}
				for range n {
					if err := l.accept(); err != nil {
						t.Error(err)
						return
					}
				}
			})
			if err := openAll(t.Context(), t, o, n, func() {}); err != nil {
				t.Fatal(err)
			}
			asked.Wait()
			r := o.Result()
			if r.Connections != n || r.Again < 3 || r.Took <= 0 {
				t.Errorf("result %+v, want %d connections and at least 3 attempts again", *r, n)
			}
		})
	}
}

// The server's own mistakes are said at once, and not repeated.
func TestARefusalIsFinal(t *testing.T) {
	l := listenTCP(t, 1)
	unix.Close(l.fd)
	l.fd = -1
	o := New(l.server, l.address)
	err := openAll(t.Context(), t, o, 10, func() {})
	if err == nil || !strings.Contains(err.Error(), "of 10 to the server: dial tcp") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("error %v", err)
	}
	if r := o.Result(); r.Again != 0 || r.Connections != 0 {
		t.Errorf("result %+v, want no connection and nothing repeated", *r)
	}
}

// A server that accepts none does not keep the caller who has given up.
func TestTheCallerCanGiveUp(t *testing.T) {
	l := listenTCP(t, 1)
	o := New(l.server, l.address)
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	go func() {
		for o.again.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel(enough)
	}()
	if err := openAll(ctx, t, o, 100, func() {}); !errors.Is(err, enough) {
		t.Errorf("error %v, want that of the caller", err)
	}
}

// A connection that never gets an answer ends the opening, with its number.
func TestPatienceEnds(t *testing.T) {
	l := listenTCP(t, 1)
	o := New(l.server, l.address)
	o.patience, o.longer = 300*time.Millisecond, time.Hour
	err := openAll(t.Context(), t, o, 50, func() {})
	if err == nil || !strings.Contains(err.Error(), "open connection ") || !strings.Contains(err.Error(), "of 50 to the server: ") {
		t.Errorf("error %v, want that of a connection", err)
	}
	l = listenTCP(t, 1)
	o = New(l.server, l.address)
	o.patience, o.longer = time.Hour, 300*time.Millisecond
	err = openAll(t.Context(), t, o, 50, func() {})
	if err == nil || !strings.Contains(err.Error(), "open connections to the server: after ") || !strings.Contains(err.Error(), "of 50 are open") {
		t.Errorf("error %v, want that of all connections", err)
	}
}

// An attempt whose turn would come after the end of the time is a time-out, in the words of
// the attempt before if there was one.
func TestALateTurnIsATimeOut(t *testing.T) {
	l := listenTCP(t, 1)
	for _, c := range []struct {
		name     string
		attempts int // that have their turn in time
		want     string
	}{{"no attempt", 0, "i/o timeout"}, {"some attempts", 4, "dial tcp " + l.address + ": i/o timeout"}} {
		o := New(l.server, l.address)
		o.limit.SetLimit(1e-3)
		o.limit.SetBurst(atOnce)
		o.limit.AllowN(time.Now(), atOnce-c.attempts)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for {
			conn, err := o.Dial(ctx)
			if err == nil {
				t.Cleanup(func() { conn.Close() })
				continue // the queue is not full yet
			}
			if err.Error() != c.want {
				t.Errorf("%s: error %q, want %q", c.name, err, c.want)
			}
			break
		}
	}
}
