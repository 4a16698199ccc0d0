package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/synthetic"
	"github.com/assay-bench/assay/internal/inpage"
)

// What was simulated goes into the page, and nothing is simulated for it.
func TestSimulateWritesThePage(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "page.md")
	if err := os.WriteFile(page, []byte("# Gate\n"+inpage.Begin(synthetic.Part)+inpage.End(synthetic.Part)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, "simulate", filepath.Join(dir, "none"), "--checks", "0")
	if code != 0 || !strings.Contains(stdout, "None of these checks was made.") {
		t.Fatalf("status %d: %s%s", code, stdout, stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder was made although nothing was")
	}
	if code, _, stderr = call(t, "simulate", dir, "--checks", "0", "--into", page); code != 0 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	got, err := os.ReadFile(page)
	if want := "# Gate\n" + inpage.Begin(synthetic.Part) + "\n\n" + stdout + "\n" + inpage.End(synthetic.Part) + "\n"; err != nil || string(got) != want {
		t.Errorf("%v: the page is\n%s", err, got)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"simulate"}, 2, "simulate"},
		{[]string{"simulate", dir, "--checks", "-1"}, 2, "want 0 or more"},
		{[]string{"simulate", dir, "--checks", "0", "--into", filepath.Join(dir, "no.md")}, 1, "no.md"},
	} {
		if code, _, stderr := call(t, c.args...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d: %s; want %d and %q", c.args, code, stderr, c.code, c.want)
		}
	}
}

// The tables in GATE.md are those of the committed records.
func TestPublishedSimulation(t *testing.T) {
	page, err := os.ReadFile("../GATE.md")
	if err != nil {
		t.Fatal(err)
	}
	code, text, stderr := call(t, "simulate", "../../results/gate", "--checks", "0")
	if code != 0 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	want, err := inpage.Replace(string(page), synthetic.Part, text)
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != want {
		t.Error("GATE.md does not say what results/gate/simulated.jsonl gives: bin/assay simulate results/gate --checks 0 --into analysis/GATE.md")
	}
}
