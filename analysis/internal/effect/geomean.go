package effect

import (
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
)

// Geomean summarises the rows of one unit. It follows benchstat: ratios of
// medians, over rows that stand on both sides; none if a ratio does not exist.
type Geomean struct {
	Config, Unit string
	Base, Head   float64 // geometric means of the medians; NaN if one is not above zero
	Delta        float64 // geometric mean of the ratios, less one; NaN if there is none
	Complete     bool    // every row stands on both sides
	HeadLabel    string
	Rows         int
}

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
		case b.Center == h.Center:
			ratios = append(ratios, 1)
		default:
			ratios = append(ratios, h.Center/b.Center) // +Inf over a zero base: no mean
		}
	}
	g.Base, g.Head, g.Delta = geometric(base), geometric(head), geometric(ratios)-1
	return g
}

// geometric is the geometric mean, NaN without values or if one is not finite
// and above zero. The sum is moremath's, so that even its rounding is
// benchstat's.
func geometric(v []float64) float64 {
	if len(v) == 0 || slices.Max(v) > math.MaxFloat64 {
		return math.NaN()
	}
	return stats.GeoMean(v)
}
