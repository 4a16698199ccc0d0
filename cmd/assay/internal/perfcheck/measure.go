package perfcheck

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/internal/looks"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// judgement is the gate's answer at one look.
type judgement struct {
	status                int // exit status of the verdict
	text, markdown, saved []byte
}

// decide makes one look after another until a verdict is final, and writes the
// result.
func (c *Check) decide(ctx context.Context) (status int, err error) {
	for blocks := looks.Declared()[0].Blocks; ; {
		j, err := c.look(ctx, blocks)
		if err != nil {
			return unusable, err
		}
		more, ok := next(blocks, j, c.Patient)
		if !ok {
			if err := c.leave(j); err != nil || !c.explains(j.status) {
				return j.status, err
			}
			return j.status, c.explain(ctx, blocks, j)
		}
		io.WriteString(c.Stderr, plain.Text(string(j.text)))
		c.say("the look after %d blocks decided nothing: a look after %d blocks follows", blocks, more)
		blocks = more
	}
}

// look measures until there are blocks blocks, and has them judged.
func (c *Check) look(ctx context.Context, blocks int) (judgement, error) {
	if len(c.files) > 0 {
		if err := c.scenarios(ctx, blocks); err != nil {
			return judgement{}, err
		}
	}
	if len(c.Packages) > 0 {
		args := append([]string{
			"micro", "--out", c.bundle, "--blocks", strconv.Itoa(blocks), "--variant", "base=base", "--variant", "head=head",
			"--bench", c.Bench, "--benchtime", c.Benchtime}, c.Packages...)
		if err := c.command(ctx, c.start(c.programs.harness, args...), nil); err != nil {
			return judgement{}, c.failed(ctx, err, "the Go benchmarks could not be measured; the scenarios' results are in %s", c.bundle)
		}
	}
	return c.judge(ctx)
}

// scenarios measures the scenarios until there are blocks blocks.
func (c *Check) scenarios(ctx context.Context, blocks int) error {
	args := []string{"run", "--out", c.bundle, "--blocks", strconv.Itoa(blocks)}
	var before []byte
	if results.Exists(c.bundle) {
		args = append(args, "--resume")
		before = c.manifest()
	} else if c.Foreign != "" { // a run that is continued keeps its limit
		args = append(args, "--foreign-limit", c.Foreign)
	}
	err := c.command(ctx, c.start(c.programs.harness, append(args, c.files...)...), nil)
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && c.tooBusy(before):
		c.say("warning: the machine is too busy; judging the blocks that were finished")
		c.incomplete = true
		return nil
	}
	return c.failed(ctx, err, "the scenarios could not be measured; finished trials, if any, are in %s", c.bundle)
}

// manifest returns the manifest of the bundle, or nil: the harness reports an error if it
// cannot be read.
func (c *Check) manifest() []byte {
	text, _ := results.ReadRegular(filepath.Join(c.bundle, results.ManifestFile))
	return text
}

// tooBusy reports whether the run of this look gave up because other programs voided
// too many of its blocks. The finished blocks can be judged nevertheless: if they
// are too few, the verdict is inconclusive. A run that could not even be resumed
// leaves the manifest unchanged, with the end of the run before it.
func (c *Check) tooBusy(before []byte) bool {
	now := c.manifest()
	if now == nil || bytes.Equal(now, before) {
		return false
	}
	var m struct {
		FailureKind string `json:"failure_kind"`
	}
	return json.Unmarshal(now, &m) == nil && m.FailureKind == results.FailureBusy
}

// judge runs the gate twice, for people and for programs.
func (c *Check) judge(ctx context.Context) (j judgement, err error) {
	// The gate can write Markdown beside either form, but not both forms at once.
	const table = "table.md"
	var text, saved bytes.Buffer
	if j.status, err = c.gate(ctx, &text, "--markdown", table); err != nil {
		return j, err
	}
	again, err := c.gate(ctx, &saved, "--json")
	if err != nil {
		return j, err
	}
	if again != j.status {
		return j, failf("the gate did not judge %s twice alike", c.bundle)
	}
	j.text, j.saved = text.Bytes(), saved.Bytes()
	if j.markdown, err = results.ReadRegular(filepath.Join(c.scratch.Path, table)); err != nil {
		return j, failf("read what the gate wrote: %v", err)
	}
	return j, nil
}

// gate runs the gate once and returns the exit status of its verdict.
func (c *Check) gate(ctx context.Context, stdout io.Writer, how ...string) (status int, err error) {
	args := []string{"gate", c.bundle, "--base", "base", "--head", "head"}
	for _, m := range c.Margins {
		args = append(args, "--margin", m)
	}
	err = c.command(ctx, c.start(c.programs.analysis, append(args, how...)...), stdout)
	if ctx.Err() != nil {
		return unusable, err
	}
	switch status = child.Status(err); status {
	case pass, regression, inconclusive:
		return status, nil
	}
	return unusable, c.failed(ctx, err, "the gate could not judge %s (%v)", c.bundle, err)
}

// start returns a command that runs a program.
func (c *Check) start(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	if path == c.Self {
		cmd.Args[0] = "assay" // the bundle records the name, and the path would mean nothing to its readers
	}
	return cmd
}
