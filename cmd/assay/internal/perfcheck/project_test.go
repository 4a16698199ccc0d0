//go:build unix

package perfcheck

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/program"
)

// selfVariable makes the test program perf-check. Its value is the program that
// stands in for assay.
const selfVariable = "PERFCHECK_TEST_SELF"

func TestMain(m *testing.M) {
	self := os.Getenv(selfVariable)
	if self == "" {
		status := m.Run()
		os.RemoveAll(stubFolder)
		os.Exit(status)
	}
	cmd := command(func() (string, error) { return self, nil })
	root := program.New("assay", "A test", []*cobra.Command{cmd})
	os.Exit(program.Run(context.Background(), root, append([]string{"perf-check"}, os.Args[1:]...), os.Stdin, os.Stdout, os.Stderr))
}

var stubFolder string

// stub is a program that stands in for harness and analysis. It tells what it was
// asked; how long a measurement takes, and how it turns out, is not what these
// tests are about.
var stub = sync.OnceValues(func() (string, error) {
	var err error
	if stubFolder, err = os.MkdirTemp("", "perfcheck-stub-"); err != nil {
		return "", err
	}
	path := filepath.Join(stubFolder, "stub")
	out, err := exec.Command("go", "build", "-o", path, "testdata/stub/main.go").CombinedOutput()
	if err != nil {
		os.Stderr.Write(out)
	}
	return path, err
})

// project is a repository with two commits, tagged base and head.
type project struct {
	t              *testing.T
	dir, log, temp string
	env            []string
}

// newProject makes a project that is measured by this program.
func newProject(t *testing.T) *project { return makeProject(t, "example.com/project") }

// newAssay makes a project that is measured by its own harness and analysis.
func newAssay(t *testing.T) *project { return makeProject(t, "github.com/assay-bench/assay") }

func makeProject(t *testing.T, module string) *project {
	t.Helper()
	t.Parallel()
	self, err := stub()
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &project{t: t, dir: filepath.Join(top, "project"), log: filepath.Join(top, "calls"), temp: filepath.Join(top, "tmp")}
	p.env = append(os.Environ(), selfVariable+"="+self, "STUB_LOG="+p.log, "TMPDIR="+p.temp, "GOWORK=off",
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if err := os.Mkdir(p.temp, 0o755); err != nil {
		t.Fatal(err)
	}
	p.write("go.mod", "module "+module+"\n\ngo 1.24\n")
	text := read(t, "testdata/stub/main.go")
	p.write("harness/main.go", text)
	p.write("analysis/main.go", text)
	for _, name := range []string{"closed", "open", "short/open", "control/open"} {
		p.write("scenarios/gate/"+name+".yaml", name)
	}
	p.git("init", "-q")
	p.commit("base")
	p.write("scenarios/gate/open.yaml", "easier")
	p.write("scenarios/gate/more.yaml", "more")
	p.write("scenarios/gate/control/open.yaml", "easier")
	p.git("rm", "-q", "scenarios/gate/closed.yaml")
	p.commit("head")
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
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
	return string(out)
}

// commit commits everything under a tag.
func (p *project) commit(tag string) {
	p.t.Helper()
	p.git("add", "-A")
	p.git("commit", "-q", "-m", tag)
	p.git("tag", "-f", tag)
}

// command is perf-check with settings of the environment before its arguments.
func (p *project) command(args ...string) (c *exec.Cmd, stdout, stderr *bytes.Buffer) {
	env := p.env
	for len(args) > 0 && strings.HasPrefix(args[0], "STUB_") {
		env, args = append(env[:len(env):len(env)], args[0]), args[1:]
	}
	c = exec.Command(os.Args[0], args...)
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	c.Dir, c.Env, c.Stdout, c.Stderr = p.dir, env, stdout, stderr
	return c, stdout, stderr
}

// check runs perf-check, wants that status, and nothing left behind.
func (p *project) check(status int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	c, out, errs := p.command(args...)
	err := c.Run()
	if got := c.ProcessState.ExitCode(); got != status {
		p.t.Errorf("%v: exit status %d (%v), want %d\n%s", args, got, err, status, errs)
	}
	p.clean()
	return out.String(), errs.String()
}

// clean wants that no checkout and no temporary file is left.
func (p *project) clean() {
	p.t.Helper()
	if list := strings.Count(p.git("worktree", "list"), "\n"); list != 1 {
		p.t.Errorf("worktrees left:\n%s", p.git("worktree", "list"))
	}
	left, err := filepath.Glob(filepath.Join(p.temp, "*"))
	if err != nil || len(left) > 0 {
		p.t.Errorf("left in TMPDIR: %v (%v)", left, err)
	}
}

// calls are those of harness and analysis since the last time.
func (p *project) calls() string {
	p.t.Helper()
	text := read(p.t, p.log)
	if err := os.Remove(p.log); err != nil {
		p.t.Fatal(err)
	}
	return text
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func want(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q:\n%s", what, part, text)
		}
	}
}
