package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/known"
	"github.com/assay-bench/assay/internal/inpage"
)

// The figures in EXPLAIN.md are those of the committed records.
func TestPublishedExplanations(t *testing.T) {
	page, err := os.ReadFile("../EXPLAIN.md")
	if err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, "explained", "../../results/explain")
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, stderr)
	}
	want, err := inpage.Replace(string(page), known.Part, stdout)
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != want {
		t.Error("EXPLAIN.md does not say what results/explain gives: bin/assay explained results/explain --into analysis/EXPLAIN.md")
	}
}

func TestExplained(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "page.md")
	if err := os.WriteFile(page, []byte("a\n"+inpage.Begin(known.Part)+"\n"+inpage.End(known.Part)+"\nb\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := call(t, "explained", dir, "--into", page); code != 0 || stdout != "" {
		t.Fatalf("exit status %d: %s%s", code, stdout, stderr)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "No round has been made yet.") {
		t.Errorf("%v\n%s", err, text)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{dir, "--record", filepath.Join(dir, "none")}, 1, "has no complete round: `assay bench-explain` makes them"},
		{[]string{dir, "--record", "a", "--into", "b"}, 2, "none of the others can be"},
		{[]string{dir, "--into", filepath.Join(dir, "none")}, 1, "replace the part"},
		{nil, 2, "accepts 1 arg"},
	} {
		code, stdout, stderr := call(t, append([]string{"explained"}, c.args...)...)
		if code != c.code || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit status %d, want %d; %q is not in %q", c.args, code, c.code, c.want, stderr)
		}
	}
}
