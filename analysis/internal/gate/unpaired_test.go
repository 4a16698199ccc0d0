package gate

import (
	"testing"

	"github.com/assay-bench/assay/analysis/internal/units"
)

// A value that is missing is no value at all: it neither counts as lost nor among those
// of which more than half have to be.
func TestLost(t *testing.T) {
	for _, c := range []struct {
		name   string
		better units.Direction
		share  bool
		values []float64
		want   bool
	}{
		{"none", units.Lower, false, nil, false},
		{"all beyond the time-out", units.Lower, false, []float64{inf, inf, inf}, true},
		{"two of three", units.Lower, false, []float64{inf, inf, 1}, true},
		{"half", units.Lower, false, []float64{inf, 1}, false},
		{"two of three that are there", units.Lower, false, []float64{inf, inf, 1, nan, nan}, true},
		{"nothing is there", units.Lower, false, []float64{nan, nan}, false},
		{"rates of 0, and one missing", units.Higher, false, []float64{0, nan}, true},
		{"times of 0", units.Lower, false, []float64{0, 0}, false},
		{"shares of 0", units.Higher, true, []float64{0, 0}, false},
	} {
		j := Judgement{Row: &Row{Better: c.better, Share: c.share}}
		if got := j.lost(c.values); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
