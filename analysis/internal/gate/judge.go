package gate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/internal/looks"
)

// minBlocks is how many complete blocks a paired check needs, and minSide how
// many values a side an unpaired one does. Below them even a perfect separation
// proves little, and bounds are wide or do not exist.
const (
	minBlocks    = 8
	fewestBlocks = 6 // of a look that plans no more: enough for a regression
	minSide      = 6
)

// Judge draws the verdict. It depends on its argument alone and does not change
// it.
func Judge(in Input) Verdict {
	v := Verdict{Verdict: Pass}
	rows, smallest := judgeCheck(in)
	v.Rows = rows
	if in.Paired {
		v.Blocks = completeBlocks(in.Rows)
	}
	v.Settle = v.settle()
	regressed, undecided := 0, 0
	for i := range v.Rows {
		switch v.Rows[i].Outcome {
		case Regression:
			regressed++
		case Inconclusive:
			undecided++
		}
	}
	fired := false
	for i := range in.Controls {
		c := judgeControl(&in.Controls[i], in)
		switch {
		case c.Kind != ControlAA:
		case c.Fired:
			fired = true
			v.Reasons = append(v.Reasons, fmt.Sprintf("the A/A control fired: %s differs from %s, which is the same build", c.Head, c.Base))
		default:
			v.Reasons = append(v.Reasons, c.gaps()...)
		}
		v.Controls = append(v.Controls, c)
	}
	if regressed > 0 {
		v.Reasons = append(v.Reasons, fmt.Sprintf("%s worse by more than the margin", count(regressed, "row is", "rows are")))
	}
	if undecided > 0 {
		v.Reasons = append(v.Reasons, fmt.Sprintf("%s could not be decided", count(undecided, "row", "rows")))
	}
	v.Reasons = append(v.Reasons, v.unseen(in.Scenarios)...)
	v.Reasons = append(v.Reasons, in.Doubts...)
	tooFew := in.Paired && len(in.Rows) > 0 && v.Blocks < minBlocks && regressed == 0
	if tooFew {
		v.Reasons = append(v.Reasons, fmt.Sprintf("%s complete, and the rule needs %d", count(v.Blocks, "block is", "blocks are"), minBlocks))
	}
	if n := looks.FirstPass(); in.Paired && in.Planned > 0 && in.Planned < n && regressed == 0 {
		v.Reasons = append(v.Reasons, fmt.Sprintf("%s planned, and no check passes before %d", count(in.Planned, "block is", "blocks are"), n))
	}
	if in.Paired && in.Alpha <= 0 {
		v.Reasons = append(v.Reasons, fmt.Sprintf("the looks that this run could be given before, after %s blocks, have used up the level: nothing can be concluded from one more, so make a new check", numbers(in.Made)))
	}
	if len(in.Rows) == 0 {
		v.Reasons = append(v.Reasons, "no primary row is left")
	}
	switch {
	case fired:
		v.Verdict = Inconclusive
	case regressed > 0:
		v.Verdict = Regression
	case len(v.Reasons) > 0:
		v.Verdict = Inconclusive
	}
	if v.Verdict == Inconclusive && v.futile(in, smallest) {
		v.Futile = true
		v.Reasons = append(v.Reasons, "more blocks of this check would hardly decide it: nothing points to a regression, and the noise is too large for a pass")
	}
	return v
}

// unseen says in a sentence each of which planned scenarios no row could be judged.
func (v *Verdict) unseen(scenarios []string) []string {
	var said []string
	for _, s := range scenarios {
		judged := func(j Judgement) bool { return scenarioOf(j.Name) == s && !math.IsNaN(j.PAdjusted) }
		if !slices.ContainsFunc(v.Rows, judged) {
			said = append(said, fmt.Sprintf("scenario %s was planned, and no row of it could be judged", s))
		}
	}
	return said
}

// look is how the rows of one comparison are judged.
type look struct {
	paired    bool
	planned   int     // blocks; 0: nobody said
	alpha     float64 // for regressions
	pass      float64 // for passes
	direction float64 // −1 asks for improvements instead of losses
	onlyWorse bool    // nobody reads a p of rows of which none is estimated beyond its margin
}

// look is the look that the input asks for, for head being worse than base.
func (in Input) look() look {
	return look{paired: in.Paired, planned: in.Planned, alpha: in.Alpha, pass: in.passAlpha(), direction: +1}
}

// least is how many blocks a row needs to be judged.
func (l look) least() int {
	if l.planned == 0 {
		return minBlocks
	}
	return min(minBlocks, max(fewestBlocks, l.planned))
}

// judgeCheck judges the rows of a check, and with them what is counted by block. Of
// what is counted only regressions are told, and bad starts only of a row that is none
// by itself. The second result is the smallest p that points to a regression.
func judgeCheck(in Input) ([]Judgement, float64) {
	rows := newJudgements(in.Rows)
	seconds(rows, in)
	if in.Paired {
		for i := range rows {
			if seen := rows[i].seen(in.HeadLabel); seen != "" {
				rows[i].noticed = append(rows[i].noticed, seen)
			}
		}
		rows = append(rows, countedRows(rows, in.Events)...)
	}
	judgeRows(rows, in.look())
	smallest := 1.0
	for _, j := range rows {
		// What was counted in a block or two has such a p by chance.
		chance := j.counted && j.PAdjusted > inSight
		if j.PAdjusted < smallest && !chance { // not NaN
			smallest = j.PAdjusted
		}
	}
	kept := rows[:len(in.Rows):len(in.Rows)]
	for _, j := range rows[len(in.Rows):] {
		told := func(k Judgement) bool {
			return k.Outcome == Regression && k.Name == j.Name && k.Config == j.Config && badStartsOf+k.Unit == j.Unit
		}
		if j.Outcome == Regression && !slices.ContainsFunc(kept, told) {
			kept = append(kept, j)
		}
	}
	return kept, smallest
}

