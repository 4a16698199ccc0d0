package rates

import (
	"fmt"
	"strconv"
	"strings"
)

// bar is one requirement of the gate, and what was measured for it.
type bar struct {
	what, asked, measured string
	rate                  Rate // of what the bar is about; without tries if it is no rate
	simulated             bool // the tries are redraws of the same blocks
	result                string
}

// The numbers of tries that the requirements ask for.
const (
	pairsAsked       = 60
	repetitionsAsked = 2000
	aaAsked          = 20
	slowAsked        = 10
	loadAsked        = 5
)

// fishersLevel is the significance level at which one rate counts as higher than another.
const fishersLevel = 0.05

// bars are all requirements, in the order in which the page lists them.
func (r Rates) bars() []bar {
	aa, slow, load := r.Real[KindAA], r.Real[KindSlow], r.Real[KindLoad]
	bars := []bar{
		r.simulatedAA("A/A, simulated from recorded pairs", r.AA),
		r.simulatedAA("A/A, simulated, builds exchanged", r.Exchanged),
		{
			what: "A/A, real short checks", asked: fmt.Sprintf("regression at most once in %d", aaAsked),
			measured: of(aa.Regression, aa.Of), rate: Rate{aa.Regression, aa.Of},
			result: result(aa.Of, aaAsked, aa.Regression <= max(1, aa.Of/aaAsked)),
		},
		{
			what: "real service 10 % slower, real short checks", asked: "9 of 10 found, none passed",
			measured: fmt.Sprintf("%s found, %d passed", of(slow.Regression, slow.Of), slow.Pass), rate: Rate{slow.Regression, slow.Of},
			result: result(slow.Of, slowAsked, 10*slow.Regression >= 9*slow.Of && slow.Pass == 0),
		},
		{
			what: "A/A under load in half of the blocks, real", asked: "no more regressions than without",
			measured: of(load.Regression, load.Of), rate: Rate{load.Regression, load.Of},
			result: noMore(load, aa, loadAsked),
		},
		{
			what: "A/A under load in half of the blocks, simulated", asked: "no more regressions than without",
			measured: of(r.Load.Regression, r.Load.Of), rate: Rate{r.Load.Regression, r.Load.Of}, simulated: true,
			result: noMore(r.Load, r.AA, 1),
		},
	}
	for _, x := range []struct {
		what  string
		tally Tally
	}{
		{"+20 % in one row, 8 of 10 blocks valid, simulated", r.Lost},
		{fmt.Sprintf("+20 %% in one of %d rows, simulated", wideRows), r.Wide},
		{"+20 % in one row, heavy tails, simulated", r.Tails},
	} {
		bars = append(bars, bar{
			what: x.what, asked: "never a pass", measured: of(x.tally.Pass, x.tally.Of) + " passed",
			rate: Rate{x.tally.Pass, x.tally.Of}, simulated: true, result: result(x.tally.Of, 1, x.tally.Pass == 0),
		})
	}
	return append(bars, r.falseAlarms(), r.power())
}

// simulatedAA is the requirement for simulated checks in which nothing changed.
func (r Rates) simulatedAA(what string, t Tally) bar {
	b := bar{
		what: what, asked: "regression in at most 5 %", measured: of(t.Regression, t.Of), rate: Rate{t.Regression, t.Of}, simulated: true,
		result: result(t.Of, repetitionsAsked, 20*t.Regression <= t.Of),
	}
	if r.Pairs < pairsAsked && b.result == met {
		b.result = fmt.Sprintf("met so far: %d of %d recorded pairs", r.Pairs, pairsAsked)
	}
	return b
}

