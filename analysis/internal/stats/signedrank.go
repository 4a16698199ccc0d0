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

// ExactDifferences is the number of differences up to which the distribution of their
// signed ranks is exact. The time that this takes grows with the third power.
const ExactDifferences = 100

// SignedRankTest tests whether paired differences are symmetric about zero. It is exact up
// to 100 differences, also with ties and zeros: differences of zero are ranked with the
// others (Pratt), equal differences share their mean rank, and the null distribution is
// the one over all 2ⁿ sign flips of the given differences. Of more differences, that
// distribution is approximated by a normal one with its mean and variance. R's wilcox.test is not exact
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
	below, above := tails(steps, total, w)
	return SignedRank{
		N: len(d), W: float64(w) / 2,
		P:       min(1, 2*min(below, above)),
		Greater: min(1, above), Less: min(1, below),
	}
}

// tails are the probabilities of a sum of at most w and of one of at least w, when every
// step is taken with probability one half.
func tails(steps []int, total, w int) (below, above float64) {
	if len(steps) > ExactDifferences {
		squares := 0.0
		for _, s := range steps {
			squares += float64(s) * float64(s)
		}
		sd := math.Sqrt(squares) / 2
		// The steps are doubled ranks, so that neighbouring sums are 2 apart.
		tail := func(distance float64) float64 { return math.Erfc((distance-1)/sd/math.Sqrt2) / 2 }
		over := float64(w) - float64(total)/2
		return tail(-over), tail(over)
	}
	for s, p := range subsetSums(steps, total) {
		if s <= w {
			below += p
		}
		if s >= w {
			above += p
		}
	}
	return below, above
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
// and that probability. k is 0 if there is no such number. Above 100 differences it uses
// the normal approximation, as the test does.
func walshRank(n int, tail float64) (k int, p float64) {
	if n > ExactDifferences {
		f := float64(n)
		z := math.Sqrt2 * math.Erfinv(2*tail-1)
		return max(0, int(math.Floor(f*(f+1)/4+z*math.Sqrt(f*(f+1)*(2*f+1)/24)))), tail
	}
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
