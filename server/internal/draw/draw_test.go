package draw

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestFirstOutputsOfSplitMix64(t *testing.T) {
	// Reference outputs of SplitMix64 for the state 1234567.
	s := Source{state: 1234567}
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423} {
		if got := s.Uint64(); got != want {
			t.Errorf("output %d = %d, want %d", i, got, want)
		}
	}
}

func TestSameKeySameDraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Uint64(), 1, 5).Draw(t, "parts")
		a, b := New(parts...), New(parts...)
		for range 10 {
			if x, y := a.Uint64(), b.Uint64(); x != y {
				t.Fatalf("%d and %d from the same key", x, y)
			}
		}
	})
}

func TestOrderOfPartsMatters(t *testing.T) {
	a, b := New(1, 2), New(2, 1)
	if a.Uint64() == b.Uint64() {
		t.Error("keys (1, 2) and (2, 1) give the same draw")
	}
}

// Neighbouring keys are what real traffic has: sequence numbers 0, 1, 2, …
// The first draw of each must look uniform and unrelated to its neighbour's.
func TestNeighbouringKeysAreUniformAndUnrelated(t *testing.T) {
	const n, cells = 100_000, 100
	var count [cells]int
	var sum, sumNext float64
	previous := 0.5
	for seq := range uint64(n) {
		s := New(7, Text("steady"), seq, 0)
		u := s.Float64()
		count[int(u*cells)]++
		sum += u
		sumNext += (u - 0.5) * (previous - 0.5)
		previous = u
	}
	var chi2 float64
	for _, c := range count {
		d := float64(c) - n/cells
		chi2 += d * d / (n / cells)
	}
	// 99 degrees of freedom: 99.99 % of chi-square values lie below 161.
	if chi2 > 161 {
		t.Errorf("chi-square of the cells = %.1f, want below 161", chi2)
	}
	if mean := sum / n; math.Abs(mean-0.5) > 4*math.Sqrt(1.0/12/n) {
		t.Errorf("mean = %.5f, want 0.5 within four standard errors", mean)
	}
	if r := sumNext / n * 12; math.Abs(r) > 4/math.Sqrt(n) {
		t.Errorf("correlation of neighbours = %.5f, want 0 within four standard errors", r)
	}
}

func TestIntNStaysInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(rapid.Uint64().Draw(t, "key"))
		n := rapid.IntRange(1, 1<<40).Draw(t, "n")
		if got := s.IntN(n); got < 0 || got >= n {
			t.Fatalf("IntN(%d) = %d", n, got)
		}
	})
}
