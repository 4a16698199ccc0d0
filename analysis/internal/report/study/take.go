package study

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// unsaid begins the text of a choice that cannot be made.
const unsaid = "cannot tell: "

// patternAdvice names the variants that may be taken.
func patternAdvice(_ *measured.Group, c choice) string {
	names := strings.Join(named(c.take), " or ")
	worse := len(c.leave) + len(c.slower)
	switch {
	case c.why != "":
		return unsaid + c.why
	// Every variant is shown to be as good as the best within the margin.
	case worse == 0 && len(c.unsure) == 0:
		return "any: no difference that matters"
	case worse == 0:
		return unsaid + "none is left out as worse, nor are all shown to be as good"
	case len(c.unsure) > 0:
		return names + ", which cannot be told apart"
	}
	return names
}

// sizeAdvice takes the smallest size that is surely as good as the best, and says
// so if all larger ones are too. The variants of g go from small to large.
func sizeAdvice(g *measured.Group, c choice) string {
	// A larger pool costs memory and connections, so among sizes that are as good the
	// smallest is the answer. That makes the order of sizes matter, which patterns do
	// not have.
	var sure, doubted []*measured.Variant
	for _, v := range c.take {
		if slices.ContainsFunc(c.unsure, func(r rival) bool { return r.of.Variant == v.Variant }) {
			doubted = append(doubted, v)
		} else {
			sure = append(sure, v)
		}
	}
	if c.why != "" || len(sure) == 0 {
		return patternAdvice(g, c)
	}
	smallest := sure[0]
	text := "`" + smallest.Variant + "`"
	if n := g.Scenario.Workers(smallest); n > 0 {
		text += fmt.Sprintf(" (%s)", words.Plural(n, "worker"))
	}
	first := slices.IndexFunc(g.Variants, func(v *measured.Variant) bool { return v.Variant == smallest.Variant })
	switch {
	case len(sure) == 1:
	// "And larger" is true only without a gap among the larger sizes.
	case len(sure) == len(g.Variants)-first:
		text += " and larger"
	default:
		text = strings.Join(named(sure), " or ")
	}
	if len(doubted) > 0 {
		text += "; cannot tell of " + words.List(named(doubted))
	}
	return text
}

// by names the metrics by which variants were chosen.
func (ch choice) by() string {
	switch {
	case ch.unit == "":
		return format.None
	case ch.fastest != nil:
		return words.Metric(ch.unit) + ", then p99"
	}
	return words.Metric(ch.unit)
}

// evidence gives the best, and how far the others are behind it. Where nothing can
// be said it gives all medians.
func evidence(g *measured.Group, c choice) string {
	if c.unit == "" {
		return format.None
	}
	sc := format.ScaleOf(c.unit, g.Scenario.Estimates(c.unit))
	if c.why != "" {
		var medians []string
		for _, v := range g.Variants {
			medians = append(medians, strings.TrimSpace(fmt.Sprintf("`%s` %s %s", v.Variant, sc.Estimate(v.Medians[c.unit]), sc.Unit)))
		}
		return words.List(medians)
	}
	text := fmt.Sprintf("`%s` %s %s", c.best.Variant, sc.Estimate(c.best.Medians[c.unit]), sc.Unit)
	// The effects are turned so that more is worse. In a metric where less is better
	// the others have more, and in the other kind the best has.
	print := format.Ratio
	if units.IsShare(c.unit) {
		print = format.Points
	}
	switch {
	case len(c.leave) == 0:
		text += "; ahead of the others by at most " + c.lead(g)
	case units.Better(c.unit) == units.Lower:
		text += "; more: " + effects(c.leave, print)
	default:
		text += "; more than " + effects(c.leave, print)
	}
	if len(c.slower) > 0 {
		text += fmt.Sprintf("; a longer p99 than `%s`: %s", c.fastest.Variant, effects(c.slower, format.Ratio))
	}
	return fmt.Sprintf("%s (n = %d)", text, len(c.best.Trials))
}

// effects lists how far rivals are behind.
func effects(rivals []rival, print func(stats.Estimate) string) string {
	// The order is that of the scenario, so that the same variants stand in the same
	// order in every row.
	var parts []string
	for _, r := range rivals {
		parts = append(parts, fmt.Sprintf("`%s` %s", r.of.Variant, print(r.effect)))
	}
	return words.List(parts)
}

// lead is by how much the best variant can be ahead of any other candidate of a group at
// most: the highest upper end of the intervals.
func (ch choice) lead(g *measured.Group) string {
	widest := 0.0
	for _, v := range g.Candidates() {
		if v.Variant == ch.best.Variant {
			continue
		}
		if e := ch.against(v); units.IsShare(ch.unit) {
			widest = max(widest, e.High)
		} else {
			widest = max(widest, e.High-1)
		}
	}
	if units.IsShare(ch.unit) {
		return format.Fixed(100*widest, 1) + " pp"
	}
	return format.Percent(widest)
}

// hopeless reports whether every candidate of a group misses an objective, so that even
// the best of them does not keep what the scenario asks for.
func hopeless(g *measured.Group) bool {
	// Undecided is not missed: a scenario with few blocks must not be called hopeless.
	missed := map[string]bool{}
	for _, r := range objective.Evaluate(g.Scenario.Run) {
		if r.Scenario == g.Scenario.Spec.Name && r.Verdict == objective.Missed {
			missed[r.Cell] = true
		}
	}
	return !slices.ContainsFunc(g.Candidates(), func(v *measured.Variant) bool { return !missed[v.Label()] })
}

// named quotes the names of variants.
func named(variants []*measured.Variant) (names []string) {
	for _, v := range variants {
		names = append(names, "`"+v.Variant+"`")
	}
	return names
}
