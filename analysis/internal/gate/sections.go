package gate

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/perf/benchunit"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/internal/looks"
	"github.com/assay-bench/assay/results"
)

// section is a piece of what a person reads: a table, lines, or both.
type section struct {
	title string
	table *table.Table
	lines []string
}

// sections put first what differs and is no code, then what decided, then what could not
// be decided, then what was not gated.
func sections(in Input, v Verdict) []section {
	worse := section{title: fmt.Sprintf("Proven worse, and by more than the margin (adjusted p ≤ %.3g)", in.Alpha)}
	open := section{title: "Could not be decided"}
	within := section{title: fmt.Sprintf("Within the margin (one-sided %.4g %% bound)", 100*(1-in.passAlpha()))}
	names := distinct(v.Rows)
	for i := range v.Rows {
		j := &v.Rows[i]
		switch j.Outcome {
		case Regression:
			worse.row(j, names[i])
		case Pass:
			within.row(j, names[i])
			for _, held := range j.held {
				within.lines = append(within.lines, fmt.Sprintf("%s %s: %s", names[i], j.Unit, held))
			}
			if rare := j.rare(); rare != "" {
				within.lines = append(within.lines, fmt.Sprintf("%s %s: %s", names[i], j.Unit, rare))
			}
		default:
			open.row(j, names[i])
		}
	}
	all := []section{{title: "Base and head differ in more than code", lines: in.Environment}}
	if v.Verdict != Pass {
		all = append(all, section{lines: v.Reasons})
	}
	all = append(all, worse, open, within, controls(v), notGated(in), basis(in, v))
	kept := all[:0]
	for _, s := range all {
		if s.table != nil || len(s.lines) > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

// distinct are the names of rows with what tells their configurations apart: the
// package alone where the machine is one and the same.
func distinct(rows []Judgement) []string {
	configured := 0
	seen := map[string]int{}
	for i := range rows {
		if rows[i].Config == "" {
			continue
		}
		configured++
		for _, part := range strings.Split(rows[i].Config, ", ") {
			seen[part]++
		}
	}
	var names []string
	for i := range rows {
		var parts []string
		for _, part := range strings.Split(rows[i].Config, ", ") {
			if n := seen[part]; n > 0 && n < configured {
				parts = append(parts, part)
			}
		}
		name := rows[i].Name
		if len(parts) > 0 {
			name += " (" + strings.Join(parts, ", ") + ")"
		}
		names = append(names, name)
	}
	return names
}

// row adds a row to the table of the section, whose columns depend on the first row:
// inconclusive rows have one more, which says why.
func (s *section) row(j *Judgement, name string) {
	if s.table == nil {
		s.table = &table.Table{
			Head: []string{"row", "metric", "base", "head", "worse by", "at most", "margin", "adjusted p"},
			Left: map[int]bool{1: true, 8: true},
		}
		if j.Outcome == Inconclusive {
			s.table.Head = append(s.table.Head, "why")
		}
	}
	cells := []string{name, j.Unit, j.value(j.Base), j.value(j.Head), j.lossText(j.Loss), j.lossText(j.Bound), j.change(j.Margin, false), probability(j.PAdjusted)}
	if j.Outcome == Inconclusive {
		cells = append(cells, j.why())
	}
	s.table.Add(cells...)
}

// why says what keeps a row from being decided.
func (j *Judgement) why() string {
	return strings.Join(j.Reasons, "; ")
}

// settles says how many blocks would settle the check, if more than there are would. More
// than the last look has are no further look at the same run, which would be one more
// than the level is for.
func (v Verdict) settles(in Input) string {
	if v.Verdict != Inconclusive || math.IsNaN(v.Settle) {
		return ""
	}
	s := blocks(v.Settle) + " would show that nothing changed, if nothing did, in " + count(len(v.Rows), "row", "rows") + " at once"
	if in.Paired && (in.Planned >= looks.Last() || v.Settle > float64(looks.Last())) {
		s += ", in a new check that plans so many"
	}
	return s
}

// blocks says about how many blocks, no finer than the estimate is.
func blocks(n float64) string {
	switch {
	case n > 1000:
		return "more than 1,000 blocks"
	case n > 100:
		n = 10 * math.Ceil(n/10)
	}
	return fmt.Sprintf("about %.0f blocks", math.Ceil(n))
}

// value is the median of one side, in a unit fit to read.
func (j *Judgement) value(values []float64) string {
	m := stats.Median(stats.Present(values))
	switch {
	case j.counted:
		return fmt.Sprintf("%.0f of %d", mean(values)*float64(len(values)), len(values))
	case m.N == 0:
		return "–"
	case math.IsInf(m.Center, 1):
		return "> time-out"
	case j.Share:
		return fmt.Sprintf("%.2f %%", 100*m.Center)
	}
	suffix := ""
	switch {
	case units.Of(j.Unit).Dimension == results.Seconds:
		suffix = "s"
	case benchunit.ClassOf(j.Unit) == benchunit.Binary:
		suffix = "B"
	}
	return benchunit.Scale(m.Center, benchunit.ClassOf(j.Unit)) + suffix
}

// lossText prints a loss or its bound for a table, or why there is none.
func (j *Judgement) lossText(loss float64) string {
	if math.IsNaN(loss) && j.NoRatio != "" {
		return "no ratio: " + j.NoRatio
	}
	return j.change(loss, true)
}

// change prints a loss or a margin.
func (j *Judgement) change(x float64, sign bool) string {
	digits, unit := 1, " %"
	if j.Share {
		digits, unit = 2, " pp"
	}
	if math.IsNaN(x) {
		return "–"
	}
	text := strconv.FormatFloat(100*x, 'f', digits, 64)
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-") // what rounds to nothing has no sign
	} else if sign && x > 0 {
		text = "+" + text
	}
	return text + unit
}

// probability prints a p-value; there is a dash if it does not exist.
func probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p < 0.001:
		return fmt.Sprintf("%.5f", p)
	}
	return fmt.Sprintf("%.3f", p)
}

