package command

import (
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// A run that is killed at random moments goes on each time where it was, and
// ends with the trials of its plan, each once.
func TestKilledRunsResume(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone kills runs")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the test server is found by a symbolic link")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv(host.LockVariable, filepath.Join(dir, "lock"))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if err := os.Symlink(os.Args[0], filepath.Join(dir, "testserver")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(file, []byte(`version: 1
name: s
server:
  command: [testserver, "${port}"]
  ready: {path: /health, timeout: 2m}
variants: [{name: a}, {name: b}, {name: c}]
load: {open: {rate: 100/s, duration: 200ms}, connections: 2}
targets: [{method: GET, path: /}]
warmup: 0s
blocks: 6
`), 0o644); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(dir, "bundle")
	command := func() *exec.Cmd {
		c := &exec.Cmd{Path: os.Args[0], Args: []string{"harness", "run", "--quick", "--blocks", "6", "--out", bundle}, Env: os.Environ()}
		if results.Exists(bundle) {
			c.Args = append(c.Args, "--resume")
		} else {
			c.Args = append(c.Args, "--seed", "7")
		}
		c.Args = append(c.Args, file)
		return c
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		c := command()
		// The moment is random on purpose: some kills hit the start, some a
		// trial, some the writing of one.
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(r.IntN(900))*time.Millisecond, func() { c.Process.Kill() })
		c.Wait()
		timer.Stop()
	}
	c := command()
	var log strings.Builder
	c.Stderr, c.Stdout = &log, io.Discard
	if err := c.Run(); err != nil {
		t.Fatalf("last resume: %v\n%s", err, log.String())
	}

	b, err := results.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for _, p := range b.Manifest.Plan {
		want[p.ID] = 1
	}
	got := map[string]int{}
	for _, tr := range b.Valid() {
		got[results.TrialID(tr.Scenario, tr.Variant, tr.Matrix, tr.Block, 1)]++
	}
	if d := cmp.Diff(want, got); d != "" || len(want) != 18 {
		t.Errorf("trials that count (-planned +there):\n%s", d)
	}
	var fresh []string
	all, err := (&campaign.Inputs{Files: []string{file}, Quick: true, Blocks: 6}).Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range campaign.Order(all, 7) {
		fresh = append(fresh, p.ID)
	}
	var kept []string
	for _, p := range b.Manifest.Plan {
		kept = append(kept, p.ID)
	}
	if d := cmp.Diff(fresh, kept); d != "" {
		t.Errorf("the plan changed:\n%s", d)
	}
	if diffs, err := results.Verify(bundle); err != nil || len(diffs) > 0 {
		t.Errorf("verify: %v %v", diffs, err)
	}
	logs, err := filepath.Glob(filepath.Join(bundle, results.TrialsDir, "*.hlog"))
	if err != nil || len(logs) != len(b.Trials) {
		t.Errorf("%d logs of %d trials (%v)", len(logs), len(b.Trials), err)
	}
}
