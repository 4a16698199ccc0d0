package gate

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
)

// In a stream with several targets the latency is judged by target, and so is what was
// not answered well. Where a target has too few values for a p99, the stream's is judged.
func TestRowsOfTargets(t *testing.T) {
	for _, c := range []struct {
		name   string
		values int // requests a second, for two seconds
		want   []string
	}{
		{"enough for a p99", 3000, []string{
			"create p50-sec", "create p99-sec", "create unanswered-ratio", "list p50-sec", "list p99-sec", "list unanswered-ratio", "stream within-slo-ratio"}},
		{"too few for that of create", 1000, []string{
			"create p50-sec", "create unanswered-ratio", "list p50-sec", "list p99-sec", "list unanswered-ratio", "stream p99-sec", "stream within-slo-ratio"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bundle")
			bundletest.Write(t, dir, bundletest.Plan{Targets: true, Values: c.values, Blocks: 10})
			source, err := load.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			// The same lines as text have the same rows, whoever reads them.
			text, err := load.Open(filepath.Join(dir, "bench.txt"))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []load.Source{source, text} {
				in, err := Collect([]load.Source{s}, Options{Base: "naive", Head: "workerpool"})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, r := range in.Rows {
					if !strings.Contains(r.Name, "scenario=steady") {
						continue
					}
					of := "stream"
					for _, target := range []string{"list", "create"} {
						if strings.Contains(r.Name, "/target="+target) {
							of = target
						}
					}
					got = append(got, of+" "+r.Unit)
				}
				slices.Sort(got)
				if d := cmp.Diff(c.want, got); d != "" {
					t.Errorf("%s: primary rows (-want +got):\n%s", s.Label(), d)
				}
			}
		})
	}
}
