package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// exactLabels is the number of ways to label the units up to which all of them are
// tried. It is the number of sign flips that [MaxT] tries at most.
const exactLabels = 1 << exactFlips

// MaxTShift is [MaxT] for two samples that are not paired. A unit, such as a block,
// belongs to base or to head and has at most one value of every row: base[i][u] is the
// value of row i in unit u of base, and head[i][u] the same for head. The result is one
// adjusted p-value per row.
//
// MaxTShift is a permutation test. If base and head do not differ, the observed
// assignment of units to the two sides is one of many that were equally likely. The
// test compares the observed statistics with those under the other assignments. The
// statistic of a row is the studentised difference of its means. A unit moves to the
// other side with all of its rows, so that the rows depend on each other in every
// assignment as they do in the data.
//
// A value of NaN means that the row has no value in that unit. Units change sides only
// with units that have values of the same rows. Every row therefore keeps its number of
// values on either side: a row with six values on each side has 924 assignments,
// whatever other rows have. All other values must be finite. If there are at most
// 65,536 assignments, all of them are tried. If there are more, 9,999 are drawn from
// the seed, and the observed assignment is added. Of more than 10,000 units, several
// change sides together: see [labels.join]. A row whose values are all equal, or
// which has no value on one side, has p = 1.
//
// Note: two other statistics were rejected: ranks, and the smallest p-value that a row
// reaches by itself. With six values a side both take only 924 different values, and
// the most extreme one has p = 2/924. In a third of all families of 200 such rows some
// row reaches it by chance, so no difference could be significant, however large. The
// studentised difference has no such limit, and the test stays exact because the
// statistic is compared only with itself under other assignments.
func MaxTShift(base, head [][]float64, side Side, seed uint64) []float64 {
	if len(base) == 0 {
		return nil
	}
	l := newLabels(base, head, side)
	return l.adjust(func(yield func()) { l.each(seed, yield) })
}

// labels is the contest of two samples. It centres and scales the values of a row, so
// that the row's correlation r is the sum of the values of the units in head.
type labels struct {
	*contest
	units  [][]float64 // by unit and place, base before head
	strata []stratum
}

// stratum is a set of units that have values of the same rows.
type stratum struct {
	units []int     // those of base before those of head, until assignments are drawn
	head  int       // how many of the units belong to head
	total []float64 // the sum of the values of all units, if they were joined
}

// newLabels brings the values of two samples into the form in which assignments are
// cheap to try, and sorts the units into strata.
func newLabels(base, head [][]float64, side Side) *labels {
	left := len(base[0])
	n := left + len(head[0])
	sizes, means, scales := standards(base, head)
	l := &labels{contest: newContest(sizes, side), units: make([][]float64, n)}
	width := len(l.current)
	all := make([]float64, n*width)
	value := func(row, u int) float64 {
		if u < left {
			return base[row][u]
		}
		return head[row][u-left]
	}
	patterns := map[string]int{} // of rows that have a unit
	pattern := make([]byte, width)
	for u := range l.units {
		l.units[u] = all[u*width : (u+1)*width]
		clear(pattern)
		for i, place := range l.places {
			if place < 0 || math.IsNaN(value(i, u)) {
				continue
			}
			pattern[place] = 1
			l.units[u][place] = (value(i, u) - means[i]) / scales[i]
			if u >= left {
				l.current[place] += l.units[u][place]
			}
		}
		if !slices.Contains(pattern, 1) {
			continue // labels of nothing
		}
		s, ok := patterns[string(pattern)]
		if !ok {
			s = len(l.strata)
			patterns[string(pattern)] = s
			l.strata = append(l.strata, stratum{})
		}
		l.strata[s].units = append(l.strata[s].units, u)
		if u >= left {
			l.strata[s].head++
		}
	}
	return l
}

