package command

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/results"
)

// Go benchmarks that were continued by themselves could be judged each time, and the gate
// counts these looks too.
func TestGateCountsLooksAtBenchmarks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.WriteCheck(t, dir, bundletest.Check{Blocks: 20, Looks: []int{}, Micro: map[string]float64{}})
	for _, c := range []struct {
		name   string
		made   results.Micro
		blocks int
		looks  []int
		alpha  float64
	}{
		{"recorded by an older version", results.Micro{}, 20, []int{}, 0.05},
		{"never continued", results.Micro{Blocks: 20, Looks: []int{}}, 20, []int{}, 0.05},
		{"continued twice", results.Micro{Blocks: 20, Looks: []int{6, 10}}, 20, []int{6, 10}, 0.03},
		{"more than there are trials", results.Micro{Blocks: 24, Looks: []int{20}}, 24, []int{20}, 0},
		{"begun by an older version", results.Micro{Blocks: 20}, 20, nil, 0.03},
	} {
		if err := results.RecordMicro(dir, c.made); err != nil {
			t.Fatal(err)
		}
		_, stdout, stderr := call(t, "gate", dir, "--base", "base", "--head", "head", "--json")
		var said struct {
			Planned int     `json:"planned_blocks"`
			Looks   []int   `json:"looks"`
			Alpha   float64 `json:"alpha"`
		}
		if err := json.Unmarshal([]byte(stdout), &said); err != nil {
			t.Fatalf("%s: %v: %s", c.name, err, stderr)
		}
		if said.Planned != c.blocks || !slices.Equal(said.Looks, c.looks) || said.Alpha < c.alpha-1e-9 || said.Alpha > c.alpha+1e-9 {
			t.Errorf("%s: %+v, want %d blocks, looks after %v and a level of %v", c.name, said, c.blocks, c.looks, c.alpha)
		}
	}
}
