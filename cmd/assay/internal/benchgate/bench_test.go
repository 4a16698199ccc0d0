//go:build unix

package benchgate

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.uber.org/goleak"

	"github.com/assay-bench/assay/internal/program"
)

// selfVariable makes the test program bench-gate. Its value is the program that stands
// in for assay.
const selfVariable = "BENCHGATE_TEST_SELF"

func TestMain(m *testing.M) {
	self := os.Getenv(selfVariable)
	if self == "" {
		goleak.VerifyTestMain(m) // ends the program
	}
	cmd := command(func() (string, error) { return self, nil })
	root := program.New("assay", "A test", []*cobra.Command{cmd})
	os.Exit(program.Run(context.Background(), root, []string{"bench-gate"}, os.Stdin, os.Stdout, os.Stderr))
}

// checkStub stands in for perf-check.sh: each check passes, but the one with the
// number STUB_INTERRUPT is interrupted, and the ones from STUB_FAIL on fail.
const checkStub = `#!/bin/sh
echo "$* $ASSAY_EVENTS" >>"$STUB_LOG"
n=$(wc -l <"$STUB_LOG")
[ "$n" -ne "${STUB_INTERRUPT:-0}" ] || exit 130
if [ "$n" -ge "${STUB_FAIL:-1000}" ]; then
	echo "::error::no such thing"
	exit 2
fi
`

// ratesStub stands in for assay rates.
const ratesStub = `#!/bin/sh
case $3 in
--record)
	for check in "$4"/*-[0-9][0-9]; do echo "${check##*/} pass, exit 0"; done | tee "$2/checks.jsonl"
	;;
--into)
	{ echo "rates of"; cat "$2/checks.jsonl"; } >"$4"
	;;
esac
`

// project is a repository with a commit that a series can be made of.
type project struct {
	t              *testing.T
	dir, temp, log string
	env            []string
}

func newProject(t *testing.T) *project {
	t.Helper()
	t.Parallel()
	top := t.TempDir()
	p := &project{t: t, dir: filepath.Join(top, "project"), temp: filepath.Join(top, "tmp"), log: filepath.Join(top, "calls")}
	self := filepath.Join(top, "rates")
	p.write(self, ratesStub)
	p.env = append(os.Environ(), selfVariable+"="+self, "STUB_LOG="+p.log, "TMPDIR="+p.temp,
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if err := os.Mkdir(p.temp, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"scripts/perf-check.sh": checkStub, slowFile: "package main\n\nconst usualSlowdown = 1\n",
		"results/gate/checks.jsonl": "before\n", page: "rates before\n", ".gitignore": "/results/runs/\n",
	} {
		p.write(filepath.Join(p.dir, name), text)
	}
	p.git("init", "-q")
	p.git("add", "-A")
	p.git("commit", "-q", "-m", "gate")
	return p
}

func (p *project) write(path, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) git(args ...string) string {
	p.t.Helper()
	c := exec.Command("git", args...)
	c.Dir, c.Env = p.dir, p.env
	out, err := c.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *project) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// series starts a series, wants that exit status and those words, and nothing left
// behind.
func (p *project) series(status int, words string, env ...string) {
	p.t.Helper()
	c := exec.Command(os.Args[0])
	c.Dir, c.Env = p.dir, append(append(p.env, "AA=3", "SLOW=0", "LOAD=0"), env...)
	out, err := c.CombinedOutput()
	if got := c.ProcessState.ExitCode(); got != status {
		p.t.Fatalf("exit status %d (%v), want %d\n%s", got, err, status, out)
	}
	if !strings.Contains(string(out), words) {
		p.t.Errorf("%q is missing from\n%s", words, out)
	}
	if left, err := filepath.Glob(filepath.Join(p.temp, "*")); err != nil || len(left) > 0 {
		p.t.Errorf("left in TMPDIR: %v (%v)", left, err)
	}
}

// recorded wants recordings and a page.
func (p *project) recorded(checks, rates string) {
	p.t.Helper()
	if got := p.read("results/gate/checks.jsonl"); got != checks {
		p.t.Errorf("recordings are %q, want %q", got, checks)
	}
	if got := p.read(page); got != rates {
		p.t.Errorf("the page is %q, want %q", got, rates)
	}
}

// What was recorded before stands until a series is whole.
func TestTheSeriesBeforeIsKept(t *testing.T) {
	p := newProject(t)
	p.series(130, "1/3 aa-01 pass, exit 0; about ", "STUB_INTERRUPT=2")
	p.recorded("before\n", "rates before\n")
	p.series(0, "3/3 aa-03 pass, exit 0; about 0 min left")
	all := "aa-01 pass, exit 0\naa-02 pass, exit 0\naa-03 pass, exit 0\n"
	p.recorded(all, "rates of\n"+all)
}

// A series stays with its commit, and the slower one is the same at every start.
func TestCommitsOfASeries(t *testing.T) {
	p := newProject(t)
	commit := p.git("rev-parse", "HEAD")
	p.series(0, "", "AA=0", "SLOW=1", "LOAD=1")
	p.git("commit", "-q", "--allow-empty", "-m", "later")
	p.series(0, "", "AA=0", "SLOW=2", "LOAD=1")
	var heads []string
	text, err := os.ReadFile(p.log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if f[0] != commit || f[2] != "--short" || !strings.HasSuffix(f[len(f)-1], ".part/"+eventsFile) {
			t.Errorf("a check is made as %q", line)
		}
		heads = append(heads, f[1])
	}
	if len(heads) != 3 || heads[0] != commit || heads[1] == commit || heads[2] != heads[1] {
		t.Errorf("the heads are %q: want an equal one, a slower one, and that again", heads)
	}
	note := p.read("results/runs/gate/slow-02/check")
	if !strings.HasPrefix(note, "exit=0\nseconds=") || !strings.HasSuffix(note, "\nbase="+commit+"\nhead="+heads[1]+"\n") {
		t.Errorf("the note is %q", note)
	}
}

// Three failures in a row are no accident. The log of each is kept.
func TestChecksThatCannotBeMade(t *testing.T) {
	p := newProject(t)
	p.series(1, `\::error::no such thing`, "AA=9", "STUB_FAIL=3")
	if got := p.read("results/runs/gate/aa-05.failed/log"); got != "::error::no such thing\n" {
		t.Errorf("the log is %q", got)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "results/runs/gate/aa-06.failed")); err == nil {
		t.Error("a fourth one was made")
	}
	p.recorded("before\n", "rates before\n")
}

func TestUsage(t *testing.T) {
	p := newProject(t)
	for _, text := range []string{"", "x", "-1", "100", "1.5"} {
		p.series(2, "AA="+text+": want a whole number from 0 to 99", "AA="+text)
	}
	p.git("rm", "-q", slowFile)
	p.git("commit", "-q", "-m", "no default")
	p.series(1, "has no "+slowFile)
}
