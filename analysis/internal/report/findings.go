package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// mostFindings is how many sentences stand at the top; the rest is in the
// tables.
const mostFindings = 7

// finding is one sentence and what it is sorted by.
type finding struct {
	rank     int // 0 an effect, 1 none, 2 cannot tell
	strength float64
	text     string
	where    string // the load, for the page
	kind     string // variants, metric and direction of an effect
}

// findings writes the sentences that follow from the primary rows, strongest
// first.
func (p *page) findings() {
	p.line("## Findings\n")
	var all []finding
	marked, few := 0, 0
	for _, s := range p.studies {
		for i := range s.rows {
			r := &s.rows[i]
			if r.Family != compare.FamilyHTTP || r.Verdict == "" {
				continue
			}
			if r.Verdict == effect.NotJudged {
				marked++
				continue
			}
			if max(r.Effect.N, noRatio(r)) < fewestBlocks {
				few++
				continue
			}
			all = append(all, s.finding(r))
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.strength, a.strength))
	})
	all = gather(all)
	for i, f := range all {
		if i == mostFindings {
			p.line("- %s.", "… and "+plural(len(all)-i, "weaker one")+" in the sections below")
			break
		}
		p.line("- %s", f.text)
	}
	if few > 0 {
		p.line("- **Too few blocks to find anything**: %s over fewer than %d blocks, for which there is no 95 %% interval. The tables show medians only.", plural(few, "comparison"), fewestBlocks)
	}
	if p.capacityFindings()+len(all)+few+marked == 0 {
		p.line("- Nothing to compare: no two variants have a primary metric in common.")
	}
	if marked > 0 {
		p.line("- %s not judged, because the numbers are marked; the sections below say why.", plural(marked, "comparison"))
	}
	if bad := p.cautions(); len(bad) > 0 {
		p.line("\n**Read with caution:** the checks below warn of %s.", list(bad))
	}
	if len(p.studies) == 0 {
		p.line("")
		return
	}
	p.line("\nOnly the declared primary metrics are judged: in open load p50, p99 and the share within the objective, in closed loops goodput. "+
		"Intervals are 95 %%; a difference is claimed only if its p-value, adjusted for all of them together, is at most %.2f.\n", effect.Alpha)
}

// mostAlike is how many loads with the same effect a sentence names.
const mostAlike = 3

// gather lets the strongest of the effects that say the same of the same two
// variants stand for all, and names the loads of the others. They are sorted.
func gather(all []finding) (some []finding) {
	alike := map[string][]string{} // loads, by kind
	for _, f := range all {
		if f.rank > 0 || alike[f.kind] == nil {
			some = append(some, f)
		}
		alike[f.kind] = append(alike[f.kind], f.where)
	}
	for i, f := range some {
		if f.rank > 0 || len(alike[f.kind]) < 2 {
			continue
		}
		others := alike[f.kind][1:]
		if n := len(others) - mostAlike; n > 0 {
			others = append(slices.Clone(others[:mostAlike]), fmt.Sprintf("%d more", n))
		}
		some[i].text += " Likewise, if less, in " + list(others) + "."
	}
	return some
}

// finding words one comparison.
func (s *study) finding(r *effect.Row) finding {
	where := "`" + s.spec.Name + "`"
	if label := s.labelOf(r); label != "" {
		where += " (" + label + ")"
	}
	head, base := "`"+r.Head.Label+"`", "`"+r.Base.Label+"`"
	e := r.Effect
	f := finding{strength: strength(r), where: where}
	kind := func(up bool) { f.kind = fmt.Sprint(head, base, r.Unit, up) }
	switch r.Verdict {
	case effect.Better, effect.Worse, effect.Changed:
		up := r.Up()
		kind(up)
		if r.Difference {
			f.text = fmt.Sprintf("**%s**: %s answers **%s** of all requests within the objective than %s: %s, adjusted p = %s%s.",
				where, head, map[bool]string{true: "more", false: "fewer"}[up], base, points(e), pText(r.PAdjusted), s.bad(r))
			return f
		}
		by := relativeEffect(e)
		if noRatio(r) > 0 {
			by = "zeros or values beyond the time-out have no ratio"
		}
		f.text = fmt.Sprintf("**%s**: %s has **%s** %s than %s: %s, adjusted p = %s%s.",
			where, head, moreOrLess(r.Unit, up), s.metric(r), base, by, pText(r.PAdjusted), s.bad(r))
	case effect.Same:
		f.rank = 1
		f.text = fmt.Sprintf("**%s**: %s and %s show **no difference** in %s larger than %s.", where, head, base, s.metric(r), bound(r))
	default:
		f.rank = 2
		f.text = fmt.Sprintf("**%s**: **cannot tell** whether %s and %s differ in %s: %s%s.", where, head, base, s.metric(r), interval(r), blocksNeeded(r))
	}
	return f
}

