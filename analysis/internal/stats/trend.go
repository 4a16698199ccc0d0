package stats

import "math"

// Trend is the two-sided p-value of Kendall's test for a trend in the order of
// values (Mann–Kendall), by the normal approximation with corrections for ties and
// continuity. The approximation is close from six values on. The p-value is 1 for fewer
// values, and if all values are equal.
func Trend(v []float64) float64 {
	n := len(v)
	if n < 6 {
		return 1
	}
	s := 0
	ties := map[float64]int{}
	for i := range v {
		ties[v[i]]++
		for j := i + 1; j < n; j++ {
			switch {
			case v[j] > v[i]:
				s++
			case v[j] < v[i]:
				s--
			}
		}
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
