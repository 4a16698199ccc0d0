package rates

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestEqualsSciPy compares with numbers that SciPy computed; the recipe is
// testdata/recipe.py.
func TestEqualsSciPy(t *testing.T) {
	data, err := os.ReadFile("testdata/scipy.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Rates []struct {
			Hits, Of  int
			Low, High float64
		}
		Pairs []struct {
			A, M, B, N int
			P          float64
		}
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if len(want.Rates) == 0 || len(want.Pairs) == 0 {
		t.Fatal("testdata/scipy.json is empty")
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, SciPy has %v", what, got, want)
		}
	}
	for _, w := range want.Rates {
		low, high := Rate{w.Hits, w.Of}.Interval()
		near("low", low, w.Low)
		near("high", high, w.High)
	}
	for _, w := range want.Pairs {
		near("Fisher", moreOften(Rate{w.A, w.M}, Rate{w.B, w.N}), w.P)
	}
}

func TestIntervalOfNothing(t *testing.T) {
	if low, high := (Rate{}).Interval(); low != 0 || high != 1 {
		t.Errorf("no tries: [%v, %v]", low, high)
	}
	if v := (Rate{}).Value(); !math.IsNaN(v) {
		t.Errorf("no tries: %v", v)
	}
}
