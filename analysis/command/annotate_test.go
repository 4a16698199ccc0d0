package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/internal/program"
)

// What the gate writes is what annotations, plots and trends read.
func TestVerdictsAreReadAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	bundletest.WriteCheck(t, dir, bundletest.Check{Slower: map[string]float64{"head": 1.3, "slowed": 1}})
	_, verdict, _ := call(t, "gate", dir, "--base", "base", "--head", "head", "--json")
	file := filepath.Join(t.TempDir(), "20260102T030405Z-abc.json")
	if err := os.WriteFile(file, []byte(verdict), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"annotate", file}, program.Done, []string{"::error title=Performance regression::HTTP/scenario=steady-1, p99-sec: worse by +3", "; the margin is +10.0 %25\n",
			"::warning title=Positive control not found::A known slowdown, slowed against base,"}},
		{[]string{"annotate", "--plot", file}, program.Done, []string{"HTTP/scenario=steady-1 p99-sec ", "●", "┤", "┊", " at most +"}},
		{[]string{"trend", file}, program.Done, []string{"1 check, and it takes 16", "p99-sec", "+3"}},
		{[]string{"annotate", file + "x"}, program.Failed, nil},
		{[]string{"annotate", filepath.Join(dir, "manifest.json")}, program.Failed, nil},
		{[]string{"annotate"}, program.Wrong, nil},
	} {
		code, stdout, stderr := call(t, c.args...)
		if code != c.code || (code != program.Done) != (stderr != "") {
			t.Errorf("%q: status %d, want %d, stderr %q", c.args, code, c.code, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%q: %q is missing from\n%s", c.args, want, stdout)
			}
		}
	}
}
