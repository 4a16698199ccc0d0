package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// exactLabels is how many ways to tell the units of two samples apart are made
// at most, as many as [MaxT] makes flips.
const exactLabels = 1 << exactFlips

// MaxTShift is [MaxT] for two samples that are not paired: base[i][u] and
// head[i][u] are the values of row i in unit u of either side, and a unit, such
// as a block, has one value of every row at most. If the sides do not differ, any
// units could have been base and the others head: the labels are exchanged, for
// all rows of a unit at once, which keeps their dependence. The statistic is the
// studentised difference of the means.
//
// NaN marks a unit that a row does not have. Labels are exchanged among units
// that the same rows have, so that every row keeps its number of values on either
// side, and a row of six and six has its 924 ways however many units others have.
// Other values must be finite. Up to 65,536 ways are all made, and above that
// 9,999 drawn from the seed, beside the one that was observed. Rows whose values
// are all equal, and rows without a value on some side, get p = 1.
//
// Note: ranks instead of values, or the smallest p of each row's own ways instead
// of the studentised difference, were rejected. Either has 924 grades for six
// values a side, the least of them 2/924, which chance reaches in a third of all
// families of 200 such rows: no difference, however large, could ever be told
// from that. The studentised difference can tell a doubling from the gaps that
// chance makes, and stays exact, since it is only compared with itself under
// other labels.
func MaxTShift(base, head [][]float64, side Side, seed uint64) []float64 {
	if len(base) == 0 {
		return nil
	}
	l := newLabels(base, head, side)
	return l.adjust(func(yield func()) { l.each(seed, yield) })
}

// labels is a contest of two samples. The values of a row are centred and scaled
// so that r is the sum of those in head.
type labels struct {
	*contest
	units  [][]float64 // by unit and place, base before head
	strata []stratum
}

// stratum is a set of units that the same rows have, of which so many are head's.
type stratum struct {
	units []int
	head  int
}

func newLabels(base, head [][]float64, side Side) *labels {
	left := len(base[0])
	n := left + len(head[0])
	sizes, means, scales := make([]float64, len(base)), make([]float64, len(base)), make([]float64, len(base))
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

// ways is in how many ways the labels can stand.
func (l *labels) ways() float64 {
	ways := 1.0
	for _, s := range l.strata {
		for k := range s.head {
			ways *= float64(len(s.units)-k) / float64(s.head-k)
		}
	}
	return ways
}

// each yields under all labels that can stand, or under the observed ones and
// those drawn.
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
	for range drawnMoments {
		clear(l.current)
		for _, s := range l.strata {
			for k := range s.head {
				other := k + r.IntN(len(s.units)-k)
				s.units[k], s.units[other] = s.units[other], s.units[k]
				add(l.current, l.units[s.units[k]])
			}
		}
		yield()
	}
}

// walk chooses units for head in one stratum after the other: in this one so many
// are left to choose, among those from the given one on. The first of the sums is
// that of all chosen so far, and the others are room for those to come.
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

func add(sum, v []float64) {
	v = v[:len(sum)]
	for i := range sum {
		sum[i] += v[i]
	}
}

// Present are the values that are not NaN, which stands for one that is missing.
func Present(v []float64) []float64 {
	var p []float64
	for _, x := range v {
		if !math.IsNaN(x) {
			p = append(p, x)
		}
	}
	return p
}

func constant(v []float64) bool { return len(v) == 0 || slices.Min(v) == slices.Max(v) }
