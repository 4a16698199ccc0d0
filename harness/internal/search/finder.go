package search

import (
	"math"
	"slices"
)

// Bounds of a search, so that every search ends.
const (
	maxSteps   = 40
	lowestRate = 1.0 // per second
)

// Finder proposes rates. The zero value is not usable; call New.
type Finder struct {
	precision float64
	rate      float64
	confirm   bool
	done      bool
	steps     int

	held    []float64 // rates that held and were not refuted later, ascending
	refuted float64   // lowest rate that did not hold; 0 if there is none
}

// New starts a search at a rate per second. The search ends when the ratio of the
// bracket's ends is at most 1+precision.
func New(start, precision float64) *Finder {
	return &Finder{precision: precision, rate: round(max(start, lowestRate))}
}

// Next returns the next rate to try, and whether the trial is to confirm that rate.
// more is false when the search is over.
func (f *Finder) Next() (rate float64, confirm, more bool) {
	return f.rate, f.confirm, !f.done
}

// Report says whether the rate that Next returned held.
func (f *Finder) Report(holds bool) {
	f.steps++
	switch {
	case f.confirm && holds:
		f.done = true
		return
	case holds:
		f.held = append(f.held, f.rate)
		slices.Sort(f.held)
	default:
		f.refuted = f.rate
		f.held = slices.DeleteFunc(f.held, func(r float64) bool { return r >= f.rate })
	}
	f.confirm = false
	low := f.low()
	switch {
	case f.steps >= maxSteps:
		f.done = true
	case f.refuted == 0:
		f.rate = round(2 * low)
	case low == 0:
		if f.rate <= lowestRate {
			f.done = true
			return
		}
		f.rate = round(max(f.refuted/2, lowestRate))
	default:
		middle := round(math.Sqrt(low * f.refuted))
		if f.refuted/low <= 1+f.precision || middle <= low || middle >= f.refuted {
			f.rate, f.confirm = low, true
			return
		}
		f.rate = middle
	}
}

// Stop ends the search early, for a reason outside the search. A rate that was about
// to be confirmed stays unconfirmed.
func (f *Finder) Stop() { f.done, f.confirm = true, false }

// Bracket returns the highest rate that held and the lowest that did not; 0 means
// that there is none. The highest is confirmed if the search was not stopped.
func (f *Finder) Bracket() (held, refuted float64, confirmed bool) {
	return f.low(), f.refuted, f.done && f.confirm
}

// low is the highest rate that is known to hold, or 0.
func (f *Finder) low() float64 {
	if len(f.held) == 0 {
		return 0
	}
	return f.held[len(f.held)-1]
}

// round rounds to three significant digits, which is finer than any precision in use
// and makes rates readable and repeatable.
func round(rate float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(rate))-2)
	return math.Round(rate/unit) * unit
}
