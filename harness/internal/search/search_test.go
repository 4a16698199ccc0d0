package search

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/assay-bench/assay/results"
)

// Whatever the true capacity, the bracket holds it, is as narrow as asked for,
// and its lower end was confirmed.
func TestFinderBracketsTheCapacity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity := rapid.Float64Range(2, 1e6).Draw(t, "capacity")
		start := rapid.Float64Range(1, 1e5).Draw(t, "start")
		f := New(start, 0.05)
		tries := 0
		for {
			rate, _, more := f.Next()
			if !more {
				break
			}
			if tries++; tries > maxSteps {
				t.Fatal("the search does not end")
			}
			f.Report(rate <= capacity)
		}
		held, refuted, confirmed := f.Bracket()
		if !confirmed || held > capacity || refuted <= capacity {
			t.Fatalf("bracket %v … %v (confirmed %v) of capacity %v", held, refuted, confirmed, capacity)
		}
		// Rounding to three digits can leave no rate between the ends.
		if refuted/held > 1.05+0.02 {
			t.Fatalf("bracket %v … %v is wider than 5 %%", held, refuted)
		}
	})
}

func TestFinderGoesBelowWhatDoesNotConfirm(t *testing.T) {
	f := New(100, 0.05)
	var confirms []float64
	for {
		rate, confirm, more := f.Next()
		if !more {
			break
		}
		// Looks fine up to 300/s at first, and is confirmed only up to 200/s.
		limit := 300.0
		if confirm {
			confirms = append(confirms, rate)
			limit = 200
		}
		f.Report(rate <= limit)
	}
	held, refuted, confirmed := f.Bracket()
	if !confirmed || held > 200 || refuted < held || len(confirms) < 2 {
		t.Errorf("held %v, refuted %v, confirmed %v after confirming runs at %v", held, refuted, confirmed, confirms)
	}
}

// A search that is stopped by the trial that closed the bracket had no confirming
// run.
func TestFinderStoppedBeforeItConfirmed(t *testing.T) {
	f := New(1000, 0.05)
	f.Report(true)
	for {
		rate, confirm, _ := f.Next()
		if confirm {
			break
		}
		f.Report(rate <= 1000)
	}
	f.Stop()
	if held, _, confirmed := f.Bracket(); held != 1000 || confirmed {
		t.Errorf("held %v, confirmed %v", held, confirmed)
	}
}

func TestFinderGivesUpOnAServerThatHoldsNothing(t *testing.T) {
	f := New(1000, 0.05)
	for {
		if _, _, more := f.Next(); !more {
			break
		}
		f.Report(false)
	}
	if held, refuted, confirmed := f.Bracket(); held != 0 || refuted != lowestRate || confirmed {
		t.Errorf("held %v, refuted %v, confirmed %v", held, refuted, confirmed)
	}
}

func TestCheck(t *testing.T) {
	p99Of := func(ns float64) map[float64]float64 { return map[float64]float64{0.99: ns} }
	good := results.StreamResult{
		Model: results.ModelOpen, Scheduled: 2000, Completed: 2000, Goodput: 190, Outcomes: results.Outcomes{OK: 1950, Error: 50},
		Headline: results.Quantiles{Count: 1950, ByShare: p99Of(150e6)},
	}
	p99Below := results.Objective{Text: "p99 < 200ms", Metric: "p99", Op: "<", Threshold: 0.2}
	for _, c := range []struct {
		name      string
		edit      func(*results.StreamResult)
		objective results.Objective
		why       string // "": it holds
		late      bool
	}{
		{"good", func(*results.StreamResult) {}, p99Below, "", false},
		{"slow", func(s *results.StreamResult) { s.Headline.ByShare = p99Of(250e6) }, p99Below, "is missed: 0.25", true},
		{"few values", func(s *results.StreamResult) { s.Headline.Count = 999 }, p99Below, "999 values, 1000 are needed", false},
		{"time-outs", func(s *results.StreamResult) { s.Headline.ByShare = nil }, p99Below, "among time-outs", true},
		{"behind", func(s *results.StreamResult) { s.Completed = 1979 }, p99Below, "saturated: 1979 of 2000", true},
		{"growing", func(s *results.StreamResult) { s.InFlight = [3]uint64{5, 20, 41} }, p99Below, "in flight grow", true},
		{"growing by chance", func(s *results.StreamResult) { s.InFlight = [3]uint64{5, 12, 21} }, p99Below, "", false},
		{"growing a little", func(s *results.StreamResult) { s.InFlight = [3]uint64{5, 12, 20} }, p99Below, "", false},
		{"errors", func(*results.StreamResult) {}, results.Objective{Text: "failed < 2%", Metric: "failed", Op: "<", Threshold: 0.02}, "is missed: 0.025", false},
		{"goodput", func(*results.StreamResult) {}, results.Objective{Text: "goodput > 100/s", Metric: "goodput", Op: ">", Threshold: 100}, "", false},
		{"goodput missed", func(*results.StreamResult) {}, results.Objective{Text: "goodput > 200/s", Metric: "goodput", Op: ">", Threshold: 200}, "is missed: 190", false},
		{"slow, and errors", func(s *results.StreamResult) { s.Headline.ByShare = p99Of(250e6) }, results.Objective{Text: "failed < 2%", Metric: "failed", Op: "<", Threshold: 0.02}, "is missed: 0.025", false},
	} {
		s := good
		c.edit(&s)
		v := Check(&s, []results.Objective{c.objective})
		if v.Holds != (c.why == "") || !strings.Contains(v.Why, c.why) || v.Late != c.late {
			t.Errorf("%s: %+v, want %q, late %v", c.name, v, c.why, c.late)
		}
	}
}
