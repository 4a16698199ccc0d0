package examples

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	project  = "prefix-search"
	workflow = project + "/.github/workflows/perf.yml"
)

// The project is a module of its own, so ./... does not reach it.
func TestProject(t *testing.T) {
	commands := [][]string{{"mod", "tidy", "-diff"}}
	if !testing.Short() {
		commands = append(commands, []string{"vet", "./..."}, []string{"test", "-vet=off", "./..."})
	}
	for _, args := range commands {
		cmd := exec.Command("go", args...)
		cmd.Dir = project
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// repository is a temporary git repository.
type repository struct {
	t   *testing.T
	dir string
}

func newRepository(t *testing.T) repository {
	r := repository{t, t.TempDir()}
	r.git("init", "--quiet", "--initial-branch=main")
	return r
}

func (r repository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r repository) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) commit(message string) {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "--quiet", "--allow-empty", "-m", message)
}

// replace changes a file; what is to be replaced has to be there.
func replace(t *testing.T, file string, oldnew ...string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(text, oldnew[i]) {
			t.Fatalf("%s does not hold %q", file, oldnew[i])
		}
		text = strings.ReplaceAll(text, oldnew[i], oldnew[i+1])
	}
	return text
}

// answering is the project's main.go with answers that take a time beside which
// the noise of a busy machine is small.
func answering(t *testing.T, milliseconds int) string {
	return replace(t, project+"/main.go", `"net/http"`, `"net/http"`+"\n\t\"time\"",
		"w.Header()", fmt.Sprintf("time.Sleep(%d * time.Millisecond)\n\t\tw.Header()", milliseconds))
}

// aProject is a repository with the example project. Its scenario measures for a
// moment, and in a closed loop, which so short a time does not saturate.
func aProject(t *testing.T) repository {
	r := newRepository(t)
	if err := os.CopyFS(r.dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	r.write("main.go", answering(t, 10))
	r.write("perf/search.yaml", replace(t, project+"/perf/search.yaml",
		"open: {rate: 970/s, duration: 2s}", "closed: {clients: 8, duration: 120ms}",
		"warmup: 500ms", "warmup: 30ms", "aa: base\n", "", "  profile: /debug/pprof/profile # from which the check says why it is slower\n", ""))
	r.commit("the project")
	return r
}

// asAssay puts the project's scenario where those of Assay's own check are, with a
// control, and has the server built here once for each commit instead of for each
// block.
func (r repository) asAssay() {
	r.t.Helper()
	text := replace(r.t, filepath.Join(r.dir, "perf/search.yaml"), `[go, build, "-ldflags=-randlayout=${layout}", -o, "${binary}", .]`, `[cp, server, "${binary}"]`)
	r.write("scenarios/gate/search.yaml", text)
	r.write("scenarios/gate/control/search.yaml", strings.Replace(text, "load:", "  - {name: slowed, params: {tree: head}}\ncontrol: slowed\nload:", 1))
	r.build()
	r.commit("scenarios of the gate")
}

func (r repository) build() {
	r.t.Helper()
	cmd := exec.Command("go", "build", "-o", "server", ".")
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("go build: %v\n%s", err, out)
	}
}

// newRunner makes a runner whose measurements are not disturbed by the tests that
// run beside it.
func newRunner(t *testing.T, r repository, vars values) *runner {
	if runtime.GOOS == "windows" {
		t.Skip("the action is a shell script")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	// A busy machine voids blocks, and a machine that runs tests is busy: the
	// programs are built with bounds that nothing reaches.
	busy := filepath.Join(root, "harness/internal/trial/busy.go")
	lenient := filepath.Join(t.TempDir(), "busy.go")
	if err := os.WriteFile(lenient, []byte(replace(t, busy, "MaxForeign = 0.20", "MaxForeign = 1e3", "MaxSteal = 0.10", "MaxSteal = 1e3")), 0o644); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{busy: lenient}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+file))
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("ASSAY_LOCK", filepath.Join(t.TempDir(), "lock")) // not the machine's
	return &runner{
		t: t, workspace: r.dir, action: filepath.Join(root, ".github/actions/perf-check"), temp: t.TempDir(),
		cache: t.TempDir(), vars: vars,
	}
}

// wide is a margin that no noise reaches, so that equal servers never regress.
const wide = "60%"

// leavesNothing fails if checks left work trees or files behind.
func leavesNothing(t *testing.T, r repository) {
	t.Helper()
	if trees := strings.Split(r.git("worktree", "list"), "\n"); len(trees) != 1 {
		t.Errorf("work trees are left: %q", trees)
	}
	if changed := r.git("status", "--porcelain"); changed != "" {
		t.Errorf("the checkout was changed:\n%s", changed)
	}
	left, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "assay-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%q are left, %v", left, err)
	}
}

// holds fails if a text lacks any of some parts.
func holds(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s: %q is missing from\n%s", what, p, text)
		}
	}
}
