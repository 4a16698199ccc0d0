package process

import (
	"bytes"
	"math"
	"runtime/metrics"
	"testing"
)

// A server's metrics are read or refused, and cost little more than their size.
func FuzzMetrics(f *testing.F) {
	for _, text := range []string{
		"", "a 1\n", "# TYPE a counter\na{b=\"c\"} 1e3 1234\n", "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 2\n", "a NaN\nb -Inf\n",
		"# HELP a \\n\n# TYPE a summary\na{quantile=\"0.5\"} 1\n", "a{x=\"1\"} 1e308\na{x=\"2\"} 1e308\n", "a{", "a{b=\"", "\x00\n", "a 1\na 1\n", "{\"é\"} 1\n", "# TYPE a unknown\n", "go_memstats_heap_alloc_bytes 1e999\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := allocated()
		m, err := parseMetrics(bytes.NewReader(data))
		if got := allocated() - before; got > 16<<20+10_000*uint64(len(data)) {
			t.Errorf("%d bytes took %d MiB", len(data), got>>20)
		}
		for name, value := range m {
			if name == "" || math.IsNaN(value) || math.IsInf(value, 0) {
				t.Errorf("%q is %v, %v", name, value, err)
			}
		}
	})
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
