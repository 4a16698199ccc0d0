//go:build unix

package scripts

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// checkStub stands in for perf-check.sh: each check passes, but the one with the
// number STUB_INTERRUPT is interrupted.
const checkStub = `#!/bin/sh
echo check >>"$STUB_LOG.checks"
[ "$(wc -l <"$STUB_LOG.checks")" -ne "${STUB_INTERRUPT:-0}" ] || exit 130
`

// What was recorded before stands until a series is whole.
func TestBenchGateKeepsTheSeriesBefore(t *testing.T) {
	p := newProject(t)
	p.write("scripts/bench-gate.sh", read(t, "bench-gate.sh"))
	p.write("scripts/perf-check.sh", checkStub)
	p.write("server/config.go", "fs.Var(number(&slowdown, 1, 1, 100))\n")
	p.write("results/gate/checks.jsonl", "before\n")
	p.write("analysis/GATE.md", "rates before\n")
	p.write(".gitignore", "/results/runs/\n")
	p.commit("gate")
	series := func(status int, stdout string, env ...string) {
		t.Helper()
		c := exec.Command("sh", "scripts/bench-gate.sh")
		c.Dir, c.Env = p.dir, append(append(p.env, "AA=3", "SLOW=0", "LOAD=0"), env...)
		var out, errs strings.Builder
		c.Stdout, c.Stderr = &out, &errs
		err := c.Run()
		if got := c.ProcessState.ExitCode(); got != status {
			t.Fatalf("exit status %d (%v), want %d\n%s", got, err, status, errs.String())
		}
		want(t, "stdout", out.String(), stdout)
		p.clean()
	}
	recorded := func(checks, page string) {
		t.Helper()
		if got := read(t, filepath.Join(p.dir, "results/gate/checks.jsonl")); got != checks {
			t.Errorf("recordings are %q, want %q", got, checks)
		}
		if got := read(t, filepath.Join(p.dir, "analysis/GATE.md")); got != page {
			t.Errorf("the page is %q, want %q", got, page)
		}
	}
	series(130, "1/3 aa-01 pass; about ", "STUB_INTERRUPT=2")
	recorded("before\n", "rates before\n")
	series(0, "3/3 aa-03 pass; about 0 min left")
	all := "aa-01 pass\naa-02 pass\naa-03 pass\n"
	recorded(all, "rates of\n"+all)
}
