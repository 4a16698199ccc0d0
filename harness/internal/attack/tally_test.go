package attack

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// A tally counts what a histogram of the bundle counts, bin by bin.
func TestTallyIsAHistogram(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := []time.Duration{0, 1, 1023, 1024, 2047, 2048, 2049, 4095, 4096, time.Duration(results.MaxValue) - 1, time.Duration(results.MaxValue)}
	for range 100_000 {
		values = append(values, time.Duration(math.Exp(r.Float64()*math.Log(float64(results.MaxValue)))))
	}
	counts := newTally()
	want, got := results.NewHistogram(), results.NewHistogram()
	for _, v := range values {
		counts.add(v)
		if err := want.RecordValue(int64(v)); err != nil {
			t.Fatal(err)
		}
	}
	pour(got, counts.take().bins(nil))
	if !got.Equals(want) || got.TotalCount() != int64(len(values)) || got.Max() != want.Max() || got.Min() != want.Min() {
		t.Errorf("%d values in %v … %v, want %d in %v … %v, and the same bins", got.TotalCount(), got.Min(), got.Max(), want.TotalCount(), want.Min(), want.Max())
	}
	if left := counts.take(); len(left) != 0 {
		t.Errorf("%d bins are left", len(left))
	}
	// What cannot be does not get lost.
	counts.add(-time.Second)
	counts.add(100 * time.Hour)
	ends := results.NewHistogram()
	pour(ends, counts.take().bins(nil))
	if ends.TotalCount() != 2 || ends.Min() != 0 || ends.Max() < results.MaxValue {
		t.Errorf("%d values in %v … %v", ends.TotalCount(), ends.Min(), ends.Max())
	}
}

func TestPercentile(t *testing.T) {
	counts := newTally()
	if got := percentile(counts.take().bins(nil), 0.99); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
	for v := 1000; v > 0; v-- {
		counts.add(time.Duration(v))
	}
	all := counts.take().bins(nil)
	for p, want := range map[float64]time.Duration{0.001: 1, 0.5: 500, 0.99: 990, 1: 1000} {
		if got := percentile(all, p); got != want {
			t.Errorf("p = %v: %v, want %v", p, got, want)
		}
	}
}
