package gate

import (
	"math"

	"github.com/assay-bench/assay/internal/looks"
)

// hopeless is the smallest adjusted p of all rows above which a regression is not in
// sight. GATE.md says what that costs.
const hopeless = 0.8

// inSight is the adjusted p of what is counted by block up to which a regression may
// still come of it. Its test has few values, most of them large.
const inSight = 0.3

// futile reports whether the looks that are left would hardly decide an inconclusive
// check: no row points to a regression, and some row could not pass at the last look
// even if its estimate were no loss at all, because of its noise. smallest is the
// smallest adjusted p of all rows. It is asked once, at the first look that can pass.
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
	shrinks := math.Sqrt(float64(in.Planned)/float64(looks.Last())) * quantile(pass) / quantile(in.passAlpha())
	for i := range v.Rows {
		j := &v.Rows[i]
		width := shrinks * (j.ruled.bound - j.ruled.loss)
		if len(j.Marks) == 0 && min(j.ruled.loss, 0)+width > j.Margin {
			return true
		}
	}
	return false
}

// quantile is the normal quantile that is exceeded with the probability alpha.
func quantile(alpha float64) float64 { return math.Sqrt2 * math.Erfinv(1-2*alpha) }
