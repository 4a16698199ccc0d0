package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// scale is the unit in which a column is printed: base units times factor.
type scale struct {
	factor float64
	unit   string
}

// none marks a number that does not exist; a footnote says why.
const none = "–"

// scaleOf chooses a column's unit from the values that it will hold, so that
// their geometric mean reads well.
func scaleOf(unit string, values []float64) scale {
	return scaleIn(metric.Of(unit).Dimension, values)
}

// scaleIn does the same for all units of a dimension.
func scaleIn(d results.Dimension, values []float64) scale {
	switch d {
	case results.Ratio:
		return scale{100, "%"}
	case results.Bytes:
		return prefix(values, []scale{{1, "B"}, {1.0 / 1024, "KiB"}, {1.0 / (1 << 20), "MiB"}, {1.0 / (1 << 30), "GiB"}})
	case results.Seconds:
		return prefix(values, []scale{{1e9, "ns"}, {1e6, "µs"}, {1e3, "ms"}, {1, "s"}})
	case results.PerSecond:
		return scale{1, "/s"}
	}
	return scale{1, ""}
}

// prefix is the largest of the scales, given from small units to large, in which
// the typical value is at least one.
func prefix(values []float64, scales []scale) scale {
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
		if typical*s.factor >= 1 {
			best = s
		}
	}
	return best
}

// estimate prints a median with its interval, both ending at the digit in which
// the interval begins; without an interval, or where it has no width because
// trials agree, three significant digits.
func (s scale) estimate(e stats.Estimate) string {
	switch {
	case e.N == 0 || math.IsNaN(e.Center):
		return none
	case math.IsInf(e.Center, 1):
		return "> time-out"
	case !e.Bounded(), e.Low == e.High:
		return s.value(e.Center)
	}
	d := digits((e.High-e.Low)*s.factor, e.Center*s.factor)
	return fmt.Sprintf("%s [%s, %s]", fixed(e.Center*s.factor, d), fixed(e.Low*s.factor, d), fixed(e.High*s.factor, d))
}

// center prints the median alone, with the digits that its interval supports.
func (s scale) center(e stats.Estimate) string {
	switch {
	case e.N == 0 || math.IsNaN(e.Center):
		return none
	case math.IsInf(e.Center, 1):
		return "> time-out"
	case !e.Bounded():
		return s.value(e.Center)
	}
	return fixed(e.Center*s.factor, digits((e.High-e.Low)*s.factor, e.Center*s.factor))
}

// value prints a number that has no interval, with three significant digits.
func (s scale) value(v float64) string {
	switch {
	case math.IsNaN(v):
		return none
	case math.IsInf(v, 1):
		return "> time-out"
	}
	return fixed(v*s.factor, digits(0, v*s.factor))
}

// digits is how many decimals to print: down to the leading digit of half the
// width of the interval, or three significant digits if it has none. Whole
// numbers have no decimals.
func digits(width, center float64) int {
	if width > 0 && !math.IsInf(width, 0) {
		return min(6, max(0, -int(math.Floor(math.Log10(width/2)))))
	}
	if center == math.Round(center) || math.IsInf(center, 0) {
		return 0
	}
	return min(6, max(0, 2-int(math.Floor(math.Log10(math.Abs(center))))))
}

// fixed prints v with d decimals and thousands separated.
func fixed(v float64, d int) string {
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

// count prints a whole number with thousands separated.
func count[T ~int | ~uint64](n T) string { return fixed(float64(n), 0) }

// ratio prints a factor with its interval.
func ratio(e stats.Estimate) string {
	if math.IsNaN(e.Center) {
		return none
	}
	if !e.Bounded() {
		return "×" + fixed(e.Center, 2)
	}
	d := min(3, max(2, digits(e.High-e.Low, e.Center)))
	return fmt.Sprintf("×%s [%s, %s]", fixed(e.Center, d), fixed(e.Low, d), fixed(e.High, d))
}

// points prints a difference of shares in percentage points.
func points(e stats.Estimate) string {
	if math.IsNaN(e.Center) {
		return none
	}
	if !e.Bounded() {
		return signed(100*e.Center, 2) + " pp"
	}
	d := min(2, digits(100*(e.High-e.Low), 100*e.Center))
	return fmt.Sprintf("%s pp [%s, %s]", signed(100*e.Center, d), signed(100*e.Low, d), signed(100*e.High, d))
}

func signed(v float64, d int) string {
	s := fixed(v, d)
	if v > 0 && strings.Trim(s, "0.,") != "" {
		return "+" + s
	}
	return s
}

// percent prints a confidence or a share with at most one decimal, or two
// below a tenth of a per cent.
func percent(share float64) string {
	switch {
	case math.IsNaN(share):
		return none
	case share != 0 && math.Abs(share) < 0.001:
		return fixed(100*share, 2) + " %"
	}
	return strconv.FormatFloat(math.Round(share*1000)/10, 'f', -1, 64) + " %"
}
