package lane

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-bench/assay/harness/internal/attack/message"
)

// meddler is a Handler of one client. Before its second request is written, when the
// connection has been idle, it lets the server do something.
type meddler struct {
	notes
	idle   chan net.Conn // the server's side, once it has answered the first request
	meddle func(net.Conn)
}

func (m *meddler) Request(msg *message.Message, k uint64) {
	m.notes.Request(msg, k)
	if k == 1 && m.meddle != nil {
		m.meddle(<-m.idle)
		m.meddle = nil
	}
}

// arrive writes to a connection and returns when the other side's system has it.
func arrive(t *testing.T, c net.Conn, text string) {
	t.Helper()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := io.WriteString(c, text); err != nil {
		t.Error(err)
	}
	for left := 1; left > 0; {
		if err := errors.Join(raw.Control(func(fd uintptr) {
			left, err = unix.IoctlGetInt(int(fd), unix.TIOCOUTQ)
		}), err); err != nil {
			t.Error(err)
			return
		}
	}
}

// noteArrivals makes the system note when packets come in, until the test has ended.
// The system begins to do so some time after the first socket has asked for it.
func noteArrivals(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	from, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	to, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { from.Close(); to.Close() })
	raw, err := to.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var p poller
	noted := false
	for !noted {
		arrive(t, from, "x")
		if err := raw.Control(func(fd uintptr) {
			if !StampArrivals(int(fd)) {
				t.Skip("this system does not note when packets come in")
			}
			_, stamp, errno := p.receive(int(fd), make([]byte, 64))
			noted = stamp != 0
			if errno != 0 && errno != unix.EAGAIN {
				t.Fatal(errno)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// serveOnce answers the first request of the first connection with first, and every
// later request with later. It hands over the first connection in between.
func serveOnce(t *testing.T, first, later string) (address string, idle chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	idle = make(chan net.Conn, 1)
	var all sync.WaitGroup
	t.Cleanup(func() { l.Close(); all.Wait() })
	all.Go(func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for k := 0; ; k++ {
					if _, err := http.ReadRequest(r); err != nil {
						return
					}
					if n > 0 || k > 0 {
						_, _ = io.WriteString(c, later)
						continue
					}
					_, _ = io.WriteString(c, first)
					idle <- c
				}
			})
		}
	})
	return l.Addr().String(), idle
}

// What comes before a request was written, or with its answer, is not taken for its
// answer: it has a reason of its own. A server that says why it ends an idle
// connection has ended it, and no more.
func TestAnswersThatNobodyAskedFor(t *testing.T) {
	noteArrivals(t)
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	const late = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
	for _, c := range []struct {
		name    string
		later   string
		meddle  func(*testing.T, net.Conn)
		status  []int // of the three requests; 0: it failed
		redials uint64
	}{
		{"nothing", answer, nil, []int{200, 200, 200}, 0},
		{"408, and the end", answer, func(t *testing.T, c net.Conn) { arrive(t, c, late); c.Close() }, []int{200, 200, 200}, 1},
		{"part of a 408, and the end", answer, func(t *testing.T, c net.Conn) { arrive(t, c, late[:9]); c.Close() }, []int{200, 200, 200}, 1},
		{"one answer too many", answer, func(t *testing.T, c net.Conn) { arrive(t, c, answer) }, []int{200, 0, 200}, 0},
		{"two answers at once", answer + answer, nil, []int{200, 0, 200}, 0},
		{"an answer, and more that is none", answer + "\r\n", nil, []int{200, 200, 200}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			ls, err := New(1)
			if err != nil {
				t.Fatal(err)
			}
			defer ls.Close()
			ls.Procs()
			address, idle := serveOnce(t, answer, c.later)
			m := &meddler{notes: notes{share: 3, sent: map[int]int{}}, idle: idle}
			if c.meddle != nil {
				m.meddle = func(nc net.Conn) { c.meddle(t, nc) }
			}
			s := ls.Stream(Config{
				Server: "tcp://" + address, Address: address, Reuse: true, Envelope: message.Envelope{Host: "test"},
				Connections: 1, Beforehand: 1, Timeout: time.Minute, Clients: 1, Handler: func(int) Handler { return m },
			})
			defer s.Close()
			if err := s.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.Begin(time.Now())
			s.Run(0)
			var status []int
			for _, e := range m.lines {
				status = append(status, e.Status)
				if e.LastByte <= e.FirstWrite || e.FirstWrite < e.Dispatch {
					t.Errorf("%+v: an answer took no time", e)
				}
			}
			_, _, _, redials := s.Counts()
			if !slices.Equal(status, c.status) || redials != c.redials {
				t.Errorf("statuses %v, %d redials, want %v and %d; errors %v", status, redials, c.status, c.redials, m.errors)
			}
			for _, err := range m.errors {
				if err != ErrUnasked {
					t.Errorf("error %v", err)
				}
			}
		})
	}
}
