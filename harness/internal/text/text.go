// Package text formats numbers and names for people, in the messages and tables of
// the harness. What programs read is written elsewhere, in base units.
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

// Count formats a number with its noun: "1 trial", "3 trials".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Thousands formats a non-negative number as a whole number with separators:
// "12,345".
func Thousands(v float64) string {
	s := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Number formats four significant digits, never with an exponent. A number that is
// not finite is a dash.
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

// Rate formats a rate per second: whole, or below ten with at most two significant digits.
func Rate(v float64) string {
	if v > 0 && v < 10 {
		return strconv.FormatFloat(v, 'g', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// Duration rounds a duration to seconds, to minutes, or, from an hour on, to hours
// and minutes, and formats it.
func Duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}

// Matrix formats a matrix cell as "key=value key=value", sorted by key.
func Matrix(m map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+"="+m[k])
	}
	return strings.Join(parts, " ")
}

// Cell formats a variant with its matrix cell, if it has one.
func Cell(variant string, matrix map[string]string) string {
	if m := Matrix(matrix); m != "" {
		return variant + " " + m
	}
	return variant
}
