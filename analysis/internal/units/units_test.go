package units

import "testing"

func TestBetter(t *testing.T) {
	for _, c := range []struct {
		unit string
		want Direction
	}{
		{"sec/op", Lower},
		{"B/op", Lower},
		{"p99-sec", Lower},
		{"peak-RSS-bytes", Lower},
		{"error-ratio", Lower},
		{"within-slo-ratio", Higher},
		{"goodput/s", Higher},
		{"B/s", Higher},
		{"allocs/op", Lower},
		{"MB/s", Unknown}, // the reader of the format makes it B/s
		// A suffix says nothing of what is counted.
		{"widgets", Unknown},
		{"hit-ratio", Unknown},
		{"compression-ratio", Unknown},
		{"hits/op", Unknown},
		{"drops/s", Unknown},
		{"idle-sec", Unknown},
		{"saved-bytes", Unknown},
	} {
		if got := Better(c.unit); got != c.want {
			t.Errorf("Better(%q) = %v, want %v", c.unit, got, c.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		unit string
		want float64
		few  uint64
	}{
		{"p50-sec", 0.50, 0},
		{"p99-sec", 0.99, 1_000},
		{"p99.9-sec", 0.999, 10_000},
		{"lag-p99-sec", 0.99, 1_000},
		{"mean-sec", 0, 0},
		{"req/s", 0, 0},
	} {
		if got, few := Quantile(c.unit), MinValues(c.unit); got != c.want || few != c.few {
			t.Errorf("%q: quantile %v, needs %d values, want %v and %d", c.unit, got, few, c.want, c.few)
		}
	}
}

func TestLatency(t *testing.T) {
	for unit, want := range map[string]bool{
		"p50-sec": true, "p99.9-sec": true, "mean-sec": true, "max-sec": true,
		"lag-p99-sec": false, "service-p99-sec": false, "peak-RSS-bytes": false, "pages-sec": false,
	} {
		if IsLatency(unit) != want {
			t.Errorf("IsLatency(%q) = %v", unit, !want)
		}
	}
}

// Only shares that are known to be shares are compared by difference and shown in per
// cent: a compression ratio of 3 is none.
func TestIsShare(t *testing.T) {
	for unit, want := range map[string]bool{
		"within-slo-ratio": true, "unanswered-ratio": true, "compression-ratio": false, "hit-ratio": false, "sec/op": false,
		"reuse-hit-ratio": true, "failed-ratio": true,
	} {
		if IsShare(unit) != want {
			t.Errorf("IsShare(%q) = %v", unit, !want)
		}
	}
}
