//go:build unix

package attack

import (
	"bytes"
	"io"
	"net"
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
		d := newDuplex(nc)
		if err := d.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
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
	nc, _ := pair(t)
	d := newDuplex(nc)
	if err := d.SetDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Write([]byte("anyone?")); err != nil {
		t.Fatal(err)
	}
	_, err := d.Read(make([]byte, 1))
	if ne, ok := err.(net.Error); !ok || !ne.Timeout() {
		t.Errorf("error %v, want a time-out", err)
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
	if err := nc.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	d := newDuplex(nc).(*duplex)
	tried := make(chan struct{})
	step := d.step
	d.step = func(fd uintptr) bool {
		defer close(tried) // a second call would be one too many
		return step(fd)
	}
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
