package load

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime/metrics"
	"testing"
)

// Text in benchmark format is read or refused, and whatever is wrong with it is named by
// its file, and by its line where it has one.
func FuzzText(f *testing.F) {
	published, err := os.ReadFile(filepath.FromSlash("../../../results/runs/published/bench.txt"))
	if err == nil {
		f.Add(published[:min(len(published), 8<<10)])
	}
	for _, text := range []string{
		"", "\n", "BenchmarkA 1 10 ns/op\n", "BenchmarkA 1 10 ns/op", "BenchmarkA-8 0 NaN ns/op 1e999 B/op -1 x\n",
		"Unit p99-sec better=lower\nBenchmarkHTTP/scenario=s/variant=v-2 100 0.1 p99-sec 1 lag-p99-sec\nBenchmark\n",
		"key: value\nkey:\nBenchmarkA/a=b/c 1 1 µs/op\n", "\xff\xfeB\x00e\x00", "\ufeffBenchmarkA 1 1 ns/op\r\n", "BenchmarkA\x1b[31m 1 1 ::error::/op\n", "BenchmarkA 1 1\n",
	} {
		f.Add([]byte(text))
	}
	place := regexp.MustCompile(`(^|[ :])f\.txt(:\d+)?: `)
	f.Fuzz(func(t *testing.T, data []byte) {
		before := allocated()
		in := &Text{path: "f.txt", label: "f"}
		found := 0
		err := in.read(bytes.NewReader(data), func(o Observation) error {
			if found++; o.Result == nil {
				t.Error("an observation without a result")
			}
			return nil
		})
		if err == nil && found == 0 {
			t.Error("an empty input is no error")
		}
		for _, err := range append(in.problems, err) {
			if err != nil && !place.MatchString(err.Error()) {
				t.Errorf("the error %q names no place", err)
			}
		}
		if got := allocated() - before; got > 16<<20+1000*uint64(len(data)) {
			t.Errorf("%d bytes took %d MiB", len(data), got>>20)
		}
	})
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
