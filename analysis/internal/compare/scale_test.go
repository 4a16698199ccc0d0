package compare

import (
	"math"
	"slices"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/units"
)

func TestDifference(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	times, rate, bytes := Scale{Better: units.Lower}, Scale{Better: units.Higher}, Scale{Better: units.Lower, Resolution: 1}
	for _, c := range []struct {
		name             string
		scale            Scale
		base, head, want float64
	}{
		{"twice", times, 1, 2, math.Ln2},
		{"equal", times, 3, 3, 0},
		{"a share", Scale{Values: true}, 0.25, 0.5, 0.25},
		{"a share of nothing", Scale{Values: true}, 0, 0, 0},
		{"the first allocation", times, 0, 1, inf},
		{"the last allocation", times, 1, 0, -inf},
		{"no allocation on either side", times, 0, 0, 0},
		{"no answers on either side", rate, 0, 0, nan},
		{"no answers any more", rate, 5, 0, -inf},
		{"head beyond the time-out", times, 1, inf, inf},
		{"both beyond the time-out", times, inf, inf, nan},
		{"base is missing", times, nan, 1, nan},
		{"a byte", bytes, 0, 1, 0},
		{"two bytes", bytes, 0, 2, inf},
	} {
		if got := c.scale.Difference(c.base, c.head); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if Limit != math.Log(1000) || times.Clamp(inf) != Limit || times.Clamp(-9) != -Limit || (Scale{Values: true}).Clamp(-9) != -9 {
		t.Errorf("limit %v of logarithms, none of values", Limit)
	}
}

func TestPlace(t *testing.T) {
	base, head := []float64{0, 1, math.E}, []float64{1, math.Inf(1)}
	x, y := Scale{}.Place(base, head, 5)
	if !slices.Equal(x, []float64{-5, 0, 1}) || !slices.Equal(y, []float64{0, 6}) || base[0] != 0 || head[1] != math.Inf(1) {
		t.Errorf("%v and %v of %v and %v", x, y, base, head)
	}
	if x, y = (Scale{}).Place([]float64{0}, []float64{0, 0}, 5); !slices.Equal(x, []float64{-5}) || !slices.Equal(y, []float64{-5, -5}) {
		t.Errorf("without any logarithm: %v and %v", x, y)
	}
}

func TestNoRatio(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		base, head []float64
		want       string
	}{
		{[]float64{1, 2}, []float64{3}, ""},
		{[]float64{0, 0}, []float64{8}, "base is 0"},
		{[]float64{8}, []float64{0, 8}, "head is 0 in 1 of 2"},
		{[]float64{0, 0}, []float64{0}, "both are 0"},
		{[]float64{0, 0}, []float64{0, 1}, "base is 0 and head is 0 in 1 of 2"},
		{[]float64{-1}, []float64{inf}, "base is below 0 and head is beyond the time-out"},
	} {
		if got := NoRatio(c.base, c.head); got != c.want {
			t.Errorf("%v, %v: %q, want %q", c.base, c.head, got, c.want)
		}
	}
}
