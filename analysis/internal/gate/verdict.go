package gate

import (
	"math"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// Verdicts on a check, and on a row.
const (
	Pass         = "pass"
	Regression   = "regression"
	Inconclusive = "inconclusive"
)

// Verdict is what a check says.
type Verdict struct {
	// Verdict is one of the verdicts above.
	Verdict string
	Reasons []string    // why it is not a pass, in short; Explain names the rows
	Blocks  int         // in which every row that both sides have has a value on both; 0 if unpaired
	Rows    []Judgement // in the order of the input
	// Controls are the verdicts on the controls of the input, in the same order.
	Controls []ControlVerdict
	// Settle is about how many blocks it takes to show that nothing changed in any row,
	// if nothing did. It is NaN if a row is estimated beyond its margin or marked, or if
	// there are as many blocks already.
	Settle float64
	// Futile says that the looks that are left would hardly decide the check.
	Futile bool
}

// Judgement is the verdict on a row, with its numbers. A loss is a share of the base
// value, or a difference of shares: 0.07 means that head is worse by 7 %, whether lower
// or higher values are better. A number that does not exist is NaN.
type Judgement struct {
	*Row
	// Outcome is a verdict too, on this row alone.
	Outcome string
	N       int // blocks with both sides; if unpaired, the values of the smaller side

	Loss      float64 // Hodges–Lehmann estimate
	Bound     float64 // one-sided upper 1−α bound of the loss
	NoRatio   string  // why there is no loss or no bound: "base is 0"
	PAdjusted float64 // one-sided, for head being worse, adjusted for all rows of the check
	CV        float64 // of a trial: coefficient of variation, or standard deviation of a share
	// Settle is about how many blocks it takes to show that nothing changed, if nothing
	// did. It is NaN if the estimated loss exceeds the margin.
	Settle  float64
	Reasons []string // why nothing could be decided

	counted bool            // the values are 0 or 1: whether something happened in a block
	again   map[int]float64 // second base by block; nil: none
	held    []string        // marks that keep the row from passing, and not from being worse
	noticed []string        // doubts that the values of the row raise
	barred  bool            // too few blocks are left for a pass
	noise   float64         // standard deviation of a difference, one pause of the machine left aside

	// ruled is the loss and the bound on which the verdict rests. They exist also where
	// Loss and Bound do not, because there is no ratio: such a difference counts as a
	// factor of 1,000.
	ruled struct{ loss, bound float64 }
}

// ControlVerdict is the verdict on a control.
type ControlVerdict struct {
	*Control
	// Judged says that some row of the control could be judged. If none could, the
	// control cannot fire and shows nothing.
	Judged bool
	// Unjudged are the scenarios in which the control has rows of which none could be
	// judged. The control shows nothing about them. "" stands for the Go benchmarks.
	Unjudged []string
	// Fired says that the rule called a regression. An A/A control also fires if it
	// would be a regression with base and head exchanged.
	Fired bool
	Rows  []Judgement // in the order of the control
}

// beyond reports whether the row is proven worse at level alpha and estimated
// beyond its margin.
func (j *Judgement) beyond(alpha float64) bool { return j.PAdjusted <= alpha && j.worseThanMargin() }

// worseThanMargin reports whether the loss is estimated beyond the margin.
func (j *Judgement) worseThanMargin() bool { return j.ruled.loss > j.Margin }

// within reports whether the loss is proven smaller than the margin.
func (j *Judgement) within() bool { return !j.barred && j.ruled.bound < j.Margin }

// settleFactor: 28·(CV/margin)² blocks make the bound of one row without a true
// change fall below the margin with good odds.
const settleFactor = 28

// spread notes how much a trial varies, and from that how many blocks settle the row. cv
// is on the scale of the margin.
func (j *Judgement) spread(cv float64) {
	j.CV = cv
	r := cv / j.Margin
	j.Settle = max(minBlocks, settleFactor*r*r)
}

// settleOdds is the probability with which the rows of a check that Settle describes pass
// together, and settleZ the normal quantile of the bound of a pass: that of 3 %.
const (
	settleOdds = 0.9
	settleZ    = 1.88
)

// settle returns about how many blocks let all rows pass together, if nothing changed. A
// row of which a trial has the spread CV has in n blocks a bound that lies
// settleZ·CV·√(t/n) above its estimate, where t is the number of trials in a difference.
// The rows count as independent, which is the worst case but for a few per cent.
func (v *Verdict) settle() float64 {
	have := math.Inf(1)
	for i := range v.Rows {
		j := &v.Rows[i]
		if math.IsNaN(j.Settle) || len(j.Marks) > 0 && j.Outcome != Pass {
			return math.NaN()
		}
		have = min(have, float64(j.N))
	}
	together := func(n float64) float64 {
		p := 1.0
		for i := range v.Rows {
			j := &v.Rows[i]
			if j.CV > 0 {
				z := j.Margin/(j.CV*math.Sqrt(j.trials()/n)) - settleZ
				p *= math.Erfc(-z/math.Sqrt2) / 2
			}
		}
		return p
	}
	const most = 1e6
	n := float64(minBlocks)
	for n < most && together(n) < settleOdds {
		n *= 1.02
	}
	if len(v.Rows) == 0 || n <= have {
		return math.NaN()
	}
	return n
}

// estimate keeps what intervals on the scale of the differences mean for the rule: the
// centre of those in the test, and the bound of those that a pass rests on.
func (j *Judgement) estimate(test, pass stats.Estimate) {
	j.ruled.loss, j.ruled.bound = j.loss(test.Center), j.loss(pass.High)
}
