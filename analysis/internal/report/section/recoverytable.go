package section

import (
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// recoveryTable writes how long after a spike each variant was back within its
// objectives, and draws it. A load without a spike has no such table.
func recoveryTable(p *page.Page, g *measured.Group) {
	base := g.Variants[0]
	r := base.Recovery
	if r == nil {
		return
	}
	var promises []string
	for _, o := range r.Promises {
		promises = append(promises, "`"+o.Text+"`")
	}
	heading(p, g, "Recovery")
	p.Line("**After the spike** of %s/s, which ends at second %s of the attack, the load goes on for %s. Back means: the first of %d seconds in a row in which the requests meant to start then do not break %s beyond chance (one-sided binomial test, p < %v).\n",
		format.Count(int(r.Rate)), format.Plain.Value(r.End.Seconds()), words.Seconds(r.After), measured.BackFor, words.List(promises), measured.BreakLevel)
	t := table.Table{Head: []string{"variant", "back after, s", "trials not back", "against `" + base.Variant + "`, s"}}
	missing := false
	for i, v := range g.Variants {
		// A trial that was never back has an infinite time. The median may still be
		// finite, so such trials are counted in a column of their own.
		never := 0
		for _, after := range v.Recovery.Back {
			if math.IsInf(after, 0) {
				never++
			}
		}
		difference := format.None
		if i > 0 {
			difference = recoveryDifference(v.Recovery, r)
		}
		missing = missing || difference == format.None
		t.Add("`"+v.Variant+"`", RecoveryTime(v.Recovery), fmt.Sprintf("%d of %d", never, len(v.Recovery.Back)), difference)
	}
	p.Table(&t)
	note := fmt.Sprintf("Medians over trials with order-statistic intervals; differences by block, Hodges–Lehmann. Seconds are whole ones, so a difference of one second means little. ∞ or a time behind > is not back: the load ends %d s later, and to be back takes as long.", measured.BackFor)
	if missing {
		note += "<br>" + format.None + " nothing to compare with, or trials that were never back."
	}
	p.Line("<sub>%s</sub>\n", note)
	p.Line("<p>%s</p>\n", withinPlot(p, g))
}

// RecoveryTime is how long a variant took to be back, with its interval, in
// seconds.
func RecoveryTime(r *measured.Recovery) string {
	e := r.Times()
	switch {
	case e.N == 0:
		return format.None
	// If at least half of the trials were never back, all that is known is how long the
	// load was watched.
	case math.IsInf(e.Center, 0):
		return fmt.Sprintf("> %s", format.Plain.Value(r.Seen().Seconds()))
	}
	return format.Plain.Estimate(e)
}

// recoveryDifference is how much longer a variant took than the base, in seconds.
func recoveryDifference(r, base *measured.Recovery) string {
	var d []float64
	// Pairs are of the same block. If neither trial of a pair was ever back, the
	// difference is not a number.
	for block, v := range r.Back {
		if b, ok := base.Back[block]; ok {
			d = append(d, v-b)
		}
	}
	slices.Sort(d) // a map has no order, and the bytes of a page must not depend on one
	e := stats.HodgesLehmann(d, stats.Level)
	if math.IsNaN(e.Center) {
		return format.None
	}
	if !e.Bounded() {
		return format.Signed(e.Center, 1)
	}
	n := format.Digits(e.High-e.Low, e.Center)
	return fmt.Sprintf("%s [%s, %s]", format.Signed(e.Center, n), format.Signed(e.Low, n), format.Signed(e.High, n))
}
