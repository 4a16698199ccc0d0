package looks

import (
	"math"
	"slices"
	"testing"
)

// The declared looks spend the level, and no more, whichever of them are made.
func TestDeclared(t *testing.T) {
	all := Declared()
	for i, l := range all[1:] {
		if was := all[i]; l.Blocks <= was.Blocks || l.Regression < was.Regression || l.Pass < was.Pass {
			t.Errorf("%+v comes after %+v", l, was)
		}
	}
	for made := range 1 << len(all) {
		var before []int
		regression, pass := 0.0, 0.0
		for i, l := range all {
			if made&(1<<i) == 0 {
				continue
			}
			r, p := Levels(l.Blocks, before)
			regression, pass = regression+r, pass+p
			before = append(before, l.Blocks)
		}
		if regression > Level+1e-12 || pass > Level+1e-12 {
			t.Errorf("looks after %v blocks spend %v and %v", before, regression, pass)
		}
	}
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		blocks           int
		made             []int
		regression, pass float64
	}{
		{6, nil, 0.016, 0},
		{10, []int{6}, 0.004, 0.010},
		{14, []int{6, 10}, 0.005, 0.010},
		{20, []int{6, 10, 14}, 0.025, 0.030},
		{10, nil, 0.020, 0.010},
		{20, nil, 0.05, 0.05},
		{20, []int{10}, 0.03, 0.04},
		{28, nil, 0.05, 0.05},
		{12, nil, 0.020, 0.010},
		{13, []int{12}, 0, 0}, // one look too many
		{28, []int{20}, 0, 0}, // another
		{20, []int{10, 12}, 0.03, 0.04},
		{4, nil, 0.016, 0},
		{10, []int{4}, 0.004, 0.010},
	} {
		r, p := Levels(c.blocks, c.made)
		if math.Abs(r-c.regression) > 1e-12 || math.Abs(p-c.pass) > 1e-12 {
			t.Errorf("%d blocks after looks after %v: %v and %v, want %v and %v", c.blocks, c.made, r, p, c.regression, c.pass)
		}
	}
}

func TestNext(t *testing.T) {
	var all []int
	for n, ok := Next(0); ok; n, ok = Next(n) {
		all = append(all, n)
	}
	if !slices.Equal(all, []int{6, 10, 14, 20}) || Last() != 20 || FirstPass() != 10 {
		t.Errorf("looks after %v blocks, the last after %d, a pass from %d", all, Last(), FirstPass())
	}
}
