package knownanswer

import (
	"errors"
	"testing"

	"github.com/assay-bench/assay/results"
)

func TestBisect(t *testing.T) {
	for limit, want := range map[float64]float64{0: 0, 10: 0, 500: 500, 620: 500, 930: 875, 5000: 875} {
		got, err := Bisect(1000, 3, func(rate float64) (bool, error) { return rate <= limit, nil })
		if err != nil || got != want {
			t.Errorf("limit %v: %v, want %v (%v)", limit, got, want, err)
		}
	}
}

// A rate is good if it is good at the second try, and an error ends the search.
func TestBisectTriesTwice(t *testing.T) {
	tries := map[float64]int{}
	got, err := Bisect(1000, 2, func(rate float64) (bool, error) {
		tries[rate]++
		return rate <= 500 && tries[rate] == 2, nil
	})
	if err != nil || got != 500 || tries[500] != 2 || tries[750] != 2 {
		t.Errorf("%v after %v (%v)", got, tries, err)
	}
	broken := errors.New("broken")
	if _, err := Bisect(1000, 2, func(float64) (bool, error) { return false, broken }); err != broken {
		t.Errorf("error %v", err)
	}
}

func TestHeld(t *testing.T) {
	result := func(lag float64, change func(*results.StreamResult)) *results.StreamResult {
		h := results.NewHistogram()
		for range 100 {
			_ = h.RecordValue(int64(lag * 1e9))
		}
		r := &results.StreamResult{
			Model: results.ModelOpen, Sent: 100, Planned: 100, Scheduled: 100, Recorded: 100, Completed: 100, Outcomes: results.Outcomes{OK: 100},
			Parts: map[string]results.Quantiles{"lag.ok": results.Summarise(h, 0)},
		}
		change(r)
		return r
	}
	for name, c := range map[string]struct {
		lag    float64
		change func(*results.StreamResult)
		want   bool
	}{
		"in time":           {0.9e-3, func(*results.StreamResult) {}, true},
		"late":              {1.1e-3, func(*results.StreamResult) {}, false},
		"not all sent":      {0, func(r *results.StreamResult) { r.Sent = 99 }, false},
		"a failure":         {0, func(r *results.StreamResult) { r.Outcomes = results.Outcomes{OK: 99, Error: 1} }, false},
		"limited by itself": {0, func(r *results.StreamResult) { r.GeneratorLimited = "handling" }, false},
		"nothing at all":    {0, func(r *results.StreamResult) { r.Parts = nil }, false},
	} {
		if got := Held(result(c.lag, c.change)); got != c.want {
			t.Errorf("%s: held %v", name, got)
		}
	}
}
