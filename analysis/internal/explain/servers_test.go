package explain

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// The merged profile of a variant holds what an answer costs on each of its servers, by
// the answers of that server, and as a mean over trials.
func TestServersAddUp(t *testing.T) {
	run := bundleOfTwoServers(t, 3)
	var out bytes.Buffer
	if err := Profile(&out, run, "base", Merged); err != nil {
		t.Fatal(err)
	}
	p, err := profile.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{} // nanoseconds for a million answers, by the innermost function
	for _, s := range p.Sample {
		got[s.Location[0].Line[0].Function.Name] += float64(s.Value[1])
	}
	for name, want := range map[string]float64{"api.handle": 10e9, "worker.run": 40e9} {
		if g := got[name]; g < 0.93*want || g > 1.07*want {
			t.Errorf("%s: %.3g ns for a million answers, want %.3g", name, g, want)
		}
	}
}

// bundleOfTwoServers writes a bundle whose servers have used equally much CPU time. The
// second one gave a quarter as many answers.
func bundleOfTwoServers(t *testing.T, blocks int) *load.Run {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "b")
	w, err := results.Create(dir, &results.Manifest{
		ProfileBlocks: blocks, ProfilePlan: []results.Planned{{Profiled: true}},
		Scenarios: []results.Scenario{{
			Name: "s", Variants: []results.Variant{{Name: "base"}},
			Streams: []results.Stream{{Name: "page", Server: "api"}, {Name: "batch", Server: "worker"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for block := 1; block <= blocks; block++ {
		r := rand.New(rand.NewPCG(uint64(block), 0))
		tr := usual().trial("base", block, true, r)
		tr.Streams = []results.StreamResult{
			{Name: "page", Model: results.ModelOpen, Window: 2 * time.Second, Completed: answers},
			{Name: "batch", Model: results.ModelOpen, Window: 2 * time.Second, Completed: answers / 4},
		}
		tr.Servers = []results.ServerResult{{Name: "api"}, {Name: "worker"}}
		var data []results.ProfileData
		for name, stack := range map[string]string{"api": "main.main api.handle", "worker": "main.main worker.run"} {
			data = append(data, results.ProfileData{
				Data: profileOf(t, results.ProfileCPU, []call{{stack, 10_000}}, r),
				Profile: results.Profile{
					Server: name, Kind: results.ProfileCPU, Seconds: 2, File: results.ProfileFile(tr.ID, name, results.ProfileCPU, true),
				},
			})
		}
		if err := w.Append(tr, nil, data...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		t.Fatal(err)
	}
	run, err := load.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	return run
}
