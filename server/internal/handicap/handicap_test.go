package handicap

import (
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for text, check := range map[string]func(*Handicap) bool{
		"serialisation=3":  func(h *Handicap) bool { return h.Encodings == 3 },
		"endpoint=2":       func(h *Handicap) bool { return h.Endpoint == 2 },
		"allocations=4096": func(h *Handicap) bool { return h.bytes == 4096 },
		"lock=20us":        func(h *Handicap) bool { return h.held == 20*time.Microsecond },
		"query=1ms":        func(h *Handicap) bool { return h.Query == time.Millisecond },
		"collector=20":     func(h *Handicap) bool { return h.megabytes == 20 },
	} {
		if h, err := Parse(text); err != nil || !check(h) {
			t.Errorf("%s: %+v, %v", text, h, err)
		}
	}
	for _, text := range []string{"", "lock", "lock=", "lock=2s", "lock=-1us", "query=3", "serialisation=0", "collector=1025", "other=1"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestRequestAllocates(t *testing.T) {
	h, err := Parse("allocations=640")
	if err != nil {
		t.Fatal(err)
	}
	(*Handicap)(nil).Request() // without a handicap nothing happens
	(*Handicap)(nil).Start(t.Context())
	if got := testing.AllocsPerRun(100, h.Request); got < 10 {
		t.Errorf("%v allocations of a request, want 10 or more", got)
	}
}

// A request waits while the lock is held.
func TestRequestWaitsForLock(t *testing.T) {
	h, err := Parse("lock=5ms")
	if err != nil {
		t.Fatal(err)
	}
	h.Start(t.Context())
	for range 1_000_000_000 {
		began := time.Now()
		h.Request()
		if time.Since(began) > time.Millisecond {
			return
		}
	}
	t.Error("no request waited")
}
