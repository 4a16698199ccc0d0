package scenario

import "strings"

// didYouMean suggests the candidate that is most similar to name. If none is similar
// and there are few candidates, it lists them.
func didYouMean(name string, candidates []string) string {
	best, distance := "", 1+max(1, len(name)/3)
	for _, c := range candidates {
		if d := editDistance(strings.ToLower(name), c); d < distance {
			best, distance = c, d
		}
	}
	switch {
	case best != "":
		return "did you mean " + best + "?"
	case len(candidates) == 0 || len(candidates) > 20:
		return ""
	default:
		return "known: " + strings.Join(candidates, ", ")
	}
}

// editDistance is the smallest number of bytes that have to be inserted, deleted,
// replaced or swapped with their neighbour to turn a into b (optimal string
// alignment).
func editDistance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// nearest is didYouMean without the list, for messages that already have it.
func nearest(name string, candidates []string) string {
	if s := didYouMean(name, candidates); strings.HasPrefix(s, "did you mean") {
		return s
	}
	return ""
}
