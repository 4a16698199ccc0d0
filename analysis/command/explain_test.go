package command

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
)

// What explain cannot answer is said, with what to do, and nothing is written.
func TestExplainWithoutProfiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 1, Seconds: 1, Values: 50})
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{dir, "--base", "naive", "--head", "workerpool"}, 1, "has no profiled trials: make them with"},
		{[]string{dir, "--base", "naive", "--head", "other"}, 2, `no variant "other"`},
		{[]string{dir}, 2, "needs --base and --head"},
		{[]string{dir, "--base", "naive", "--head", "workerpool", "--svg", filepath.Join(dir, "f.svg")}, 2, "bundles are never written to"},
		{[]string{filepath.Join(dir, "none"), "--base", "naive", "--head", "workerpool"}, 1, "no bundle there"},
		{nil, 2, "accepts 1 arg"},
	} {
		code, stdout, stderr := call(t, append([]string{"explain"}, c.args...)...)
		if code != c.code || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit status %d, want %d; %q is not in %q", c.args, code, c.code, c.want, stderr)
		}
	}
}
