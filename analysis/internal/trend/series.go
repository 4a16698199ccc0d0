package trend

import (
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// level is the significance level of one look at all series together. Over the looks of
// many nights the probability of a false change is higher.
const level = 0.05

// Series is one row over time.
type Series struct {
	verdict.Row          // of the latest check that has it
	Points      []Point  // in the order of checks, gaps left out
	Changes     []Change // lasting changes, in order
}

// Point is the loss in one check. A loss above zero is worse than the reference.
type Point struct {
	Check string  // label of the check
	Value float64 // relative loss against the reference; 0.05 is 5 %
}

// Change is a lasting change of level.
type Change struct {
	At            int     // index of the first point of the new level
	Before, After float64 // medians of the levels on either side
	P             float64 // of one test, not adjusted
}

// Follow joins the rows of the checks to series, in the order in which rows first appear,
// and looks for changes in them.
func Follow(checks []Check) []Series {
	type key struct{ name, pkg, unit string } // not the machine: it changes with the day
	var all []Series
	index := map[key]int{}
	for _, c := range checks {
		for _, r := range c.Rows {
			if r.Loss == nil {
				continue
			}
			k := key{r.Name, r.Package(), r.Unit}
			i, known := index[k]
			if !known {
				i = len(all)
				index[k] = i
				all = append(all, Series{})
			}
			all[i].Row = r
			all[i].Points = append(all[i].Points, Point{c.Label, *r.Loss})
		}
	}
	rows := make([]verdict.Row, len(all))
	for i := range all {
		rows[i] = all[i].Row
	}
	for i, name := range verdict.Names(rows) {
		all[i].Name = name
		all[i].Changes = changes(values(all[i].Points), level/float64(len(all)))
	}
	return all
}

// changes finds all changes with a p-value of at most alpha. It splits the series at the
// clearest change and searches both parts again. Other changes in a series bias the place
// at which the clearest one seems to be. At the end every change is therefore searched
// for anew between its neighbours, and is dropped if it is not significant there.
func changes(v []float64, alpha float64) []Change {
	var at []int
	var split func(low, high int)
	split = func(low, high int) {
		i, p := stats.ChangePoint(v[low:high])
		if p > alpha {
			return
		}
		split(low, low+i)
		at = append(at, low+i)
		split(low+i, high)
	}
	split(0, len(v))

	var found []Change
	low := 0
	for n := range at {
		high := len(v)
		if n < len(at)-1 {
			high = at[n+1]
		}
		i, p := stats.ChangePoint(v[low:high])
		if p > alpha {
			continue
		}
		found = append(found, Change{At: low + i, P: p})
		low += i
	}
	for n := range found {
		low, high := 0, len(v)
		if n > 0 {
			low = found[n-1].At
		}
		if n < len(found)-1 {
			high = found[n+1].At
		}
		c := &found[n]
		c.Before, c.After = stats.Median(v[low:c.At]).Center, stats.Median(v[c.At:high]).Center
	}
	return found
}

// values are the values of the points, in their order.
func values(points []Point) []float64 {
	v := make([]float64, len(points))
	for i, p := range points {
		v[i] = p.Value
	}
	return v
}
