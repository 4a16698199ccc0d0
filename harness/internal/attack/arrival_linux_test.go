package attack

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// An answer came in when it did, and not when somebody found the time to read it.
func TestArrivalIsNotTheReading(t *testing.T) {
	const late = 200 * time.Millisecond
	nc, peer := pair(t)
	d := newDuplex(nc).(*duplex)
	if err := d.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b, more := make([]byte, 10), []byte("more")
	// The system begins to note arrivals some time after it was asked to.
	for tries := 0; ; tries++ {
		before := time.Now()
		if _, err := peer.Write([]byte("ok")); err != nil {
			t.Fatal(err)
		}
		there := time.Now()
		if err := d.raw.Control(func(fd uintptr) {
			_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000)
			there = time.Now()
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(late)
		if n, err := d.Read(b); err != nil || string(b[:n]) != "ok" {
			t.Fatalf("read %q, %v", b[:n], err)
		}
		at := d.arrived()
		if n := testing.AllocsPerRun(10, func() {
			peer.Write(more)
			d.Read(b)
		}); n > 0 {
			t.Errorf("%v allocations to read", n)
		}
		if at.After(there.Add(late/2)) && tries < 10 {
			continue
		}
		// Two clocks are compared.
		if at.Before(before.Add(-late/2)) || at.After(there.Add(late/2)) {
			t.Errorf("arrived %v after it was sent; it was there after %v and read %v later", at.Sub(before), there.Sub(before), late)
		}
		return
	}
}
