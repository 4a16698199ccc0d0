package command

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// matrixText writes a cell of the matrix as "key=value key=value".
func matrixText(m map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+"="+m[k])
	}
	return strings.Join(parts, " ")
}

// cellsText says how many scenarios and variants are compared.
func cellsText(all []work) string {
	cells := 0
	for _, w := range all {
		cells += len(w.cells)
	}
	return fmt.Sprintf("%s with %s", count(len(all), "scenario"), count(cells, "variant"))
}

// thousands writes a whole number with separators.
func thousands(v float64) string {
	s := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
