package benchbisect

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	analysis "github.com/assay-bench/assay/analysis/command"
	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/perfbisect"
	"github.com/assay-bench/assay/internal/inpage"
)

// git is the output of git in a folder.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// The repository of a search is the same each time, builds at its slow commit, and differs
// in its work there alone.
func TestBuild(t *testing.T) {
	var both [2]made
	for i := range both {
		m, err := build(t.Context(), new(child.Runner), filepath.Join(t.TempDir(), "r"), 3, 4)
		if err != nil {
			t.Fatal(err)
		}
		both[i] = m
	}
	m := both[0]
	if m.good != both[1].good || m.bad != both[1].bad || m.slow != both[1].slow {
		t.Errorf("%+v and %+v", both[0], both[1])
	}
	if n := git(t, m.dir, "rev-list", "--count", m.good+".."+m.bad); n != "4" {
		t.Errorf("%s commits, want 4", n)
	}
	if changed := git(t, m.dir, "log", "--format=%H", m.good+".."+m.bad, "--", "work.go"); changed != m.slow {
		t.Errorf("the work changes in %q, want %s", changed, m.slow)
	}
	if testing.Short() {
		return // the full form alone compiles
	}
	c := exec.Command("go", "vet", ".")
	c.Dir, c.Env = m.dir, append(os.Environ(), "GOWORK=off")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Records are kept at once, and a table is made of them.
func TestRecords(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "records")
	r, err := readRecords(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []record{
		{byBenchmarks, 1, "found", true, 5}, {byBenchmarks, 2, "found", true, 4}, {byBenchmarks, 3, "narrowed", true, 6}, {byBenchmarks, 4, "found", false, 5}, {calm, 1, "found", true, 5},
	} {
		if err := r.add(one); err != nil {
			t.Fatal(err)
		}
	}
	again, err := readRecords(dir)
	if err != nil || !slices.Equal(again.all, r.all) || !again.has(byBenchmarks, 3) || again.has(byScenario, 1) {
		t.Errorf("%+v, %v", again, err)
	}
	text := again.markdown()
	for _, want := range []string{"| Go benchmarks | 4 | 2 [6.8, 93.2] | 1 [0.6, 80.6] | 1 | 5.0 | 1 | 6 |\n", "| a short HTTP scenario | 0 |", "| simulated, CV 3 % | 1 | 1 [2.5, 100.0] | 0 [0.0, 97.5] | 0 | 5.0 | 0 | 5 |\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, recordsFile), []byte("{}\nx\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readRecords(dir); err == nil || !strings.Contains(err.Error(), recordsFile+":2: want a search as JSON") {
		t.Errorf("%v", err)
	}
}

// The table of the page is made of the committed records.
func TestPublished(t *testing.T) {
	r, err := readRecords("../../../../results/bisect")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../../analysis/EXPLAIN.md")
	if err != nil {
		t.Fatal(err)
	}
	now, err := inpage.Replace(string(page), part, r.markdown())
	if err != nil || now != string(page) {
		t.Errorf("EXPLAIN.md does not say what results/bisect gives: bin/assay bench-bisect --real 0 --simulated 0 --into analysis/EXPLAIN.md (%v)", err)
	}
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{{"--real", "-1"}, {"--simulated", "-1"}, {"more"}} {
		cmd := Command(analysis.Commands)
		cmd.SetArgs(args)
		cmd.SetOut(new(bytes.Buffer))
		cmd.SetErr(new(bytes.Buffer))
		if err := cmd.ExecuteContext(t.Context()); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

var real = flag.Bool("real", false, "make a real search")

// The whole path for real: the program finds the slow commit of a small history by its Go
// benchmark, from a repository whose checkout stays as it is, and leaves nothing behind.
func TestForReal(t *testing.T) {
	if !*real {
		t.Skip("SKIPPED: a search takes several minutes of a quiet machine: go test ./cmd/assay/internal/benchbisect -run ForReal -real")
	}
	self := filepath.Join(t.TempDir(), "assay")
	if out, err := exec.Command("go", "build", "-o", self, "github.com/assay-bench/assay/cmd/assay").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	top := t.TempDir()
	m, err := build(t.Context(), new(child.Runner), filepath.Join(top, "r"), 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	out := filepath.Join(top, "search")
	was := git(t, m.dir, "status", "--branch", "--porcelain") + git(t, m.dir, "worktree", "list")
	c := exec.Command(self, "perf-bisect", "--repo", m.dir, "--out", out, "--micro=./...", "--benchtime=20ms", "--margin=5%", m.good, m.bad)
	c.Env = append(os.Environ(), "TMPDIR="+temp, "GOWORK=off", "GOFLAGS=")
	text, err := c.CombinedOutput()
	kept, read := perfbisect.ReadAnswer(out)
	if read != nil {
		t.Fatalf("%v, %v\n%s", err, read, text)
	}
	t.Logf("%+v\n%s", kept, text)
	// A busy machine may leave it untold, but never names another commit.
	if kept.Outcome == "found" && !slices.Equal(kept.Suspects, []string{m.slow}) {
		t.Errorf("%v, want %s", kept.Suspects, m.slow)
	}
	if now := git(t, m.dir, "status", "--branch", "--porcelain") + git(t, m.dir, "worktree", "list"); now != was {
		t.Errorf("it was\n%s\nand is\n%s", was, now)
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "assay-work.*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
