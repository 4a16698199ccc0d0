//go:build unix

package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// benchStub stands in for the programs: it makes the bundles that it is asked for,
// and says which ones are to be published.
const benchStub = `#!/bin/sh
case $1 in
run | search)
	mkdir -p "$3"
	echo '"state": "complete"' >"$3/manifest.json"
	;;
publish)
	shift
	echo "publish $*"
	;;
esac
`

// The search has a bundle beside the run's, however the run's folder is written:
// in it, the search would be a change to a bundle that has ended.
func TestBenchAllKeepsBundlesApart(t *testing.T) {
	script, err := filepath.Abs("bench-all.sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{"results/runs/x", "results/runs/x/", "results/runs/x//", "./results//runs/x/"} {
		dir := t.TempDir()
		for _, program := range []string{"harness", "assay"} {
			write(t, filepath.Join(dir, "bin", program), benchStub)
		}
		c := exec.Command("sh", script, "s.yaml")
		c.Dir, c.Env = dir, append(os.Environ(), "OUT="+out, "SEARCH=s.yaml")
		text, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("OUT=%s: %v\n%s", out, err, text)
		}
		for _, bundle := range []string{"x", "x-capacity"} {
			if got := names(t, filepath.Join(dir, "results/runs", bundle)); !slices.Equal(got, []string{"manifest.json"}) {
				t.Errorf("OUT=%s: %s holds %v", out, bundle, got)
			}
		}
		path := strings.TrimRight(out, "/")
		if want := "publish " + path + " " + path + "-capacity\n"; !strings.HasSuffix(string(text), want) {
			t.Errorf("OUT=%s: %q, want %q at the end", out, text, want)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// names are those in a folder; none if it is not there.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
