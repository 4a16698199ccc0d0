package effect

import (
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
)

// Geomean summarises the rows of one unit. Like benchstat, it takes ratios of
// medians over the rows that both sides have. There is no mean if a ratio does not
// exist.
type Geomean struct {
	// Config is the file configuration that the rows share, and Unit their unit.
	Config, Unit string
	Base, Head   float64 // geometric means of the medians; NaN if one is not above zero
	Delta        float64 // geometric mean of the ratios, less one; NaN if there is none
	Complete     bool    // both sides have every row
	HeadLabel    string  // of the column that is compared
	Rows         int     // how many the unit has
}

// geomean summarises rows of one configuration, one unit and one pair of columns.
func geomean(rows []Row) Geomean {
	g := Geomean{Complete: true, Rows: len(rows)}
	var base, head, ratios []float64
	for _, r := range rows {
		g.Config, g.Unit, g.HeadLabel = r.Config, r.Unit, r.Head.Label
		b, h := r.Base.Median, r.Head.Median
		if b.N > 0 {
			base = append(base, b.Center)
		}
		if h.N > 0 {
			head = append(head, h.Center)
		}
		switch {
		case b.N == 0 || h.N == 0:
			g.Complete = false
		// Two zeros are equal, and their quotient would not be a number.
		case b.Center == h.Center:
			ratios = append(ratios, 1)
		default:
			ratios = append(ratios, h.Center/b.Center) // +Inf for a base of 0, so that there is no mean
		}
	}
	g.Base, g.Head, g.Delta = geometric(base), geometric(head), geometric(ratios)-1
	return g
}

// geometric returns the geometric mean, or NaN if there are no values, or if one is
// not finite and above zero. It uses moremath's sum, so that even rounding agrees
// with benchstat.
func geometric(v []float64) float64 {
	if len(v) == 0 || slices.Max(v) > math.MaxFloat64 {
		return math.NaN()
	}
	return stats.GeoMean(v)
}
