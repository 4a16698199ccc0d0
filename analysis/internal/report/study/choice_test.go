package study

import (
	"math"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// candidate is a variant with so many trials about a value.
func candidate(name, unit string, blocks int, center, spread float64) *measured.Variant {
	c := &measured.Variant{Cell: load.Cell{Variant: name}, Medians: map[string]stats.Estimate{}}
	for i := range blocks {
		// The seven steps and the blocks have no factor in common, so that
		// variants of one spread differ from block to block.
		v := center + spread*float64((i*3+len(name)*5)%7-3)/3
		c.Trials = append(c.Trials, load.Trial{Trial: &results.Trial{Block: i + 1}, Figures: map[string]float64{unit: v}})
	}
	c.Medians[unit] = stats.Median(c.Values(unit))
	return c
}

func TestChoice(t *testing.T) {
	timed := func(c *measured.Variant, p99, spread float64) *measured.Variant {
		other := candidate(c.Variant, "p99-sec", len(c.Trials), p99, spread)
		for i := range c.Trials {
			c.Trials[i].Figures["p99-sec"] = other.Trials[i].Figures["p99-sec"]
		}
		c.Medians["p99-sec"] = other.Medians["p99-sec"]
		return c
	}
	behind := timed(candidate("bb", "goodput/s", 10, 100, 1), 0.2, 0.001)
	behind.Facts.Saturated = 1
	control := candidate("slowed", "goodput/s", 10, 900, 1)
	control.Control = true
	for name, c := range map[string]struct {
		variants []*measured.Variant
		unit     string
		want     string
	}{
		"one is best":           {[]*measured.Variant{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 200, 1)}, "", "`bb`"},
		"equal":                 {[]*measured.Variant{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 100, 1)}, "", "any: no difference that matters"},
		"noisy":                 {[]*measured.Variant{candidate("a", "goodput/s", 10, 100, 40), candidate("bb", "goodput/s", 10, 103, 40)}, "", "cannot tell: none is left out as worse, nor are all shown to be as good"},
		"two of three":          {[]*measured.Variant{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 100, 1), candidate("ccc", "goodput/s", 10, 10, 1)}, "", "`a` or `bb`"},
		"few":                   {[]*measured.Variant{candidate("a", "goodput/s", 3, 100, 1), candidate("bb", "goodput/s", 3, 200, 1)}, "", "cannot tell: fewer than 6 blocks in common"},
		"a time that is none":   {[]*measured.Variant{candidate("a", "p50-sec", 10, math.Inf(1), 0), candidate("bb", "p50-sec", 10, 0.1, 0.01)}, "p50-sec", "cannot tell: values of zero or beyond the time-out have no ratio"},
		"none of it":            {[]*measured.Variant{candidate("a", "goodput/s", 10, 0, 0), candidate("bb", "goodput/s", 10, 200, 1)}, "", "cannot tell: values of zero or beyond the time-out have no ratio"},
		"alone":                 {[]*measured.Variant{candidate("a", "goodput/s", 10, 100, 1)}, "", "cannot tell: one variant only"},
		"a share":               {[]*measured.Variant{candidate("a", "within-slo-ratio", 10, 0.5, 0.01), candidate("bb", "within-slo-ratio", 10, 0.9, 0.01)}, "", "`bb`"},
		"less is better":        {[]*measured.Variant{candidate("a", "server-B/op", 10, 100, 1), candidate("bb", "server-B/op", 10, 200, 1)}, "server-B/op", "`a`"},
		"not by that unit":      {[]*measured.Variant{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 200, 1)}, "p50-sec", "cannot tell: no metric that all variants have"},
		"the control is none":   {[]*measured.Variant{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "goodput/s", 10, 50, 1), control}, "", "`a`"},
		"as good, and slower":   {[]*measured.Variant{timed(candidate("a", "goodput/s", 10, 100, 1), 0.1, 0.001), timed(candidate("bb", "goodput/s", 10, 100, 1), 0.2, 0.001), timed(candidate("ccc", "goodput/s", 10, 100, 1), 0.101, 0.001)}, "", "`a` or `ccc`"},
		"slower, but saturated": {[]*measured.Variant{timed(candidate("a", "goodput/s", 10, 100, 1), 0.1, 0.001), behind}, "", "any: no difference that matters"},
		"worse, not by p99":     {[]*measured.Variant{timed(candidate("a", "goodput/s", 10, 100, 1), 0.1, 0.001), timed(candidate("bb", "goodput/s", 10, 50, 1), 0.05, 0.001)}, "", "`a`"},
		"nothing in common":     {[]*measured.Variant{candidate("a", "goodput/s", 10, 100, 1), candidate("bb", "p50-sec", 10, 200, 1)}, "", "cannot tell: no metric that all variants have"},
	} {
		if got := patternAdvice(nil, choose(&measured.Group{Variants: c.variants}, c.unit)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
