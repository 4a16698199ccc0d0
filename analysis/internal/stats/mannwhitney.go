package stats

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// MannWhitney is the two-sided p-value of the Mann–Whitney test: twice the smaller
// of the two one-sided p-values, and at most 1. It is exact up to 50 values a side
// without ties and 25 with, else by the normal approximation. It is 1 if a sample is
// empty or all values are equal. Values may be +Inf and then count by rank.
//
// It equals what benchstat prints, see [Benchstat], unless values tie and the two
// counts differ.
func MannWhitney(x, y []float64) float64 {
	switch {
	case len(x) == 0 || len(y) == 0:
		return 1
	case len(x) == len(y), max(len(x), len(y)) > exactSide, !tied(x, y):
		return Benchstat(x, y)
	}
	return min(1, 2*min(MannWhitneyGreater(x, y), MannWhitneyGreater(y, x)))
}

// Benchstat is the p-value that benchstat prints for two samples, computed by
// benchmath as benchstat does. It is 1 if a sample is empty or all values are equal.
//
// It is wrong where values tie and the two counts differ, with at most 25 values a
// side: it may lie above 1, be 0, which no sample can give, or be a fifteenth
// of what is right. benchmath takes the test from go-moremath, whose
// MannWhitneyUTest doubles the probability that the U of the first sample is at most
// the smaller of the two U. Where the smaller one is that of the second sample, this
// is the tail of the wrong sample. Both tails are alike without ties and with equal
// counts, and only then. The fault stands in go-moremath v0.0.0-20210112150236, the
// newest, and in every benchstat up to now.
func Benchstat(x, y []float64) float64 {
	if len(x) == 0 || len(y) == 0 {
		return 1
	}
	t := benchmath.DefaultThresholds
	return benchmath.AssumeNothing.Compare(
		benchmath.NewSample(slices.Clone(x), &t), benchmath.NewSample(slices.Clone(y), &t)).P
}

// tied reports whether some value occurs twice, in whichever sample.
func tied(x, y []float64) bool {
	pooled := slices.Sorted(slices.Values(slices.Concat(x, y)))
	return len(slices.Compact(pooled)) < len(x)+len(y)
}

// exactSide is the number of values a side up to which the one-sided test is exact, the
// same as in benchmath with ties. Time and memory of the exact test grow with its fourth
// power.
const exactSide = 25

// MannWhitneyGreater is the one-sided p-value for y above x, from the conditional
// distribution of the rank sum over all ways to split the pooled values, ties
// included: exact up to 25 values a side, above by the normal approximation with
// corrections for ties and continuity. It is 1 for an empty sample.
func MannWhitneyGreater(x, y []float64) float64 {
	if len(x) == 0 || len(y) == 0 {
		return 1
	}
	if max(len(x), len(y)) > exactSide {
		return normalGreater(x, y)
	}
	pooled := slices.Concat(y, x)
	ranks := doubledValueRanks(pooled)
	w := 0
	for _, r := range ranks[:len(y)] {
		w += r
	}
	p := 0.0
	for s, q := range splitSums(ranks, len(y)) {
		if s >= w {
			p += q
		}
	}
	return min(1, p)
}

// normalGreater approximates the distribution of the rank sum of y by a normal
// distribution of the same mean and variance.
func normalGreater(x, y []float64) float64 {
	ranks := doubledValueRanks(slices.Concat(y, x))
	m, n := float64(len(y)), float64(len(x))
	middle, w, squares := m+n+1, 0.0, 0.0 // doubled, as the ranks are
	for i, r := range ranks {
		d := float64(r) - middle
		squares += d * d
		if i < len(y) {
			w += d
		}
	}
	if squares == 0 {
		return 1
	}
	sd := math.Sqrt(m * n / ((m + n) * (m + n - 1)) * squares)
	return math.Erfc((w-1)/sd/math.Sqrt2) / 2
}

// doubledValueRanks are twice the ranks of the values, ties sharing their mean.
func doubledValueRanks(v []float64) []int {
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	ranks := make([]int, len(v))
	for i, x := range v {
		first, _ := slices.BinarySearch(sorted, x)
		last, _ := slices.BinarySearchFunc(sorted, x, func(s, x float64) int {
			if s > x {
				return 1
			}
			return -1
		})
		ranks[i] = first + 1 + last
	}
	return ranks
}

// Above is in how many pairs of a value of x and one of y the latter is larger, less those
// in which it is smaller.
func Above(x, y []float64) int {
	// The sum of the doubled ranks of y is m·(n+m+1) if neither sample lies above.
	sum := -len(y) * (len(x) + len(y) + 1)
	for _, r := range doubledValueRanks(slices.Concat(y, x))[:len(y)] {
		sum += r
	}
	return sum
}

// splitSums is the probability of each sum of m ranks drawn without replacement.
func splitSums(ranks []int, m int) []float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	// count[k][s] are the ways to choose k ranks with sum s, scaled at each
	// step so that no count overflows.
	count := make([][]float64, m+1)
	for k := range count {
		count[k] = make([]float64, total+1)
	}
	count[0][0] = 1
	for i, r := range ranks {
		for k := min(i+1, m); k >= 1; k-- {
			for s := total; s >= r; s-- {
				count[k][s] += count[k-1][s-r]
			}
		}
	}
	all := 0.0
	for _, c := range count[m] {
		all += c
	}
	for s := range count[m] {
		count[m][s] /= all
	}
	return count[m]
}

// shiftRank returns the largest k with P(U ≤ k−1) ≤ tail for samples of n and m values
// without ties, and that probability. k is 0 if there is no such number. Above 50 values
// a side it uses the normal approximation, as the test does.
func shiftRank(n, m int, tail float64) (k int, p float64) {
	if max(n, m) > 50 {
		mean, sd := float64(n*m)/2, math.Sqrt(float64(n*m*(n+m+1))/12)
		z := math.Sqrt2 * math.Erfinv(2*tail-1)
		k = int(math.Floor(mean + z*sd))
		return max(k, 0), tail
	}
	sum := 0.0
	for _, q := range uDistribution(n, m) {
		if sum+q > tail {
			break
		}
		sum += q
		k++
	}
	return k, sum
}

// uDistribution is the null distribution of U without ties: the number of
// partitions of u into at most n parts of at most m, over all splits.
func uDistribution(n, m int) []float64 {
	// ways[u] after step i are the partitions with parts of sizes up to i; the
	// generating function is the Gaussian binomial coefficient.
	size := n * m
	ways := make([]float64, size+1)
	ways[0] = 1
	for i := 1; i <= n; i++ {
		for u := size; u >= m+i; u-- {
			ways[u] -= ways[u-m-i]
		}
		for u := i; u <= size; u++ {
			ways[u] += ways[u-i]
		}
	}
	all := 0.0
	for _, w := range ways {
		all += w
	}
	for u := range ways {
		ways[u] /= all
	}
	return ways
}
