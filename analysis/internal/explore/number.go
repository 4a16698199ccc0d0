package explore

import (
	"encoding/json"
	"math"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// number is a float64 that JSON can hold: NaN is null, and +Inf is 1e999, which every
// reader of floating-point numbers takes for infinity.
type number float64

// MarshalJSON writes the shortest form that reads back as the same number.
func (n number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	switch {
	case math.IsNaN(v):
		return []byte("null"), nil
	case math.IsInf(v, 1):
		return []byte("1e999"), nil
	case math.IsInf(v, -1):
		return []byte("-1e999"), nil
	}
	return json.Marshal(v)
}

// numbers are values for JSON.
func numbers(values []float64) []number {
	all := make([]number, len(values))
	for i, v := range values {
		all[i] = number(v)
	}
	return all
}

// interval is an estimate for JSON: its centre, its ends and its number of values.
type interval [4]number

// intervalOf is an estimate in base units. The ends are null where there is no interval.
func intervalOf(e stats.Estimate) interval {
	if e.N == 0 {
		e.Center = math.NaN()
	}
	return interval{number(e.Center), number(e.Low), number(e.High), number(e.N)}
}

// band is a line of estimates for JSON: each of the three has a value for every point.
type band struct {
	// X is the place of each point, in rising order, and Center the estimate.
	X      []number `json:"x"`
	Center []number `json:"y"`
	// Low and High are the ends of the interval; null: there is none.
	Low  []number `json:"low,omitempty"`
	High []number `json:"high,omitempty"`
}

// add appends a point.
func (b *band) add(x float64, e stats.Estimate) {
	b.X = append(b.X, number(x))
	b.Center = append(b.Center, number(e.Center))
	b.Low = append(b.Low, number(e.Low))
	b.High = append(b.High, number(e.High))
}

// ranks are, for every number of trials up to n, the places of the two values that are
// the ends of a median's interval, counted from 1, and the confidence. Places that do
// not exist are null. The page takes the interval of what it recomputes from here, so
// that there is one rule for both.
func ranks(n int) [][3]number {
	all := make([][3]number, n+1)
	var values []float64
	all[0] = [3]number{number(math.NaN()), number(math.NaN()), number(math.NaN())}
	for i := 1; i <= n; i++ {
		values = append(values, float64(i))
		e := stats.Median(values)
		all[i] = [3]number{number(e.Low), number(e.High), number(e.Confidence)}
	}
	return all
}
