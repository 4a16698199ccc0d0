package gate

import "github.com/assay-bench/assay/analysis/internal/stats"

// Verdicts on a check, and on a row.
const (
	Pass         = "pass"
	Regression   = "regression"
	Inconclusive = "inconclusive"
)

// Verdict is what a check says.
type Verdict struct {
	Verdict  string
	Reasons  []string    // why it is not a pass, in short; Explain names the rows
	Blocks   int         // complete ones: every row has both sides, but for rows of one side only; 0 if unpaired
	Rows     []Judgement // in the order of the input
	Controls []ControlVerdict
}

// Judgement is what became of a row. Losses are shares of the base value, or
// differences of shares: 0.07 is worse by 7 %, whichever way is better. A number
// that does not exist is NaN.
type Judgement struct {
	*Row
	Outcome string
	N       int // blocks with both sides; of the smaller side if unpaired

	Loss      float64 // Hodges–Lehmann estimate
	Bound     float64 // one-sided upper 1−α bound of the loss
	NoRatio   string  // why there is no loss or no bound: "base is 0"
	PAdjusted float64 // one-sided, for worse, and for all rows of the check
	CV        float64 // of a trial: coefficient of variation, or standard deviation of a share
	// Settle is about how many blocks would certify that nothing changed, if
	// nothing did. Where the estimate lies beyond the margin none would: it is NaN.
	Settle  float64
	Reasons []string // why nothing could be decided

	last bool // of the looks at its run

	// What the rule takes for the loss and its bound. Unlike Loss and Bound they
	// also exist where there is no ratio: a difference without one counts as a
	// factor of 1,000.
	ruled struct{ loss, bound float64 }
}

// ControlVerdict is what became of a control.
type ControlVerdict struct {
	*Control
	// Judged says that some row could be judged: none would fire otherwise.
	Judged bool
	// Unjudged are the scenarios in which it has rows, and none could be judged;
	// "" stands for the Go benchmarks. There it vouches for nothing.
	Unjudged []string
	// Fired says that the rule called a regression; for A/A in either direction.
	Fired bool
	Rows  []Judgement
}

// beyond reports whether the row is proven worse at level alpha and estimated
// beyond its margin.
func (j *Judgement) beyond(alpha float64) bool { return j.PAdjusted <= alpha && j.worseThanMargin() }

// worseThanMargin reports whether the loss is estimated beyond the margin.
func (j *Judgement) worseThanMargin() bool { return j.ruled.loss > j.Margin }

// within reports whether the loss is proven smaller than the margin.
func (j *Judgement) within() bool { return j.ruled.bound < j.Margin }

// settleFactor: 28·(CV/margin)² blocks make the bound of a row without a true
// change fall below the margin with good odds.
const settleFactor = 28

func (j *Judgement) spread(cv float64) {
	j.CV = cv
	r := cv / j.Margin
	j.Settle = max(minBlocks, settleFactor*r*r)
}

// estimate keeps what an interval on the scale of the differences means for the
// rule.
func (j *Judgement) estimate(e stats.Estimate) {
	j.ruled.loss, j.ruled.bound = j.loss(e.Center), j.loss(e.High)
}
