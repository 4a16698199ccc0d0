// Package text writes numbers and names as people read them in the harness's
// messages and tables. What a program reads is written elsewhere, in base units.
package text

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Count writes a number with its noun: "1 trial", "3 trials".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Thousands writes a number that is not negative as a whole one, with separators:
// "12,345".
func Thousands(v float64) string {
	s := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Number writes four significant digits, and never an exponent; a dash stands for
// what is not finite.
func Number(v float64) string {
	switch {
	case math.IsInf(v, 0) || math.IsNaN(v):
		return "–"
	case math.Abs(v) >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v == 0:
		return "0"
	}
	digits := 3 - int(math.Floor(math.Log10(math.Abs(v))))
	return strconv.FormatFloat(v, 'f', min(digits, 6), 64)
}

// Duration rounds a duration to seconds, to minutes, or from an hour on to hours
// and minutes.
func Duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}

// Matrix writes a cell of the matrix as "key=value key=value", by key.
func Matrix(m map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+"="+m[k])
	}
	return strings.Join(parts, " ")
}

// Cell writes a variant with its cell of the matrix, if it has one.
func Cell(variant string, matrix map[string]string) string {
	if m := Matrix(matrix); m != "" {
		return variant + " " + m
	}
	return variant
}
