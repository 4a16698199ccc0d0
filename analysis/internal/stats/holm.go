package stats

import (
	"cmp"
	"slices"
)

// Holm adjusts p-values for their number, step by step from the smallest
// (Holm 1979). It needs no assumption on how the tests depend on each other.
// The order of the result is that of the argument.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = highest
	}
	return adjusted
}
