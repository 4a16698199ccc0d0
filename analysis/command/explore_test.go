package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
)

func TestExplore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 6, Trials: 18})
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		stdout string
		stderr string // a part of it
	}{
		{"default name", []string{"explore", dir}, 0, "run.html\n", ""},
		{"two bundles", []string{"explore", dir, dir, "-o", "both.html"}, 0, "both.html\n", ""},
		{"into the bundle", []string{"explore", dir, "-o", filepath.Join(dir, "x.html")}, 2, "", "bundles are never written to"},
		{"no bundle", []string{"explore", "nowhere"}, 1, "", "no bundle there"},
		{"three", []string{"explore", "a", "b", "c"}, 2, "", "accepts between 1 and 2"},
		{"served and written", []string{"explore", dir, "--serve", "-o", "x.html"}, 2, "", "leave out either"},
	} {
		code, stdout, stderr := call(t, c.args...)
		if code != c.code || stdout != c.stdout || !strings.Contains(stderr, c.stderr) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", c.name, code, stdout, stderr)
		}
	}
	for _, file := range []string{"run.html", "both.html"} {
		if data, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(data), "<!doctype html>") {
			t.Errorf("%s: %.60q, %v", file, data, err)
		}
	}
}