// newJudgements returns a judgement for each row in which nothing is decided yet, and
// every number is NaN.
func newJudgements(rows []Row) []Judgement {
	all := make([]Judgement, len(rows))
	for i := range rows {
		nan := math.NaN()
		all[i] = Judgement{Row: &rows[i], Outcome: Inconclusive, Loss: nan, Bound: nan, PAdjusted: nan, CV: nan, Settle: nan}
		all[i].ruled.loss, all[i].ruled.bound = nan, nan
	}
	return all
}

// judgeRows judges rows of one comparison.
func judgeRows(all []Judgement, look look) {
	families := map[string][]*Judgement{}
	for i := range all {
		families[all[i].Family] = append(families[all[i].Family], &all[i])
	}
	for _, family := range families {
		if look.paired {
			judgePaired(family, look)
		} else {
			judgeUnpaired(family, look)
		}
	}
	for i := range all {
		all[i].PAdjusted = min(1, all[i].PAdjusted*float64(len(families))) // NaN stays
		all[i].decide(look.alpha)
	}
}

// decide draws the verdict on one row from its numbers.
func (j *Judgement) decide(alpha float64) {
	if j.worseThanMargin() {
		j.Settle = math.NaN()
	}
	switch {
	case len(j.Reasons) > 0:
	case j.beyond(alpha):
		j.Outcome = Regression
	case j.within() && len(j.Doubts)+len(j.noticed) > 0:
		j.Reasons = slices.Concat(j.Doubts, j.noticed)
	case j.within():
		j.Outcome = Pass
	default:
		j.Reasons = slices.Concat(j.held, j.Doubts, []string{j.unsettled()})
	}
}

// unsettled says why the numbers of a row decide nothing.
func (j *Judgement) unsettled() string {
	switch {
	case j.worseThanMargin():
		return "estimated beyond the margin, and not proven worse"
	case j.barred:
		return "so a loss beyond the margin is not excluded"
	case math.IsNaN(j.ruled.bound):
		return "no bound exists"
	}
	return "a loss beyond the margin is not excluded"
}

// judgeControl judges a control by the same rule as the rows. It judges an A/A control
// in both directions, because either copy may look slower.
func judgeControl(c *Control, in Input) ControlVerdict {
	v := ControlVerdict{Control: c, Rows: newJudgements(c.Rows)}
	there := in.look()
	there.paired = true
	judgeRows(v.Rows, there)
	if c.Kind == ControlAA {
		reverse := newJudgements(c.Rows)
		there.direction, there.onlyWorse = -1, true
		judgeRows(reverse, there)
		for i, back := range reverse {
			if back.Outcome == Regression {
				// Loss and bound stay those of head against base.
				j := &v.Rows[i]
				j.Outcome, j.PAdjusted, j.Reasons = back.Outcome, back.PAdjusted, back.Reasons
			}
		}
	}
	var judged []string
	for _, j := range v.Rows {
		v.Fired = v.Fired || j.Outcome == Regression
		if !math.IsNaN(j.PAdjusted) {
			v.Judged = true
			judged = append(judged, scenarioOf(j.Name))
		}
	}
	for _, j := range v.Rows {
		if s := scenarioOf(j.Name); !slices.Contains(judged, s) && !slices.Contains(v.Unjudged, s) {
			v.Unjudged = append(v.Unjudged, s)
		}
	}
	return v
}

// gaps says in a sentence each where the control vouches for nothing.
func (c *ControlVerdict) gaps() []string {
	var said []string
	say := func(format string, args ...any) {
		said = append(said, fmt.Sprintf("the %s control of %s and %s ", c.Kind, c.Head, c.Base)+fmt.Sprintf(format, args...))
	}
	if len(c.Missing) > 0 {
		say("is missing in %s", strings.Join(c.Missing, ", "))
	}
	switch {
	case c.Judged:
		for _, s := range c.Unjudged {
			say("could not be judged in %s: %s", cmp.Or(s, "the Go benchmarks"), firstReason(c.of(s)))
		}
	case len(c.Rows) > 0 || len(c.Missing) == 0:
		say("could not be judged: %s", firstReason(c.Rows))
	}
	return said
}

// of are the control's rows of one scenario.
func (c *ControlVerdict) of(scenario string) []Judgement {
	var rows []Judgement
	for _, j := range c.Rows {
		if scenarioOf(j.Name) == scenario {
			rows = append(rows, j)
		}
	}
	return rows
}

// loss brings a difference, oriented so that up is worse, to a share of the base
// value.
func (j *Judgement) loss(d float64) float64 {
	switch {
	case j.Share:
		return d
	case j.Better == units.Higher:
		return -math.Expm1(-d)
	}
	return math.Expm1(d)
}

// numbers lists numbers: "6, 10 and 14".
func numbers(all []int) string {
	var words []string
	for _, n := range all {
		words = append(words, strconv.Itoa(n))
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// count is a number with the right form of what it counts.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
