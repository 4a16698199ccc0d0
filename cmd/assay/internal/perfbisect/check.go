package perfbisect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/perfcheck"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/results"
)

// Files of a search, in its folder.
const (
	stateFile    = "bisect.json"
	checksFolder = "checks"
	resultFile   = "result.json" // of a check, beside check/: it is written last
)

// checker makes checks by `assay perf-check`, each in a process of its own, and keeps
// their results in a folder. A check whose result is there is not made again.
type checker struct {
	self   string
	out    string   // folder of the search
	flags  []string // for perf-check
	run    *child.Runner
	h      *history
	stderr io.Writer
	say    func(format string, args ...any)

	made int // checks that were asked for
}

// Check makes a check, or returns the result of one that was made before.
func (c *checker) Check(ctx context.Context, base, head string, explain bool) (Result, error) {
	name := short(base) + "-" + short(head)
	if explain {
		name += "-explained"
	}
	dir := filepath.Join(c.out, checksFolder, name)
	c.made++
	if r, ok := readResult(dir); ok {
		c.say("check %d: %s against %s: %s, as was found before", c.made, c.h.called(head), c.h.called(base), r.Verdict)
		return r, nil
	}
	c.say("check %d: %s against %s", c.made, c.h.called(head), c.h.called(base))
	// What an interrupted check left is worth nothing.
	if err := os.RemoveAll(dir); err != nil {
		return Result{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Result{}, err
	}
	r, err := c.check(ctx, dir, base, head, explain)
	if err != nil {
		return Result{}, err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = results.WriteFile(filepath.Join(dir, resultFile), append(text, '\n'))
	}
	if err != nil {
		return Result{}, fmt.Errorf("keep the result of a check: %w", err)
	}
	c.say("check %d: %s", c.made, r.Verdict)
	return r, nil
}

// readResult reads the result of a finished check.
func readResult(dir string) (r Result, ok bool) {
	text, err := results.ReadRegular(filepath.Join(dir, resultFile))
	return r, err == nil && json.Unmarshal(text, &r) == nil && slices.Contains([]string{pass, regression, inconclusive, broken}, r.Verdict)
}

// check makes a check in a new folder.
func (c *checker) check(ctx context.Context, dir, base, head string, explain bool) (Result, error) {
	out, why := filepath.Join(dir, "check"), filepath.Join(dir, "why")
	when := "never"
	if explain {
		when = "regression"
	}
	args := slices.Concat([]string{"perf-check", "--patient", "--explain", when, "--out", out, "--why", why}, c.flags, []string{base, head})
	cmd := exec.Command(c.self, args...)
	cmd.Args[0] = "assay"
	cmd.Stdout, cmd.Stderr = c.stderr, c.stderr
	failure := c.run.Run(ctx, cmd)
	if ctx.Err() != nil {
		return Result{}, failure
	}
	switch child.Status(failure) {
	case program.Done, program.Failed, program.Undecided:
		text, err := results.ReadRegular(filepath.Join(out, perfcheck.VerdictFile))
		if err != nil {
			return Result{}, err
		}
		r, err := readVerdict(text)
		r.Dir = filepath.ToSlash(filepath.Join(checksFolder, filepath.Base(dir), "check"))
		if err == nil && explain {
			r.Told, err = c.told(ctx, filepath.Join(out, perfcheck.VerdictFile))
		}
		return r, err
	}
	reason, err := results.ReadRegular(why)
	if err != nil {
		return Result{}, fmt.Errorf("assay perf-check failed: %w", failure)
	}
	text := strings.TrimSpace(string(reason))
	if unbuilt(text, "head") {
		return Result{Verdict: broken, Why: text}, nil
	}
	if unbuilt(text, "base") {
		return Result{}, fmt.Errorf("%s does not build, and everything is compared with it:\n%s", c.h.called(base), text)
	}
	return Result{}, errors.New(text)
}

// told returns what a verdict says of the cause.
func (c *checker) told(ctx context.Context, verdict string) (string, error) {
	var text strings.Builder
	cmd := exec.Command(c.self, "annotate", "--explanation=text", verdict)
	cmd.Args[0] = "assay"
	cmd.Stdout, cmd.Stderr = &text, c.stderr
	if err := c.run.Run(ctx, cmd); err != nil {
		return "", fmt.Errorf("word the cause: %w", err)
	}
	return plain.Text(text.String()), nil
}

// builds matches what the harness says of a variant that does not build, and of Assay's
// own programs.
var builds = map[string]*regexp.Regexp{
	"head": regexp.MustCompile(`variant head(, block \d+)?: (build server |its benchmarks do not build)|harness and analysis of HEAD .* do not build`),
	"base": regexp.MustCompile(`variant base(, block \d+)?: (build server |its benchmarks do not build)`),
}

// unbuilt reports whether a check could not be made because a side does not build.
func unbuilt(why, side string) bool { return builds[side].MatchString(why) }
