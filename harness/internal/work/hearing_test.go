package work

import (
	"runtime"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// A worker is lost when the coordinator hears nothing of it for too long. Time in which the
// coordinator itself could not listen does not count, and whatever a worker sends is a sign
// of life.
func TestSilenceIsWhatCouldBeHeard(t *testing.T) {
	c, err := Listen(Options{Listen: "127.0.0.1:0", Seats: []Seat{{Name: "a", Role: results.RoleGenerator}}, Shipment: &Shipment{}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := newSeat(c, Seat{Name: "b"}) // which the coordinator does not watch
	for _, tc := range []struct {
		name  string
		looks []time.Duration // between two looks
		alive int             // before which look there is a sign of life; 0: none
		deaf  bool            // what the coordinator sends to itself is not read
		lost  bool
	}{
		{"looks in time", steady(lookPeriod, 11), 0, false, false},
		{"too long", steady(lookPeriod, 13), 0, false, true},
		{"a sign of life between", steady(lookPeriod, 13), 6, false, false},
		{"the coordinator was stopped", []time.Duration{lookPeriod, time.Hour, lookPeriod}, 0, false, false},
		{"the coordinator has little CPU", steady(time.Second, 5), 0, false, false},
		{"the coordinator has too much to do", steady(lookPeriod, 100), 0, true, false},
		{"and the worker is dead", steady(time.Second, 7), 0, false, true},
	} {
		if !s.take("instance", new(hello)) {
			t.Fatalf("%s: the seat is taken", tc.name)
		}
		var heard hearing
		now := time.Duration(0)
		for i, d := range tc.looks {
			if i > 0 && i == tc.alive {
				s.alive()
			}
			now += d
			s.overdue(heard.since(now, !tc.deaf))
		}
		if s.taken() == tc.lost {
			t.Errorf("%s: lost %v, want %v", tc.name, !s.taken(), tc.lost)
		}
		s.lose("", "the case is over")
	}
}

// A process that reads what it sends to itself hears.
func TestEar(t *testing.T) {
	e, err := newEar(0)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	if got := e.listened(lookPeriod); got != lookPeriod {
		t.Errorf("at first it heard for %v", got)
	}
	for deadline := time.Now().Add(time.Minute); !e.heard.Load(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("it does not hear itself")
		}
	}
	e.heard.Store(false)
	if got := e.listened(2 * lookPeriod); got != 0 {
		t.Errorf("deaf, it heard for %v", got)
	}
}

// steady is a number of equal times.
func steady(d time.Duration, n int) (all []time.Duration) {
	for range n {
		all = append(all, d)
	}
	return all
}