// controls says what came of each control.
func controls(v Verdict) section {
	s := section{title: "Controls"}
	for _, c := range v.Controls {
		pair := fmt.Sprintf("%s against %s, %s", c.Head, c.Base, count(len(c.Rows), "row", "rows"))
		switch {
		case !c.Judged: // the gaps say why
		case c.Kind == ControlPositive:
			answer := "no"
			if c.Fired {
				answer = "yes"
			}
			s.lines = append(s.lines, fmt.Sprintf("positive control, %s: would have caught it today: %s%s", pair, answer, furthest(c.Rows)))
		case c.Fired:
			s.lines = append(s.lines, fmt.Sprintf("A/A control, %s: fired%s", pair, furthest(c.Rows)))
		default:
			s.lines = append(s.lines, fmt.Sprintf("A/A control, %s: quiet", pair))
		}
		s.lines = append(s.lines, c.gaps()...)
	}
	return s
}

// firstReason is why the first row without a decision has none.
func firstReason(rows []Judgement) string {
	for _, j := range rows {
		if len(j.Reasons) > 0 {
			return j.Reasons[0]
		}
	}
	return "it has no rows"
}

// furthest names the row that decided, or came closest.
func furthest(rows []Judgement) string {
	var best *Judgement
	rank := func(j *Judgement) float64 {
		r := math.Abs(j.ruled.loss) / j.Margin
		if j.Outcome == Regression {
			r += 1e6
		}
		return r
	}
	for i := range rows {
		if j := &rows[i]; !math.IsNaN(j.ruled.loss) && (best == nil || rank(j) > rank(best)) {
			best = j
		}
	}
	if best == nil {
		return ""
	}
	if math.IsNaN(best.Loss) {
		return fmt.Sprintf(" (%s of %s: %s)", best.Unit, best.Name, best.values())
	}
	return fmt.Sprintf(" (%s of %s differs by %s)", best.Unit, best.Name, best.change(best.Loss, true))
}

// notGated lists the rows that the verdict does not rest on.
func notGated(in Input) section {
	s := section{title: "Not gated"}
	for _, n := range in.NotGated {
		name := n.Name
		if n.Unit != "" {
			name += ", " + n.Unit
		}
		s.lines = append(s.lines, name+": "+n.Why)
	}
	return s
}

// basis says what was looked at.
func basis(in Input, v Verdict) section {
	s := section{title: "Looked at"}
	what := fmt.Sprintf("%s against %s, %s", in.HeadLabel, in.BaseLabel, count(len(in.Rows), "primary row", "primary rows"))
	if in.Paired {
		s.lines = append(s.lines, fmt.Sprintf("%s, %d of %s complete, α %.3g for regressions and %.3g for passes", what, v.Blocks, count(in.Planned, "planned block", "planned blocks"), in.Alpha, in.passAlpha()))
	} else {
		s.lines = append(s.lines, fmt.Sprintf("%s, α %g; not interleaved: whatever the machine did between the two is in these differences", what, in.Alpha))
	}
	if settles := v.settles(in); settles != "" {
		s.lines = append(s.lines, settles)
	}
	if next, ok := looks.Next(in.Planned); in.Paired && v.Verdict == Inconclusive && in.Planned > 0 && ok && !v.Futile {
		more := fmt.Sprintf("%d blocks of the same run (--resume --blocks %d)", next, next)
		if !in.Resumable {
			more = fmt.Sprintf("%d results of every benchmark, these among them", next)
		}
		s.lines = append(s.lines, "the next look is over "+more+"; a pass or a regression there is final")
	}
	if in.Paired && len(in.Made) > 0 {
		s.lines = append(s.lines, fmt.Sprintf("the run could be judged before, after %s blocks: that much of the level of 5 %% is spent", numbers(in.Made)))
	}
	s.lines = append(s.lines, in.Notes...)
	return s
}
