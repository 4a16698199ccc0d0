//go:build unix

package attack

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// pair returns both ends of a connection.
func pair(t *testing.T) (ours *net.TCPConn, peer net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	if peer, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	return nc.(*net.TCPConn), peer
}

// What is written arrives whole and in order with the next read, be it short,
// longer than what is kept back, or longer than what the system takes at once.
func TestDuplexSendsWhatWasWritten(t *testing.T) {
	for _, writes := range [][]int{{1}, {100, 200}, {maxOut}, {maxOut - 1, 2}, {10, maxOut + 1, 10}, {1 << 20}} {
		nc, peer := pair(t)
		// Small buffers, so that the system takes less than a whole message.
		if err := nc.SetWriteBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
		var want []byte
		for i, n := range writes {
			want = append(want, bytes.Repeat([]byte{byte('a' + i)}, n)...)
		}
		got := make([]byte, len(want))
		read := make(chan error, 1)
		go func() {
			_, err := io.ReadFull(peer, got)
			if err == nil {
				_, err = peer.Write([]byte("ok"))
			}
			read <- err
		}()
		d := newDuplex(nc).(*duplex)
		if err := d.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		d.used = uptime() + time.Hour // so that the first message goes the short way
		rest := want
		for _, n := range writes {
			if _, err := d.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		b := make([]byte, 10)
		if n, err := d.Read(b); err != nil || string(b[:n]) != "ok" {
			t.Errorf("%v: read %q, %v", writes, b[:n], err)
		}
		if err := <-read; err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v: the peer got something else, or %v", writes, err)
		}
		peer.Close()
		if n, err := d.Read(b); n != 0 || err != io.EOF {
			t.Errorf("%v: after the peer's close: %d, %v, want EOF", writes, n, err)
		}
		d.Write([]byte("x"))
		if n, err := d.Read(b); n != 0 || err == nil {
			t.Errorf("%v: a write after the peer's close: %d, %v, want an error", writes, n, err)
		}
	}
}

// The answer to a write is waited for until the deadline, not longer.
func TestDuplexKeepsDeadlines(t *testing.T) {
	for _, limit := range []time.Duration{patience / 2, 2 * patience} {
		for _, used := range []time.Duration{-time.Hour, uptime() + time.Hour} { // the plain way, and the short one
			nc, _ := pair(t)
			d := newDuplex(nc).(*duplex)
			d.used = used
			deadline := time.Now().Add(limit)
			if err := d.SetDeadline(deadline); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Write([]byte("anyone?")); err != nil {
				t.Fatal(err)
			}
			_, err := d.Read(make([]byte, 1))
			if ne, ok := err.(net.Error); !ok || !ne.Timeout() || time.Now().Before(deadline) {
				t.Errorf("%v: error %v, want a time-out at the deadline", limit, err)
			}
		}
	}
}

// What the system does not take at once follows when there is room.
func TestDuplexWaitsForRoom(t *testing.T) {
	nc, peer := pair(t)
	// Nobody reads yet: the buffers fill, until the system takes no more.
	full := 0
	for n := 1; n > 0; full += n {
		if err := nc.SetWriteDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		n, _ = nc.Write(make([]byte, 1<<20))
	}
	d := newDuplex(nc).(*duplex)
	if err := d.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	tried := make(chan struct{})
	var once sync.Once
	step := d.step
	d.step = func(fd uintptr) bool {
		// Should the system have found room after all, it is called twice.
		defer once.Do(func() { close(tried) })
		return step(fd)
	}
	d.used = uptime() + time.Hour
	last := make(chan byte, 1)
	go func() {
		<-tried
		got := make([]byte, full+1)
		_, _ = io.ReadFull(peer, got)
		last <- got[full]
		_, _ = peer.Write([]byte("ok"))
	}()
	if _, err := d.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2)
	if n, err := d.Read(b); err != nil || string(b[:n]) != "ok" {
		t.Errorf("read %q, %v", b[:n], err)
	}
	if c := <-last; c != 'x' {
		t.Errorf("the peer got %q last, want x", c)
	}
}

// A peer that has ended its side, and still reads, is noticed: the request gets
// its one retry instead of a time-out.
func TestHalfClosedConnectionIsDialledAgain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer l.Close()
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				b := make([]byte, 4096)
				if _, err := c.Read(b); err != nil {
					return
				}
				c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
				c.(*net.TCPConn).CloseWrite()
				io.Copy(io.Discard, c)
			})
		}
	})
	for _, c := range []struct{ think, timeout time.Duration }{
		{0, 10 * time.Second}, {0, 3 * patience / 2}, // the short way, which looks before the end
		{5 * time.Millisecond, 10 * time.Second}, // the plain one
	} {
		res, _ := runAt(t, Config{URL: "http://" + l.Addr().String(), Clients: 1, Requests: 3, Think: c.think, Timeout: c.timeout, Connections: 1})
		if res.Outcomes.OK != 3 || res.Redials == 0 {
			t.Errorf("%+v: outcomes %+v, redials %d, failures %v", c, res.Outcomes, res.Redials, res.Errors)
		}
	}
}