// standards returns, for every row, the size by which contests weigh it, the mean of all of
// its values, and the scale that makes its correlation the sum of the values in head. The
// size is NaN for a row whose values do not differ.
func standards(base, head [][]float64) (sizes, means, scales []float64) {
	sizes, means, scales = make([]float64, len(base)), make([]float64, len(base)), make([]float64, len(base))
	for i := range base {
		b, h := Present(base[i]), Present(head[i])
		both := slices.Concat(b, h)
		means[i] = mean(both)
		squares := 0.0
		for _, v := range both {
			squares += (v - means[i]) * (v - means[i])
		}
		nb, nh := float64(len(b)), float64(len(h))
		sizes[i], scales[i] = nb+nh-2.5, math.Sqrt(squares*nb*nh/(nb+nh))
		if !(scales[i] > 0) || constant(both) {
			sizes[i] = math.NaN()
		}
	}
	return sizes, means, scales
}

// ways is the number of assignments of units to base and head. It is a float64,
// because it may exceed every integer type.
func (l *labels) ways() float64 {
	ways := 1.0
	for _, s := range l.strata {
		for k := range s.head {
			ways *= float64(len(s.units)-k) / float64(s.head-k)
		}
	}
	return ways
}

// each sets the sums of all assignments one after the other and yields at each: all
// assignments if they are few enough, else the observed one and those that are drawn.
func (l *labels) each(seed uint64, yield func()) {
	if l.ways() <= exactLabels+0.5 {
		heads := 0
		for _, s := range l.strata {
			heads += s.head
		}
		sums := make([][]float64, heads+1)
		for i := range sums {
			sums[i] = make([]float64, len(l.current))
		}
		l.walk(-1, 0, 0, sums, yield)
		return
	}
	yield()
	r := rand.New(rand.NewPCG(seed, 0))
	if len(l.units) > mostUnits {
		l.join(r)
	}
	for range moments(len(l.units) * len(l.current)) {
		clear(l.current)
		for _, s := range l.strata {
			s.draw(r, l.units, l.current)
		}
		yield()
	}
}

// draw gives head as many units of the stratum as it has, at random, and adds their
// values to sum.
func (s stratum) draw(r *rand.Rand, units [][]float64, sum []float64) {
	n, change := s.head, add
	if s.total != nil && 2*n > len(s.units) {
		// Those of base are fewer, and head has the rest.
		add(sum, s.total)
		n, change = len(s.units)-n, subtract
	}
	for k := range n {
		other := k + r.IntN(len(s.units)-k)
		s.units[k], s.units[other] = s.units[other], s.units[k]
		change(sum, units[s.units[k]])
	}
}

// walk yields at every assignment that completes a partial one. The partial assignment
// has chosen the units of head in all strata before the stratum at, and in that stratum
// all but left of them, which are still to be chosen among its units from the index
// from on. sums[0] is the sum of the values of the chosen units; the other sums are
// scratch space for the steps to come.
func (l *labels) walk(at, from, left int, sums [][]float64, yield func()) {
	for left == 0 {
		if at++; at == len(l.strata) {
			l.current = sums[0]
			yield()
			return
		}
		from, left = 0, l.strata[at].head
	}
	units := l.strata[at].units
	for k := from; k <= len(units)-left; k++ {
		copy(sums[1], sums[0])
		add(sums[1], l.units[units[k]])
		l.walk(at, k+1, left-1, sums[1:], yield)
	}
}

// add adds v to sum, element by element.
func add(sum, v []float64) {
	v = v[:len(sum)]
	for i := range sum {
		sum[i] += v[i]
	}
}

// subtract subtracts v from sum, element by element.
func subtract(sum, v []float64) {
	v = v[:len(sum)]
	for i := range sum {
		sum[i] -= v[i]
	}
}

// Present returns the values that are not missing. A missing value is NaN.
func Present(v []float64) []float64 {
	var p []float64
	for _, x := range v {
		if !math.IsNaN(x) {
			p = append(p, x)
		}
	}
	return p
}

// constant reports whether all values are equal, as they are if there are none.
func constant(v []float64) bool { return len(v) == 0 || slices.Min(v) == slices.Max(v) }
