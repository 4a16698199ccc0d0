package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// Scale is the unit in which a column is printed. A printed number is the value in base
// units times Factor.
type Scale struct {
	Factor float64 // printed numbers are base units times Factor
	Unit   string  // as printed: "ms", "KiB", "%"; empty for plain numbers
}

// Plain prints base units as they are.
var Plain = Scale{1, ""}

// None is printed for a number that does not exist. A footnote says why it does not.
const None = "–"

// ScaleOf chooses a column's unit from the values that it will hold, so that their
// geometric mean reads well.
func ScaleOf(unit string, values []float64) Scale {
	return ScaleIn(units.Of(unit).Dimension, values)
}

// ScaleIn is [ScaleOf] for every unit of a dimension.
func ScaleIn(d results.Dimension, values []float64) Scale {
	switch d {
	case results.Ratio:
		return Scale{100, "%"}
	case results.Bytes:
		return prefix(values, []Scale{{1, "B"}, {1.0 / 1024, "KiB"}, {1.0 / (1 << 20), "MiB"}, {1.0 / (1 << 30), "GiB"}})
	case results.Seconds:
		return prefix(values, []Scale{{1e9, "ns"}, {1e6, "µs"}, {1e3, "ms"}, {1, "s"}})
	case results.PerSecond:
		return Scale{1, "/s"}
	}
	return Scale{1, ""}
}

// prefix is the largest of the scales, given from small units to large, in which
// the typical value is at least one.
func prefix(values []float64, scales []Scale) Scale {
	sum, n := 0.0, 0
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 0) {
			sum += math.Log(v)
			n++
		}
	}
	best := scales[0]
	if n == 0 {
		return scales[len(scales)-1]
	}
	typical := math.Exp(sum / float64(n))
	for _, s := range scales[1:] {
		if typical*s.Factor >= 1 {
			best = s
		}
	}
	return best
}

// Estimate prints a median with its interval: "12.3 [12.1, 12.6]". All three numbers end
// at the digit in which the interval begins. An estimate without an interval, or with
// one of no width, is printed alone with three significant digits. An estimate of no
// values is None.
func (s Scale) Estimate(e stats.Estimate) string {
	switch {
	case e.N == 0 || math.IsNaN(e.Center):
		return None
	case math.IsInf(e.Center, 1):
		return "> time-out"
	case !e.Bounded(), e.Low == e.High:
		return s.Value(e.Center)
	}
	d := Digits((e.High-e.Low)*s.Factor, e.Center*s.Factor)
	return fmt.Sprintf("%s [%s, %s]", Fixed(e.Center*s.Factor, d), Fixed(e.Low*s.Factor, d), Fixed(e.High*s.Factor, d))
}

// Center prints the median alone, with as many digits as Estimate gives it.
func (s Scale) Center(e stats.Estimate) string {
	switch {
	case e.N == 0 || math.IsNaN(e.Center):
		return None
	case math.IsInf(e.Center, 1):
		return "> time-out"
	case !e.Bounded():
		return s.Value(e.Center)
	}
	return Fixed(e.Center*s.Factor, Digits((e.High-e.Low)*s.Factor, e.Center*s.Factor))
}

// Value prints a number that has no interval with three significant digits. NaN is None,
// and +Inf is a value beyond the time-out.
func (s Scale) Value(v float64) string {
	switch {
	case math.IsNaN(v):
		return None
	case math.IsInf(v, 1):
		return "> time-out"
	}
	return Fixed(v*s.Factor, Digits(0, v*s.Factor))
}

// Digits is how many decimals to print of a number with an interval of the given width:
// the last one is the leading digit of half the width. Without an interval, which is a
// width of 0, a whole number has no decimals and another has three significant digits.
func Digits(width, center float64) int {
	if width > 0 && !math.IsInf(width, 0) {
		return min(6, max(0, -int(math.Floor(math.Log10(width/2)))))
	}
	if center == math.Round(center) || math.IsInf(center, 0) {
		return 0
	}
	return min(6, max(0, 2-int(math.Floor(math.Log10(math.Abs(center))))))
}

// Fixed prints v with d decimals and its thousands separated. +Inf is ∞.
func Fixed(v float64, d int) string {
	if math.IsInf(v, 1) {
		return "∞"
	}
	s := strconv.FormatFloat(v, 'f', d, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	whole, frac, cut := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if cut {
		whole += "." + frac
	}
	return sign + whole
}

// Count prints a whole number with thousands separated.
func Count[T ~int | ~uint64](n T) string { return Fixed(float64(n), 0) }

// Signed is [Fixed] with a plus before numbers that are printed above zero.
func Signed(v float64, d int) string {
	s := Fixed(v, d)
	if v > 0 && strings.Trim(s, "0.,") != "" {
		return "+" + s
	}
	return s
}

// Percent prints a confidence or a share with at most one decimal, or two
// below a tenth of a per cent.
func Percent(share float64) string {
	switch {
	case math.IsNaN(share):
		return None
	case share != 0 && math.Abs(share) < 0.001:
		return Fixed(100*share, 2) + " %"
	}
	return strconv.FormatFloat(math.Round(share*1000)/10, 'f', -1, 64) + " %"
}
