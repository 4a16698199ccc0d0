package perfcheck

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
	"github.com/assay-bench/assay/cmd/assay/internal/scratch"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// Check is one comparison of two commits.
type Check struct {
	Options
	Self   string    // path of this program, which contains the harness and the gate
	Stdout io.Writer // receives the text of the verdict
	Stderr io.Writer // receives progress and warnings

	here       string // the folder that paths are relative to
	run        *child.Runner
	repo       *gitrepo.Repo
	base, head string // full names of the commits
	scratch    *scratch.Dir
	programs   programs
	bundle     string // folder
	files      []string
	notes      []note
	started    time.Time
	incomplete bool  // measured blocks are missing, because the machine was too busy
	said       *tail // the last messages of child processes, which explain failures
}

// programs holds the paths of both programs.
type programs struct{ harness, analysis string }

// Failure is the error of a check that could not be made.
type Failure struct {
	What string // what went wrong
	Said string // the last lines of the output of the program that failed; may be empty
}

// Error returns What alone. Whoever shows Said shows it before.
func (f *Failure) Error() string { return f.What }

// failf makes the error of a check that could not be made.
func failf(format string, args ...any) error { return &Failure{What: fmt.Sprintf(format, args...)} }

// Run makes the check and returns the exit status of its verdict. Whatever happens,
// even an interrupt through ctx, Run leaves behind no process and no checkout; the
// bundle keeps every finished trial. When a value arrives on again, Run kills what
// is still running.
func (c *Check) Run(ctx context.Context, again <-chan struct{}) (status int, err error) {
	c.started, c.said = time.Now(), &tail{}
	for _, name := range []string{"git", "go"} {
		if _, err := exec.LookPath(name); err != nil {
			return unusable, failf("no %s in PATH: install it", name)
		}
	}
	if c.here, err = os.Getwd(); err != nil {
		return unusable, failf("find the current folder: %v", err)
	}
	c.run = &child.Runner{Again: again}
	if err := c.commits(ctx); err != nil {
		return unusable, err
	}
	if c.scratch, err = scratch.Open(); err != nil {
		return unusable, failf("%v", err)
	}
	defer func() {
		if e := c.scratch.Close(); e != nil && err == nil {
			status, err = unusable, failf("%v", e)
		}
	}()
	c.run.Env = c.scratch.Env()
	if err := c.prepare(ctx); err != nil {
		return unusable, err
	}
	return c.decide(ctx)
}

// commits finds the repository and both commits.
func (c *Check) commits(ctx context.Context) error {
	// Git sets these variables for its hooks. They would make every command of git
	// refer to the hook's repository.
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"} {
		os.Unsetenv(name)
	}
	var err error
	dir := cmp.Or(c.Repo, ".")
	if c.repo, err = gitrepo.Open(ctx, c.run, dir); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return failf("%s is not in a git repository: go to one, or name it with --repo DIR", dir)
	}
	for _, one := range []struct {
		name string
		full *string
	}{{c.Base, &c.base}, {c.Head, &c.head}} {
		if *one.full, err = c.repo.Commit(ctx, one.name); err != nil {
			if ctx.Err() != nil {
				return err
			}
			return failf("no commit %s in %s: fetch it (in GitHub Actions: fetch-depth: 0 of actions/checkout)", one.name, c.repo.Root)
		}
	}
	dirty, err := c.repo.Dirty(ctx)
	if err == nil && dirty {
		c.say("warning: uncommitted changes in %s are not measured", c.repo.Root)
	}
	return err
}

