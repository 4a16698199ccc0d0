package stats

import (
	"cmp"
	"math"
	"slices"
)

// SignedRank is the outcome of Wilcoxon's signed-rank test.
type SignedRank struct {
	N int     // differences, zeros included
	W float64 // sum of the ranks of the positive differences
	P float64 // two-sided
	// Greater and Less are the one-sided p-values for positive and for
	// negative differences.
	Greater, Less float64
}

// SignedRankTest tests whether paired differences are symmetric about zero. It is exact
// for every n, also with ties and zeros: differences of zero are ranked with the others
// (Pratt), equal differences share their mean rank, and the null distribution is the
// one over all 2ⁿ sign flips of the given differences. R's wilcox.test is not exact
// with ties or zeros; the tests of this package compare with full enumeration instead.
//
// Differences must not be NaN. Infinite differences count by their rank. Without
// differences, or if all of them are zero, every p-value is 1.
func SignedRankTest(d []float64) SignedRank {
	doubled := doubledRanks(d)
	total := 0
	w := 0
	var steps []int // ranks that a flip of signs can move
	for i, r := range doubled {
		switch {
		case d[i] > 0:
			w += r
		case d[i] == 0:
			continue
		}
		total += r
		steps = append(steps, r)
	}
	ways := subsetSums(steps, total)
	below, above := 0.0, 0.0
	for s, p := range ways {
		if s <= w {
			below += p
		}
		if s >= w {
			above += p
		}
	}
	return SignedRank{
		N: len(d), W: float64(w) / 2,
		P:       min(1, 2*min(below, above)),
		Greater: min(1, above), Less: min(1, below),
	}
}

// doubledRanks are twice the ranks of |d|, so that mean ranks stay whole.
func doubledRanks(d []float64) []int {
	order := make([]int, len(d))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(d[a]), math.Abs(d[b])) })
	ranks := make([]int, len(d))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && math.Abs(d[order[j]]) == math.Abs(d[order[i]]) {
			j++
		}
		for k := i; k < j; k++ {
			ranks[order[k]] = i + 1 + j // (i+1 + j)/2, doubled
		}
		i = j
	}
	return ranks
}

// subsetSums is the probability of each sum when every step is taken with
// probability one half: the distribution over all sign flips, without listing
// them.
func subsetSums(steps []int, total int) []float64 {
	p := make([]float64, total+1)
	p[0] = 1
	reach := 0
	for _, s := range steps {
		for i := reach; i >= 0; i-- {
			p[i] /= 2
			p[i+s] += p[i]
		}
		reach += s
	}
	return p
}

// walshRank returns the largest k with P(W ≤ k−1) ≤ tail for n differences without ties,
// and that probability. k is 0 if there is no such number.
func walshRank(n int, tail float64) (k int, p float64) {
	steps := make([]int, n)
	for i := range steps {
		steps[i] = i + 1
	}
	sum := 0.0
	for _, q := range subsetSums(steps, n*(n+1)/2) {
		if sum+q > tail {
			break
		}
		sum += q
		k++
	}
	return k, sum
}
