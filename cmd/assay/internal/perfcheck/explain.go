package perfcheck

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// profiledBlocks is how many blocks are made to find the cause of a verdict. Six are the
// fewest from which anything is concluded, and two more let a weaker cause be seen.
const profiledBlocks = 8

// Files that an explained check has beside its verdict.
const (
	explanationFile = "explain.json"
	explanationPage = "explain.md"
	flameFile       = "explain.svg"
)

// explain looks for the cause of a verdict, which is written and printed already: it
// profiles some more blocks, adds what they show to the files of the verdict, and prints
// it. Whatever becomes of that, the verdict stays as it is. The error is an interrupt.
func (c *Check) explain(ctx context.Context, blocks int, j judgement) error {
	said, err := c.cause(ctx, blocks, j)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		why := plain.Line(strings.ToValidUTF8(err.Error(), "?"))
		c.say("the cause was not looked for: %s", why)
		said = explanation{Head: c.head, Missing: why}
	}
	if err := c.explained(ctx, j, said); err != nil && ctx.Err() == nil {
		c.say("the cause could not be told: %v", err)
	}
	return context.Cause(ctx)
}

// cause profiles the servers and returns what explains the difference.
func (c *Check) cause(ctx context.Context, blocks int, j judgement) (explanation, error) {
	switch {
	case len(c.files) == 0:
		return explanation{}, failf("Go benchmarks are not profiled, and there is no scenario")
	case c.incomplete:
		return explanation{}, failf("the machine is too busy")
	}
	c.say("looking for the cause: %d blocks follow in which the servers are profiled; the verdict stays", profiledBlocks)
	if err := c.profile(ctx, blocks); err != nil {
		return explanation{}, err
	}
	var found bytes.Buffer
	err := c.command(ctx, c.start(c.programs.analysis, "explain", c.bundle, "--base", "base", "--head", "head", "--json",
		"--markdown", filepath.Join(c.Out, explanationPage), "--svg", filepath.Join(c.Out, flameFile)), &found)
	if err != nil {
		return explanation{}, c.failed(ctx, err, "the profiles could not be compared: %s", c.reason(err))
	}
	if err := results.WriteFile(filepath.Join(c.Out, explanationFile), found.Bytes()); err != nil {
		return explanation{}, err
	}
	var r report
	if err := json.Unmarshal(found.Bytes(), &r); err != nil {
		return explanation{}, failf("what the profiles show is not readable: %v", err)
	}
	said := r.digest(regressed(j.saved), newSources(filepath.Join(c.scratch.Path, "head")))
	said.Head = c.head
	return said, nil
}

// profile adds the profiled blocks to the bundle. Blocks that a busy machine voided are
// missing in what is compared, and no reason to compare nothing.
func (c *Check) profile(ctx context.Context, blocks int) error {
	before := c.manifest()
	args := append([]string{"run", "--out", c.bundle, "--blocks", strconv.Itoa(blocks), "--resume", "--profile=" + strconv.Itoa(profiledBlocks)}, c.files...)
	err := c.command(ctx, c.start(c.programs.harness, args...), nil)
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && c.tooBusy(before):
		c.say("warning: the machine is too busy; comparing the profiles that were made")
		return nil
	}
	return c.failed(ctx, err, "%s", c.reason(err))
}

// reason returns the last line of what a program said before it failed, without the name
// of the program.
func (c *Check) reason(err error) string {
	lines := strings.Split(c.said.String(), "\n")
	last := lines[len(lines)-1]
	for _, program := range []string{"harness: ", "analysis: ", "assay: "} {
		last = strings.TrimPrefix(last, program)
	}
	return cmp.Or(strings.TrimSpace(last), fmt.Sprintf("%v, see the messages above", err)) // a terminal has them, and nobody else
}

// explained adds an explanation to the files of the verdict, and prints it. The words are
// those of another command.
func (c *Check) explained(ctx context.Context, j judgement, said explanation) error {
	with, err := j.with(said)
	if err != nil {
		return err
	}
	path := filepath.Join(c.Out, VerdictFile)
	if err := results.WriteFile(path, with); err != nil {
		return err
	}
	var text, page bytes.Buffer
	if err := c.command(ctx, c.start(c.programs.analysis, "annotate", "--explanation=text", path), &text); err != nil {
		return fmt.Errorf("word it: %s", c.reason(err))
	}
	if err := c.command(ctx, c.start(c.programs.analysis, "annotate", "--explanation=markdown", "--source="+c.Source, path), &page); err != nil {
		return fmt.Errorf("word it: %s", c.reason(err))
	}
	summary := append(c.summary(j), '\n')
	if err := results.WriteFile(filepath.Join(c.Out, SummaryFile), append(summary, page.Bytes()...)); err != nil {
		return err
	}
	_, err = c.Stdout.Write([]byte("\n" + plain.Text(text.String())))
	return err
}

// with returns the verdict as it was saved, with an explanation as its last key. Nothing
// else of it changes.
func (j judgement) with(said explanation) ([]byte, error) {
	var verdict map[string]json.RawMessage
	if err := json.Unmarshal(j.saved, &verdict); err != nil {
		return nil, fmt.Errorf("read the verdict: %w", err)
	}
	key, err := json.MarshalIndent(said, "  ", "  ")
	if err != nil {
		return nil, err
	}
	text := bytes.TrimRight(bytes.TrimSuffix(bytes.TrimSpace(j.saved), []byte("}")), " \n")
	comma := ","
	if len(verdict) == 0 {
		comma = ""
	}
	return fmt.Appendf(bytes.Clone(text), "%s\n  \"explanation\": %s\n}\n", comma, key), nil
}