// noRatio is the number of trials a side of a row that has no effect for lack of a
// ratio, 0 if it has one.
func noRatio(r *effect.Row) int {
	if !math.IsNaN(r.Effect.Center) {
		return 0
	}
	return min(r.Base.Median.N, r.Head.Median.N)
}

// bad adds what is known against a finding.
func (s *study) bad(r *effect.Row) string {
	for _, g := range s.groups {
		for _, c := range g.cells {
			if c.name == r.Name && isBurst(g.load) {
				return " (burst: no steady state)"
			}
		}
	}
	return ""
}

func (s *study) labelOf(r *effect.Row) string {
	for _, g := range s.groups {
		for _, c := range g.cells {
			if c.name == r.Name {
				return g.label
			}
		}
	}
	return ""
}

func (s *study) metric(r *effect.Row) string {
	for _, g := range s.groups {
		for _, c := range g.cells {
			if c.name == r.Name && metric.IsLatency(r.Unit) {
				return words(r.Unit) + " " + latencyWord(c.open())
			}
		}
	}
	if r.Unit == "within-slo-ratio" {
		return "the share of requests within the objective"
	}
	return words(r.Unit)
}

// strength makes effects of ratios and of shares comparable for sorting.
func strength(r *effect.Row) float64 {
	if math.IsNaN(r.Effect.Center) {
		return math.Inf(1)
	}
	if r.Difference {
		return math.Abs(r.Effect.Center)
	}
	return math.Abs(math.Log(r.Effect.Center))
}

// relativeEffect prints a ratio as a change in per cent where it is below a
// factor of two, else as the factor.
func relativeEffect(e stats.Estimate) string {
	if e.Center > 0.5 && e.Center < 2 {
		d := digits(100*(e.High-e.Low), 100*(e.Center-1))
		return fmt.Sprintf("%s %% [%s, %s]", signed(100*(e.Center-1), d), signed(100*(e.Low-1), d), signed(100*(e.High-1), d))
	}
	return ratio(e)
}

// bound is the largest effect that an interval leaves open.
func bound(r *effect.Row) string {
	e := r.Effect
	if r.Difference {
		return fixed(100*max(math.Abs(e.Low), math.Abs(e.High)), 2) + " percentage points"
	}
	return fixed(100*max(math.Abs(e.Low-1), math.Abs(e.High-1)), 1) + " %"
}

func interval(r *effect.Row) string {
	switch {
	case math.IsNaN(r.Effect.Center):
		return "values lie beyond the time-out and compare by rank only"
	case !r.Effect.Bounded():
		return fmt.Sprintf("with n = %d there is no 95 %% interval", r.Effect.N)
	case r.Difference:
		return "the interval is " + points(r.Effect)
	}
	return "the interval is " + relativeEffect(r.Effect)
}

// blocksNeeded is about how many blocks would show that there is no difference
// beyond the margin: 28·(CV/margin)², where CV is the spread of one trial; the
// difference of two has √2 of it. It is empty if the present run has as many.
func blocksNeeded(r *effect.Row) string {
	if !r.Effect.Bounded() || r.Effect.N < 6 {
		return " (would need at least 6 blocks)"
	}
	spread := r.Spread() / math.Sqrt2
	n := 28 * math.Pow(spread/metric.Margin(r.Unit), 2)
	if math.IsNaN(n) || math.IsInf(n, 0) || n <= float64(r.Effect.N) {
		return ""
	}
	return fmt.Sprintf(" (would need about %s blocks)", count(int(math.Ceil(n))))
}

func pText(p float64) string {
	switch {
	case math.IsNaN(p):
		return none
	case p < 0.001:
		return fmt.Sprintf("%.4f", p)
	}
	return fmt.Sprintf("%.3f", p)
}
