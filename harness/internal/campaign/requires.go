package campaign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// runnable separates the scenarios that can run on this machine from those whose
// `requires` command fails, and returns the reasons. In a resumed run, scenarios
// that were skipped at first stay skipped, and all others must still be able to run,
// because the plan contains them; was is nil for a new run. The error says that a
// command could not be started, that a scenario can no longer run, or that ctx
// ended.
func runnable(ctx context.Context, was *results.Bundle, all []Work) (can []Work, skipped []results.Skipped, err error) {
	// A scenario that appeared in the middle of a run would lack the blocks before, and
	// the variants of its block would have met another machine.
	before := map[string]results.Skipped{}
	if was != nil {
		for _, s := range was.Manifest.Skipped {
			before[s.Scenario] = s
		}
	}
	for _, w := range all {
		if s, ok := before[w.Name]; ok {
			skipped = append(skipped, s)
			continue
		}
		why, err := unmetRequirement(ctx, w)
		switch {
		case err != nil:
			return nil, nil, err
		case why == "":
			can = append(can, w)
		case was != nil:
			return nil, nil, fmt.Errorf("scenario %s cannot run here any more: %s", w.Name, why)
		default:
			skipped = append(skipped, results.Skipped{Scenario: w.Name, Why: why})
		}
	}
	return can, skipped, nil
}

// unmetRequirement explains why a scenario cannot run on this machine, or returns ""
// if it can.
func unmetRequirement(ctx context.Context, w Work) (why string, err error) {
	if len(w.Requires) == 0 {
		return "", nil
	}
	// The last line that the command prints to stderr is the reason that people read,
	// so the command decides on its words.
	var said bytes.Buffer
	c := exec.Command(w.Requires[0], w.Requires[1:]...)
	c.Stderr = &said
	failed := process.Run(ctx, c, nil)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case failed == nil:
		return "", nil
	case !errors.As(failed, &exit):
		// The command gave no answer. A mistyped name must not look like a missing
		// requirement.
		return "", usage.Errorf("%s: scenario %s: requires: cannot run %s: %w", w.File, w.Name, process.Quote(w.Requires), failed)
	}
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last, nil
	}
	return fmt.Sprintf("%s: %v", process.Quote(w.Requires), failed), nil
}