// prepare does everything that comes before the first measurement.
func (c *Check) prepare(ctx context.Context) error {
	for _, tree := range []struct{ name, commit string }{{"base", c.base}, {"head", c.head}} {
		if err := c.scratch.AddTree(ctx, c.repo, tree.name, tree.commit); err != nil {
			return c.failed(ctx, err, "%s could not be checked out: %v", tree.commit, err)
		}
	}
	// Head decides, because a change of Assay's own harness has to be measured with the
	// harness that it changes.
	ours := isAssay(filepath.Join(c.scratch.Path, "head"))
	chosenBenchmarks := len(c.Packages) > 0
	if ours {
		c.defaultBenchmarks()
	}
	if err := c.place(ours); err != nil {
		return err
	}
	if err := c.build(ctx, ours); err != nil {
		return err
	}
	chosen, err := choose(selection{
		work: c.scratch.Path, here: c.here, base: c.Base, paths: c.Scenarios, short: c.Short, control: c.Control, micro: chosenBenchmarks,
	})
	if err != nil {
		return err
	}
	c.files = chosen.files
	for _, n := range chosen.notes {
		c.note(n)
	}
	if err := c.benchmarks(ctx); err != nil {
		return err
	}
	if len(c.files)+len(c.Packages) == 0 {
		return failf("nothing is left to compare: BASE (%s) has no scenario in %s, and no Go benchmark that HEAD has too", c.Base, usualScenarios)
	}
	return nil
}

// place decides where the results go.
func (c *Check) place(ours bool) error {
	name := c.started.Format("20060102-150405")
	switch {
	case c.Out != "":
	case ours:
		c.Out = filepath.Join(c.repo.Root, "results", "runs", "check-"+name)
	default:
		c.Out = "perf-check-" + name
	}
	if !filepath.IsAbs(c.Out) {
		c.Out = filepath.Join(c.here, c.Out)
	}
	c.bundle = filepath.Join(c.Out, "bundle")
	if _, err := os.Lstat(c.bundle); err == nil {
		return failf("--out %s holds a check already: choose another folder", c.Out)
	}
	return nil
}

// build builds the harness and the analysis, from head if head is Assay.
func (c *Check) build(ctx context.Context, ours bool) error {
	if !ours {
		c.programs = programs{c.Self, c.Self}
		return nil
	}
	c.say("building harness and analysis")
	bin := filepath.Join(c.scratch.Path, "bin")
	c.programs = programs{filepath.Join(bin, "harness"), filepath.Join(bin, "analysis")}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", bin+string(filepath.Separator), "./harness", "./analysis")
	cmd.Dir = filepath.Join(c.scratch.Path, "head")
	if err := c.command(ctx, cmd, nil); err != nil {
		return c.failed(ctx, err, "harness and analysis of HEAD (%s) do not build", c.Head)
	}
	return nil
}

// isAssay reports whether a source tree is Assay's own.
func isAssay(tree string) bool {
	text, err := results.ReadRegular(filepath.Join(tree, "go.mod"))
	if err != nil {
		return false
	}
	for line := range bytes.Lines(text) {
		if string(bytes.TrimRight(line, "\r\n")) == "module github.com/assay-bench/assay" {
			return true
		}
	}
	return false
}

// command runs a program in the scratch folder, or in the folder that cmd names. The
// program's standard output goes to stdout, or, if stdout is nil, to the same place
// as its messages.
func (c *Check) command(ctx context.Context, cmd *exec.Cmd, stdout io.Writer) error {
	if cmd.Dir == "" {
		cmd.Dir = c.scratch.Path
	}
	// What an earlier program said does not explain the failure of this one.
	c.said.Reset()
	// On a terminal the program writes to it directly, so that it shows its progress
	// there. Anywhere else its messages are made harmless line by line.
	messages := io.Writer(os.Stderr)
	if c.Stderr != messages || !terminal(os.Stderr) {
		safe := plain.NewWriter(io.MultiWriter(c.Stderr, c.said))
		defer safe.Flush()
		messages = safe
	}
	cmd.Stderr, cmd.Stdout = messages, stdout
	if stdout == nil {
		cmd.Stdout = messages
	}
	return c.run.Run(ctx, cmd)
}

// failed returns the error of a step: the interrupt if there was one, else a failure
// with the last output of the program.
func (c *Check) failed(ctx context.Context, err error, format string, args ...any) error {
	if ctx.Err() != nil {
		return err
	}
	return &Failure{What: fmt.Sprintf(format, args...), Said: c.said.String()}
}

// say writes a line for people or for the log. The line may contain names from
// outside.
func (c *Check) say(format string, args ...any) { Say(c.Stderr, format, args...) }

// Say writes a message of the command to w.
func Say(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "perf-check: %s\n", plain.Line(fmt.Sprintf(format, args...)))
}

// terminal reports whether a file is a terminal.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
