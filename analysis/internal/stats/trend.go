package stats

import (
	"math"
	"slices"
)

// Trend is the two-sided p-value of Kendall's test for a trend in the order of
// values (Mann–Kendall), by the normal approximation with corrections for ties and
// continuity. The approximation is close from six values on. The p-value is 1 for fewer
// values, and if all values are equal.
func Trend(v []float64) float64 {
	n := len(v)
	if n < 6 {
		return 1
	}
	s := concordance(v)
	ties := map[float64]int{}
	for _, x := range v {
		ties[x]++
	}
	kendall := func(n int) float64 { return float64(n * (n - 1) * (2*n + 5)) }
	variance := kendall(n)
	for _, t := range ties {
		variance -= kendall(t)
	}
	if variance <= 0 {
		return 1
	}
	z := (math.Abs(float64(s)) - 1) / math.Sqrt(variance/18)
	return math.Erfc(max(0, z) / math.Sqrt2)
}

// concordance is in how many pairs the later value is larger, less those in which it is
// smaller.
func concordance(v []float64) int {
	sorted := slices.Compact(slices.Sorted(slices.Values(v)))
	// before[r] counts values of the ranks that its place in a binary indexed tree covers.
	before := make([]int, len(sorted)+1)
	upTo := func(r int) (n int) {
		for ; r > 0; r &= r - 1 {
			n += before[r]
		}
		return n
	}
	s := 0
	for i, x := range v {
		rank, _ := slices.BinarySearch(sorted, x)
		smaller, notLarger := upTo(rank), upTo(rank+1)
		s += smaller - (i - notLarger)
		for r := rank + 1; r < len(before); r += r & -r {
			before[r]++
		}
	}
	return s
}
