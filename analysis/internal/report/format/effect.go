package format

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// Ratio prints a factor with its interval: "×4.21 [4.18, 4.25]". NaN is None.
func Ratio(e stats.Estimate) string {
	if math.IsNaN(e.Center) {
		return None
	}
	if !e.Bounded() {
		return "×" + Fixed(e.Center, 2)
	}
	d := min(3, max(2, Digits(e.High-e.Low, e.Center)))
	return fmt.Sprintf("×%s [%s, %s]", Fixed(e.Center, d), Fixed(e.Low, d), Fixed(e.High, d))
}

// Points prints a difference of shares with its interval, in percentage points. NaN is
// None.
func Points(e stats.Estimate) string {
	if math.IsNaN(e.Center) {
		return None
	}
	if !e.Bounded() {
		return Signed(100*e.Center, 2) + " pp"
	}
	d := min(2, Digits(100*(e.High-e.Low), 100*e.Center))
	return fmt.Sprintf("%s pp [%s, %s]", Signed(100*e.Center, d), Signed(100*e.Low, d), Signed(100*e.High, d))
}

// Change prints a ratio between ½ and 2 as a change in per cent, and any other ratio as
// a factor.
func Change(e stats.Estimate) string {
	if e.Center > 0.5 && e.Center < 2 {
		d := Digits(100*(e.High-e.Low), 100*(e.Center-1))
		return fmt.Sprintf("%s %% [%s, %s]", Signed(100*(e.Center-1), d), Signed(100*(e.Low-1), d), Signed(100*(e.High-1), d))
	}
	return Ratio(e)
}
