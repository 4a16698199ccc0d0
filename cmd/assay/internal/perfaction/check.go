package perfaction

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
	"github.com/assay-bench/assay/cmd/assay/internal/perfcheck"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/results"
)

// Verdicts, as the output of the action names them.
const (
	pass         = "pass"
	regression   = "regression"
	inconclusive = "inconclusive"
	unusable     = "unusable" // the check could not be made
)

// verdicts are the exit statuses of perf-check that are verdicts.
var verdicts = map[int]string{program.Done: pass, program.Failed: regression, program.Undecided: inconclusive}

// check is one check of the repository in the current folder.
type check struct {
	Inputs
	workflow
	self   string    // path of this program
	files  string    // address of the repository on GitHub; empty if it has none
	temp   string    // folder for what outlives the step
	stderr io.Writer // receives what the programs say

	run        *child.Runner
	repo       *gitrepo.Repo
	base, head string // full names of the commits
	chosen     bool   // the caller has chosen the base
	out        string // folder of this check, in temp
}

// perform makes the check and tells GitHub its verdict. An error means that there is none,
// and is not told yet.
func (c *check) perform(ctx context.Context) (verdict string, err error) {
	if err := c.commits(ctx); err != nil {
		return "", err
	}
	if c.out, err = os.MkdirTemp(c.temp, "perf-check.*"); err != nil {
		return "", err
	}
	defer func() {
		if ctx.Err() != nil { // nobody looks at the results of a cancelled job
			os.RemoveAll(c.out)
		}
	}()
	c.mute()
	if verdict, err = c.measure(ctx); err != nil {
		return "", err
	}
	summary, err := c.page(ctx)
	if err != nil {
		return "", err
	}
	if err := c.summarise(summary); err != nil {
		return "", err
	}
	c.unmute()
	if err := c.call(ctx, c.log, "annotate", c.result(perfcheck.VerdictFile)); err != nil {
		return "", err
	}
	return verdict, c.output("verdict", verdict)
}

// commits finds the repository and both commits, before minutes are spent on anything.
func (c *check) commits(ctx context.Context) (err error) {
	if c.repo, err = gitrepo.Open(ctx, c.run, "."); err != nil {
		return err
	}
	if c.head, err = c.commit(ctx, c.Head); err != nil {
		return err
	}
	c.chosen = c.Base != ""
	switch {
	case c.chosen:
	case c.History != "":
		c.Base = c.reference(ctx)
	default:
		c.Base = c.Head + "^1"
	}
	c.base, err = c.commit(ctx, c.Base)
	return err
}

// commit returns the full name of a commit. The error says how a workflow gets commits
// that a shallow checkout does not have.
func (c *check) commit(ctx context.Context, name string) (full string, err error) {
	if full, err = c.repo.Commit(ctx, name); err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: no such commit here; actions/checkout has to fetch it: fetch-depth: 0 gets them all", name)
	}
	return full, err
}

// measure runs perf-check and returns its verdict. Whatever becomes of the check from
// here on, what was measured is kept for the artifact.
func (c *check) measure(ctx context.Context) (verdict string, err error) {
	why := filepath.Join(c.out, "why")
	args := []string{"perf-check", c.Base, c.Head, "--out", c.result(""), "--why", why, "--explain", c.Explain}
	if c.files != "" {
		args = append(args, "--source", c.files+"/blob/"+c.head)
	}
	for _, s := range c.Scenarios {
		args = append(args, "--scenarios", s)
	}
	for _, p := range c.Packages {
		args = append(args, "--micro", p)
	}
	for _, m := range c.Margins {
		args = append(args, "--margin", m)
	}
	if c.Short {
		args = append(args, "--short")
	}
	if c.Control {
		args = append(args, "--control")
	}
	failure := c.call(ctx, c.log, args...)
	if ctx.Err() != nil {
		return "", failure
	}
	if info, err := os.Stat(c.result("")); err == nil && info.IsDir() {
		if err := c.output("bundle", c.result("")); err != nil {
			return "", err
		}
	}
	status := child.Status(failure)
	if verdict, ok := verdicts[status]; ok {
		return verdict, nil
	}
	// A command line that is wrong leaves no reason, and has said it in the log.
	if reason, err := results.ReadRegular(why); err == nil {
		return "", errors.New(string(bytes.TrimSpace(reason)))
	}
	return "", fmt.Errorf("assay perf-check failed (%w): see the log", failure)
}

// page makes the report, which is for the artifact, and returns the summary of the job.
// An artifact is downloaded, and a summary is read at once, so the summary has all that
// the verdict rests on. GitHub shows no pictures there, so a plot of characters stands in
// for them.
func (c *check) page(ctx context.Context) ([]byte, error) {
	if err := c.call(ctx, c.stderr, "report", c.result("bundle"), "-o", c.result("report.md")); err != nil {
		return nil, err
	}
	text, err := results.ReadRegular(c.result(perfcheck.SummaryFile))
	if err != nil {
		return nil, err
	}
	page := bytes.NewBuffer(append(text, '\n'))
	if err := c.call(ctx, page, "annotate", "--plot", c.result(perfcheck.VerdictFile)); err != nil {
		return nil, err
	}
	if c.History != "" {
		if err := c.remember(ctx, page); err != nil {
			return nil, err
		}
	}
	return page.Bytes(), results.WriteFile(c.result("job-summary.md"), page.Bytes())
}

// result is the path of a result: a file or a folder that perf-check made or that this
// package adds. The empty name is the folder of all.
func (c *check) result(name string) string { return filepath.Join(c.out, "check", name) }

// call runs a command of this program.
func (c *check) call(ctx context.Context, stdout io.Writer, args ...string) error {
	cmd := exec.Command(c.self, args...)
	cmd.Args[0] = "assay" // what a bundle records of its command has to mean something to readers
	cmd.Stdout, cmd.Stderr = stdout, c.stderr
	if err := c.run.Run(ctx, cmd); err != nil {
		return fmt.Errorf("assay %s: %w", args[0], err)
	}
	return nil
}
