package results

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Files are what earlier versions wrote, to the byte, and can be read without the
// quantiles that they do not have.
func TestQuantilesOnDisk(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		text string
		want Quantiles
	}{
		{`{"count":0,"min_ns":null,"mean_ns":null,"p50_ns":null,"p90_ns":null,"p95_ns":null,"p99_ns":null,"p99.9_ns":null,"max_ns":null}`, Quantiles{}},
		{`{"count":3,"timeouts":1,"min_ns":1,"mean_ns":null,"p50_ns":2.5,"p90_ns":null,"p95_ns":null,"p99_ns":null,"p99.9_ns":null,"max_ns":null}`,
			Quantiles{Count: 3, Timeouts: 1, Min: v(1), ByShare: map[float64]float64{0.5: 2.5}}},
		{`{"count":1,"min_ns":1,"mean_ns":1e+21,"p50_ns":1,"p90_ns":1,"p95_ns":1,"p99_ns":1,"p99.9_ns":1,"max_ns":1e+21}`,
			Quantiles{Count: 1, Min: v(1), Mean: v(1e21), Max: v(1e21), ByShare: map[float64]float64{0.5: 1, 0.9: 1, 0.95: 1, 0.99: 1, 0.999: 1}}},
	} {
		var got Quantiles
		if err := json.Unmarshal([]byte(c.text), &got); err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.text, diff)
		}
		if text, err := json.Marshal(c.want); string(text) != c.text || err != nil {
			t.Errorf("written %s, %v\nwant    %s", text, err, c.text)
		}
	}
	var old Quantiles
	if err := json.Unmarshal([]byte(`{"count":1,"p50_ns":2,"p42_ns":1}`), &old); err != nil || len(old.ByShare) != 1 || *old.At(0.50) != 2 || old.At(0.99) != nil {
		t.Errorf("%+v, %v", old, err)
	}
	for _, text := range []string{`{"count":-1}`, `{"count":1.5}`, `{"p99_ns":"1"}`, `[]`} {
		if err := json.Unmarshal([]byte(text), &old); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

func TestAmongTimeouts(t *testing.T) {
	for _, c := range []struct {
		count, timeouts uint64
		share           float64
		want            bool
	}{
		{0, 0, 0.5, false}, {100, 0, 1, false}, {100, 1, 0.99, false}, {100, 1, 0.999, true}, {100, 1, 1, true},
		{100, 2, 0.99, true}, {100, 50, 0.50, false}, {100, 51, 0.50, true}, {3, 3, 0.01, true},
	} {
		if got := (Quantiles{Count: c.count, Timeouts: c.timeouts}).AmongTimeouts(c.share); got != c.want {
			t.Errorf("%d of %d timed out: the quantile of %v is among them: %v", c.timeouts, c.count, c.share, got)
		}
	}
}
