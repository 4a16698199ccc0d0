package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMaxTEqualsEnumeration(t *testing.T) {
	for _, side := range []Side{TwoSided, Greater} {
		for n := 1; n <= 9; n++ {
			rows := [][]float64{samples(n)[0], samples(n)[1], samples(n + 30)[0][:n]}
			got := MaxT(rows, side, 1)
			for i, want := range enumerateMaxT(rows, side) {
				near(t, "adjusted p", got[i], want)
			}
		}
	}
}

// enumerateMaxT is the definition: the studentised means of all rows under all
// flips of blocks.
func enumerateMaxT(rows [][]float64, side Side) []float64 {
	n := len(rows[0])
	statistic := func(row []float64, flips int) float64 {
		d := make([]float64, n)
		for b := range d {
			d[b] = row[b]
			if flips>>b&1 == 1 {
				d[b] = -d[b]
			}
		}
		m := mean(d)
		v := 0.0
		for _, x := range d {
			v += (x - m) * (x - m)
		}
		t := m / math.Sqrt(v/float64(n-1)/float64(n))
		switch {
		case math.IsNaN(t) && m == 0:
			t = 0
		case n == 1 || v < 1e-12*m*m:
			t = math.Inf(int(math.Copysign(1, m)))
		}
		if side == TwoSided {
			return math.Abs(t)
		}
		return t
	}
	p := make([]float64, len(rows))
	for flips := range 1 << n {
		highest := math.Inf(-1)
		for _, row := range rows {
			if !slices.ContainsFunc(row, func(x float64) bool { return x != 0 }) {
				continue
			}
			highest = max(highest, statistic(row, flips))
		}
		for i, row := range rows {
			t := statistic(row, 0)
			if highest >= t-1e-7*max(1, math.Abs(t)) || math.IsInf(t, 1) && math.IsInf(highest, 1) {
				p[i] += 1 / float64(int(1)<<n)
			}
		}
	}
	for i, row := range rows {
		if !slices.ContainsFunc(row, func(x float64) bool { return x != 0 }) {
			p[i] = 1
		}
	}
	return p
}

// TestMaxTMissing: a block that a row does not have is as good as not there.
func TestMaxTMissing(t *testing.T) {
	nan := math.NaN()
	for _, side := range []Side{TwoSided, Greater} {
		row := samples(8)[0]
		want := MaxT([][]float64{row}, side, 1)[0]
		holed := append(append([]float64{nan}, row...), nan)
		near(t, "p of a row with missing blocks", MaxT([][]float64{holed}, side, 1)[0], want)
		// With a row of zeros beside it, which never counts.
		near(t, "p beside a row of zeros", MaxT([][]float64{holed, make([]float64, 10)}, Greater, 1)[0], MaxT([][]float64{row}, Greater, 1)[0])
	}
	for _, p := range MaxT([][]float64{{nan, nan}, {0, nan}}, Greater, 1) {
		near(t, "p without a difference", p, 1)
	}
}

// TestMaxTSmallest holds the property that the gate rests on: with many rows the
// smallest adjusted p stays 2⁻ⁿ.
func TestMaxTSmallest(t *testing.T) {
	rows := make([][]float64, 40)
	for i := range rows {
		for b := range 10 {
			rows[i] = append(rows[i], 1+0.01*float64((i+b)%3))
		}
	}
	for _, p := range MaxT(rows, Greater, 0) {
		near(t, "p", p, 1.0/1024)
	}
}

func TestMaxTDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	rows := make([][]float64, 3)
	for i := range rows {
		for range 20 {
			rows[i] = append(rows[i], r.NormFloat64()+0.3*float64(i))
		}
	}
	a, b := MaxT(rows, TwoSided, 7), MaxT(rows, TwoSided, 7)
	if !slices.Equal(a, b) {
		t.Error("one seed gives two results")
	}
	for _, p := range a {
		if p < 1e-4 || p > 1 {
			t.Errorf("p = %v", p)
		}
	}
}
