package gate

import (
	"math"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/internal/looks"
)

// hopeless is the smallest adjusted p of all rows above which a regression is not in
// sight. GATE.md says what that costs.
const hopeless = 0.8

// inSight is the adjusted p of what is counted by block up to which a regression may
// still come of it. Its test has few values, most of them large.
const inSight = 0.3

// typical is the level of the bound that tells the noise of a row's differences. A pause
// of the machine in one of ten blocks leaves this bound where it is. It moves the standard
// deviation and the bound of a pass far away, although the row may pass beside such a
// pause when there are more blocks.
const typical = 0.1

// noiseOf returns the standard deviation of normal differences whose bound at the level
// typical lies as far above their centre as that of d. It is NaN if d has no such bound.
func (j *Judgement) noiseOf(d []float64) float64 {
	e := stats.HodgesLehmann(d, 1-2*typical)
	return (j.loss(e.High) - j.loss(e.Center)) / quantile(typical) * math.Sqrt(float64(len(d)))
}

// futile reports whether the looks that are left would hardly decide an inconclusive
// check: no row points to a regression, and some row could not pass at the last look
// even if its estimate were no loss at all, because of its noise or of its bad starts.
// smallest is the smallest adjusted p of all rows. It is asked once, at the first look
// that can pass.
//
// A check that ends here is inconclusive. Neither a false regression nor a false pass
// becomes more frequent, and what is lost are the few checks that more blocks would have
// decided.
func (v *Verdict) futile(in Input, smallest float64) bool {
	if !in.Paired || in.Planned != looks.FirstPass() || smallest <= hopeless {
		return false
	}
	all := looks.Declared()
	_, pass := looks.Levels(looks.Last(), []int{all[len(all)-2].Blocks})
	for i := range v.Rows {
		j := &v.Rows[i]
		width := quantile(pass) * j.noise / math.Sqrt(float64(looks.Last()))
		if len(j.Marks) == 0 && (min(j.ruled.loss, 0)+width > j.Margin || j.spoilt(looks.Last())) {
			return true
		}
	}
	return false
}

// quantile is the normal quantile that is exceeded with the probability alpha.
func quantile(alpha float64) float64 { return math.Sqrt2 * math.Erfinv(1-2*alpha) }
