package command

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/analysis/internal/synthetic"
)

// situations measures how often each situation is called what it is, from as many checks
// as it takes to tell 95 % from less:
//
//	go test ./analysis/command -run Situations -timeout 0 -situations 60 -record DIR
//
// The counts are kept in the folder, and the checks that it has are not made again.
var (
	situations = flag.Int("situations", 1, "`number` of checks of each situation, each with noise of its own")
	recordIn   = flag.String("record", "", "`folder` whose situations.jsonl gets the counts, of the repository")
	first      = flag.String("first", "", "`program` of the first version, of the repository, which judges the same bundles if it is there")
)

// Builds that are clearly worse are regressions, whatever marks their trials carry, after
// ten blocks and after twenty; and a build of which nobody knows whether it works never
// passes.
func TestSituations(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone judges recorded situations")
	}
	var all synthetic.Situations
	records, program := inRepository(*recordIn), inRepository(*first)
	if _, err := os.Stat(program); err != nil {
		program = ""
	}
	if records != "" {
		var err error
		if all, err = synthetic.ReadSituations(records); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		check bundletest.Check
		code  int // of the gate
		says  string
	}{
		{"a closed load fails 3 % at once", bundletest.Check{AtOnce: map[string]float64{"head": 0.03}}, 1, "unanswered-ratio"},
		{"a closed load fails 40 % at once", bundletest.Check{AtOnce: map[string]float64{"head": 0.4}}, 1, "unanswered-ratio"},
		{"a closed load fails 80 % at once", bundletest.Check{AtOnce: map[string]float64{"head": 0.8}}, 1, "unanswered-ratio"},
		{"a closed load refuses 10 % at once", bundletest.Check{Turned: map[string]float64{"head": 0.1}}, 1, "unanswered-ratio"},
		{"p50 × 2.34, and 5.2 % of the p99 are the generator's", bundletest.Check{Open: true, Share: 0.052, Slower: map[string]float64{"head": 2.34}}, 1, "p50-sec"},
		{"head saturated in all blocks, p50 × 5", bundletest.Check{Open: true, Behind: "head", Slower: map[string]float64{"head": 5}}, 1, "saturated trials"},
		{"p50 + 30 %, one trial of head saturated", bundletest.Check{Open: true, Lags: map[string][]int{"head": {4}}, Slower: map[string]float64{"head": 1.3}}, 1, "p50-sec"},
		{"p50 + 30 %, one trial of base saturated", bundletest.Check{Open: true, Lags: map[string][]int{"base": {4}}, Slower: map[string]float64{"head": 1.3}}, 1, "p50-sec"},
		{"p50 × 3, 8 % of base is the generator's", bundletest.Check{Open: true, Shares: map[string]float64{"base": 0.08}, Slower: map[string]float64{"head": 3}}, 1, "p50-sec"},
		{"refuses 5 %, p50 + 50 %, without an objective", bundletest.Check{Open: true, NoSLO: true, Refuses: "head", Slower: map[string]float64{"head": 1.5}}, 1, "unanswered-ratio"},
		{"the server crashes in two blocks", bundletest.Check{Crashes: map[string][]int{"head": {2, 7}}}, 3, "the server of head ended before it was asked to in 4 of"},
		{"no HTTP trial counts", bundletest.Check{Micro: map[string]float64{}, Void: blocksTo(20)}, 3, "was planned, and no row of it could be judged"},
	} {
		for _, blocks := range []int{10, 20} {
			want := map[int]string{1: gate.Regression, 3: gate.Inconclusive}[c.code]
			found := all.Find(c.name, blocks, want)
			for found.Checks < *situations {
				c.check.Blocks, c.check.Seed = blocks, uint64(found.Checks)
				dir := filepath.Join(t.TempDir(), "bundle")
				bundletest.WriteCheck(t, dir, c.check)
				code, stdout, stderr := call(t, "gate", dir, "--base", "base", "--head", "head")
				said := code == c.code && strings.Contains(stdout, c.says)
				found.Checks++
				if said {
					found.Said++
				} else if *situations == 1 {
					t.Errorf("%s, %d blocks: status %d, want %d and %q:\n%s%s", c.name, blocks, code, c.code, c.says, stdout, stderr)
				}
				if code == 0 {
					found.Passed++
				}
				if program != "" {
					judgedByFirst(t, found, program, dir, c.code)
				}
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
				if records != "" && (found.Checks%10 == 0 || found.Checks == *situations) {
					if err := all.Write(records); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// inRepository is a path of the repository, as this test sees it.
func inRepository(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join("..", "..", path)
}

// judgedByFirst counts what the program of the first version says of a bundle.
func judgedByFirst(t *testing.T, s *synthetic.Situation, program, dir string, want int) {
	t.Helper()
	c := exec.Command(program, "gate", dir, "--base", "base", "--head", "head")
	err := c.Run()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		t.Fatal(err)
	}
	code := c.ProcessState.ExitCode()
	if code == 2 {
		return // a bundle that it cannot read
	}
	s.FirstChecks++
	if code == want {
		s.First++
	}
}

// blocksTo are the numbers of the first n blocks.
func blocksTo(n int) []int {
	var all []int
	for b := range n {
		all = append(all, b+1)
	}
	return all
}
