package stats

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// More than mostUnits units are joined into about so many. Every stratum keeps enough of
// them: fewestJoined on the smaller side of a single stratum, and of several strata
// together.
const (
	mostUnits    = 10_000
	fewestJoined = 1000
)

// join makes units that change sides together, so that an assignment costs the same
// however many values there are. In each stratum the units of base are joined at random,
// k at a time, and so are those of head. Every joined unit stands for the same number
// of values, so that an exchange leaves either side as many as it had. The units that
// remain, fewer than k on a side, are a stratum of their own.
//
// The test stays exact: the assignments that move joined units together are a group,
// and if base and head do not differ, all of them were equally likely. It is nearly the
// test of single units, too. Over the assignments, the sum of a row has the same variance
// on average over the ways to join, and a standard error of it of √(2/m) for m joined
// units: 1.4 % for 10,000.
//
// Note: the normal approximation was rejected. It needs no draws for a single row, but
// says nothing about rows that depend on each other.
func (l *labels) join(r *rand.Rand) {
	strata, wanted := l.strata, (len(l.units)+mostUnits-1)/mostUnits
	units := l.units
	l.units, l.strata = nil, nil
	for _, s := range strata {
		left := len(s.units) - s.head
		k := max(1, min(wanted, min(left, s.head)*len(strata)/fewestJoined))
		whole, rest := stratum{head: s.head / k}, stratum{head: s.head % k}
		for _, side := range [][]int{s.units[:left], s.units[left:]} {
			r.Shuffle(len(side), func(i, j int) { side[i], side[j] = side[j], side[i] })
			for ; len(side) >= k; side = side[k:] {
				l.take(&whole, units, side[:k])
			}
			for i := range side {
				l.take(&rest, units, side[i:i+1])
			}
		}
		for _, t := range []stratum{whole, rest} {
			if len(t.units) > 0 {
				l.strata = append(l.strata, t)
			}
		}
	}
}

// together joins vectors at random, as many at a time as make about mostUnits of all, and
// returns their sums. The blocks of paired rows are joined by it, and change their signs or
// labels together: a group of arrangements too, see [labels.join].
func together(r *rand.Rand, vectors [][]float64, all int) (sums [][]float64) {
	vectors = slices.Clone(vectors)
	r.Shuffle(len(vectors), func(i, j int) { vectors[i], vectors[j] = vectors[j], vectors[i] })
	for some := range slices.Chunk(vectors, (all+mostUnits-1)/mostUnits) {
		sum := make([]float64, len(some[0]))
		for _, v := range some {
			add(sum, v)
		}
		sums = append(sums, sum)
	}
	return sums
}

// join makes blocks that flip together.
func (f *flipper) join(r *rand.Rand) {
	f.blocks = together(r, f.blocks, len(f.blocks))
	f.turned = make([]bool, len(f.blocks))
}

// join makes blocks that exchange their labels together. Only blocks that have equally many
// arrangements are joined, because their k-th arrangements mean the same.
func (e *exchange) join(r *rand.Rand) {
	width, all := len(e.current), len(e.blocks)
	if width == 0 {
		return
	}
	kinds := map[int][][]float64{} // arrangements one after the other, by their number
	for _, b := range e.blocks {
		kinds[len(b)] = append(kinds[len(b)], slices.Concat(b...))
	}
	e.blocks = nil
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		for _, sum := range together(r, kinds[kind], all) {
			e.blocks = append(e.blocks, slices.Collect(slices.Chunk(sum, width)))
		}
	}
}

// take adds the sum of units to a stratum, as one unit.
func (l *labels) take(s *stratum, units [][]float64, together []int) {
	sum := make([]float64, len(l.current))
	for _, u := range together {
		add(sum, units[u])
	}
	if s.total == nil {
		s.total = make([]float64, len(l.current))
	}
	add(s.total, sum)
	s.units = append(s.units, len(l.units))
	l.units = append(l.units, sum)
}
