package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/results"
)

// firstVersion is a bundle that the first version of the programs wrote: open and
// closed load, two variants, two blocks, and Go benchmarks.
const firstVersion = "../../results/testdata/v1"

// Bundles of the first version stay readable by every command, and a slim bundle
// that is made of one now gives the same answers.
func TestEveryCommandReadsTheFirstVersion(t *testing.T) {
	commands := []struct {
		args []string // B is the bundle, and C a copy of it
		code int
		want string // part of what is printed
	}{
		{[]string{"verify", "B"}, 0, "intact: 8 trials, 8 of them valid"},
		{[]string{"bench", "B"}, 0, "BenchmarkHTTP/scenario=closed/variant=head"},
		{[]string{"check", "B"}, 3, ""},
		{[]string{"compare", "B", "--base", "base", "--head", "head"}, 0, "p99"},
		{[]string{"compare", "B", "C"}, 0, ""},
		{[]string{"gate", "B", "--base", "base", "--head", "head", "--json"}, 3, `"inconclusive"`},
		{[]string{"gate", "B", "C", "--json"}, 3, `"inconclusive"`},
		{[]string{"report", "B", "-o", "page.md", "--plots", "plots"}, 0, ""},
	}
	full, slim := map[string]string{}, map[string]string{}
	for _, answers := range []map[string]string{full, slim} {
		source, err := filepath.Abs(firstVersion)
		if err != nil {
			t.Fatal(err)
		}
		t.Chdir(t.TempDir()) // both are called B
		if len(full) == 0 {
			err = os.CopyFS("B", os.DirFS(source))
		} else {
			err = results.Slim(source, "B")
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS("C", os.DirFS("B")); err != nil {
			t.Fatal(err)
		}
		for _, c := range commands {
			code, stdout, stderr := call(t, c.args...)
			if code != c.code || !strings.Contains(stdout, c.want) {
				t.Errorf("%v: status %d, want %d and %q:\n%s%s", c.args, code, c.code, c.want, stdout, stderr)
			}
			answers[strings.Join(c.args, " ")] = stdout + stderr
		}
		page := allPages(t, "page.md")
		before, raw, _ := strings.Cut(page, "## Raw data")
		raw, rooms, _ := strings.Cut(raw, "\n# ")
		if !strings.Contains(raw, "(B/SHA256SUMS)") {
			t.Error("the page does not link the bundle's files")
		}
		answers["page"] = before + rooms
		plots, err := filepath.Glob("plots/*.svg")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range plots {
			svg, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			answers[path] = string(svg)
		}
		if len(plots) < 10 {
			t.Errorf("only %d plots", len(plots))
		}
		delete(answers, "verify B") // says that it is slim
		t.Chdir(filepath.Join(source, "../../../analysis/command"))
	}
	if d := cmp.Diff(full, slim); d != "" {
		t.Errorf("-full +slim\n%s", d)
	}
}

// With the full bundle at hand a slim one is compared with it.
func TestVerifyComparesWithTheFullBundle(t *testing.T) {
	slim := filepath.Join(t.TempDir(), "slim")
	if err := results.Slim(firstVersion, slim); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := call(t, "verify", slim, "--full", firstVersion); code != 0 || !strings.Contains(stdout, "made from "+firstVersion) {
		t.Errorf("status %d: %s%s", code, stdout, stderr)
	}
	if code, _, stderr := call(t, "verify", firstVersion, "--full", slim); code != 1 || !strings.Contains(stderr, "is not a slim bundle") {
		t.Errorf("the other way round: status %d: %s", code, stderr)
	}
}
