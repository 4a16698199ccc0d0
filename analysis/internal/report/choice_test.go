package report

import (
	"math"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// candidate is a variant with so many trials about a value.
func candidate(variant, unit string, blocks int, center, spread float64) cell {
	c := cell{Cell: load.Cell{Variant: variant}, medians: map[string]stats.Estimate{}}
	for i := range blocks {
		// The seven steps and the blocks have no factor in common, so that
		// variants of one spread differ from block to block.
		v := center + spread*float64((i*3+len(variant)*5)%7-3)/3
		c.Trials = append(c.Trials, load.Trial{Trial: &results.Trial{Block: i + 1}, Figures: map[string]float64{unit: v}})
	}
	c.medians[unit] = stats.Median(c.Values(unit))
	return c
}

func TestChoice(t *testing.T) {
	timed := func(c cell, p99, spread float64) cell {
		other := candidate(c.Variant, "p99-sec", len(c.Trials), p99, spread)
		for i := range c.Trials {
			c.Trials[i].Figures["p99-sec"] = other.Trials[i].Figures["p99-sec"]
		}
		c.medians["p99-sec"] = other.medians["p99-sec"]
		return c
	}
	behind := timed(candidate("bb", "goodput/s", 10, 100, 1), 0.2, 0.001)
	behind.facts.Saturated = 1
	control := candidate("slowed", "goodput/s", 10, 900, 1)
	control.control = true
	for name, c := range map[string]struct {
		cells []cell
		unit  string
		want  string
	}{
		"one is best":           {[]cell{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 200, 1)}, "", "`bb`"},
		"equal":                 {[]cell{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 100, 1)}, "", "any: no difference that matters"},
		"noisy":                 {[]cell{candidate("a", "goodput/s", 10, 100, 40), candidate("bb", "goodput/s", 10, 103, 40)}, "", "cannot tell: none is shown to be worse, nor all to be as good"},
		"two of three":          {[]cell{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 100, 1), candidate("ccc", "goodput/s", 10, 10, 1)}, "", "`a` or `bb`"},
		"few":                   {[]cell{candidate("a", "goodput/s", 3, 100, 1), candidate("bb", "goodput/s", 3, 200, 1)}, "", "cannot tell: fewer than 6 blocks in common"},
		"a time that is none":   {[]cell{candidate("a", "p50-sec", 10, math.Inf(1), 0), candidate("bb", "p50-sec", 10, 0.1, 0.01)}, "p50-sec", "cannot tell: values of zero or beyond the time-out have no ratio"},
		"none of it":            {[]cell{candidate("a", "goodput/s", 10, 0, 0), candidate("bb", "goodput/s", 10, 200, 1)}, "", "cannot tell: values of zero or beyond the time-out have no ratio"},
		"alone":                 {[]cell{candidate("a", "goodput/s", 10, 100, 1)}, "", "cannot tell: one variant only"},
		"a share":               {[]cell{candidate("a", "within-slo-ratio", 10, 0.5, 0.01), candidate("bb", "within-slo-ratio", 10, 0.9, 0.01)}, "", "`bb`"},
		"less is better":        {[]cell{candidate("a", "server-B/op", 10, 100, 1), candidate("bb", "server-B/op", 10, 200, 1)}, "server-B/op", "`a`"},
		"not by that unit":      {[]cell{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 200, 1)}, "p50-sec", "cannot tell: no metric that all variants have"},
		"the control is none":   {[]cell{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 50, 1), control}, "", "`a`"},
		"as good, and slower":   {[]cell{timed(candidate("a", "goodput/s", 10, 100, 1), 0.1, 0.001), timed(candidate("bb", "goodput/s", 10, 100, 1), 0.2, 0.001), timed(candidate("ccc", "goodput/s", 10, 100, 1), 0.101, 0.001)}, "", "`a` or `ccc`"},
		"slower, but saturated": {[]cell{timed(candidate("a", "goodput/s", 10, 100, 1), 0.1, 0.001), behind}, "", "any: no difference that matters"},
		"worse, not by p99":     {[]cell{timed(candidate("a", "goodput/s", 10, 100, 1), 0.1, 0.001), timed(candidate("bb", "goodput/s", 10, 50, 1), 0.05, 0.001)}, "", "`a`"},
		"nothing in common":     {[]cell{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "p50-sec", 10, 200, 1)}, "", "cannot tell: no metric that all variants have"},
	} {
		if got := choose(group{cells: c.cells}, c.unit).verdict(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
