package lane

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A ring gives back what was put in, in order, whatever is taken between.
func TestRingKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r ring[int]
		var want []int
		for next := range rapid.IntRange(1, 200).Draw(t, "operations") {
			if len(want) > 0 && rapid.Bool().Draw(t, "pop") {
				if got := r.pop(); got != want[0] {
					t.Fatalf("got %d, want %d", got, want[0])
				}
				want = want[1:]
			} else {
				r.push(next)
				want = append(want, next)
			}
			if r.len() != len(want) || len(want) > 0 && (*r.front() != want[0] || *r.back() != want[len(want)-1]) {
				t.Fatalf("%d items, want %v", r.len(), want)
			}
		}
	})
}

// Alarms ring in order, whatever is set between.
func TestAlarmsRingInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h alarms
	var want []time.Duration
	for range 10_000 {
		if len(want) > 0 && random.IntN(3) == 0 {
			slices.Sort(want)
			if got := h.pop(); got.at != want[0] {
				t.Fatalf("%v rang, want %v", got.at, want[0])
			}
			want = want[1:]
			continue
		}
		at := time.Duration(random.IntN(1000))
		h.push(alarm{at, int32(len(want))})
		want = append(want, at)
	}
	slices.Sort(want)
	for _, at := range want {
		if got := h.pop(); got.at != at {
			t.Fatalf("%v rang, want %v", got.at, at)
		}
	}
}

// A wait is cut at the seconds, and what was before the start is left out.
func TestBusySeconds(t *testing.T) {
	var b busy
	b.begin(10 * time.Second)
	b.begin(20 * time.Second) // of another stream: the first one counts
	for _, w := range [][2]time.Duration{
		{9 * time.Second, 10*time.Second + 100*time.Millisecond},
		{10*time.Second + 900*time.Millisecond, 12*time.Second + 250*time.Millisecond},
	} {
		b.wait(w[0], w[1])
	}
	want := []float64{0.8, 0, 0.75, 1}
	got := b.Seconds(13*time.Second + 10*time.Millisecond)
	if last := b.Seconds(12*time.Second + 500*time.Millisecond); len(last) != 3 || last[2] != 0.5 {
		t.Errorf("%v, want half of the last second", last)
	}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if d := got[i] - want[i]; d < -1e-9 || d > 1e-9 {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