// noMore is the result of the requirement that a has no more regressions than b. With few
// tries hardly any difference is significant, so the absence of proof means little. The
// result therefore says how many regressions would have been needed to show a
// difference.
func noMore(a, b Tally, asked int) string {
	r := result(a.Of, asked, !above(Rate{a.Regression, a.Of}, Rate{b.Regression, b.Of}))
	if a.Of == 0 || r == missed {
		return r
	}
	tries := ""
	if r != met {
		tries = fmt.Sprintf(" so far, %d of %d tries", a.Of, asked)
	}
	if n := fewestAbove(a.Of, Rate{b.Regression, b.Of}); n > 0 {
		return fmt.Sprintf("%s%s; it takes %s to show", notMore, tries, of(n, a.Of))
	}
	return notMore + tries + "; so few tries cannot show it"
}

// fewestAbove is the smallest number of hits in tries that shows a higher rate than b. It
// is 0 if no number of hits does.
func fewestAbove(tries int, b Rate) int {
	for n := 1; n <= tries; n++ {
		if above(Rate{n, tries}, b) {
			return n
		}
	}
	return 0
}

// falseAlarms compares how often the gate and other rules report a regression in checks
// in which nothing changed.
func (r Rates) falseAlarms() bar {
	fewer, counted := true, true
	var parts []string
	for _, x := range []comparison{{"simulated", r.AA, true}, {"exchanged", r.Exchanged, true}, {"real", r.Real[KindAA], false}} {
		t := x.tally
		own := Rate{t.Regression, t.Of}
		fewer = fewer && !above(own, Rate{t.Benchstat, t.Of}) && !above(own, Rate{t.Threshold11, t.Of})
		counted = counted && t.Regression <= min(t.Benchstat, t.Threshold11)
		parts = append(parts, fmt.Sprintf("%s %d, %d, %d", x.what, t.Regression, t.Benchstat, t.Threshold11))
	}
	b := bar{
		what: "false alarms on the same values: gate, benchstat, × 1.1", asked: "no more than the others",
		measured: strings.Join(parts, "; "), result: result(r.Pairs, pairsAsked, fewer),
	}
	if b.result == met && !counted {
		b.result = notMore
	}
	return b
}

// power compares how often the gate and other rules find a slowdown. A slowdown that
// both always find cannot show a difference between them.
func (r Rates) power() bar {
	as, counted, better := true, true, false
	var parts []string
	add := func(what string, t Tally) {
		own, best := Rate{t.Regression, t.Of}, Rate{max(t.Threshold11, t.Threshold20), t.Of}
		as = as && !above(best, own)
		counted = counted && own.Hits >= best.Hits
		better = better || above(own, best)
		parts = append(parts, fmt.Sprintf("%s %d, %d, %d", what, t.Regression, t.Threshold11, t.Threshold20))
	}
	for _, p := range injected {
		add("+"+strconv.Itoa(p)+" %", r.Injected[p])
	}
	add("real +10 %", r.Real[KindSlow])
	b := bar{
		what: "slowdowns found on the same values: gate, × 1.1, × 2", asked: "more than both limits",
		measured: strings.Join(parts, "; "), result: result(r.Pairs, pairsAsked, as && better),
	}
	if b.result == met && !counted {
		b.result = "more, and nowhere shown to be less"
	}
	return b
}

// above reports whether rate a is significantly higher than rate b, by Fisher's exact
// test. The test assumes that the two rates come from different checks. If both come from
// the same checks, the test is conservative.
func above(a, b Rate) bool { return moreOften(a, b) <= fishersLevel }

// Results of requirements.
const (
	met     = "met" // with all the tries that it asks for
	missed  = "**missed**"
	notMore = "not shown to be more"
)

// result is the result of a requirement that asks for a number of tries.
func result(tries, asked int, good bool) string {
	switch {
	case tries == 0:
		return "not measured"
	case !good:
		return missed
	case tries < asked:
		return fmt.Sprintf("met so far: %d of %d tries", tries, asked)
	}
	return met
}

// of prints hits and tries: "3 of 20".
func of(hits, tries int) string { return fmt.Sprintf("%d of %d", hits, tries) }
