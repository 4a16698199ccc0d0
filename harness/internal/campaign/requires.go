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

// able parts the scenarios that can run here from those whose `requires` fails,
// with the reason that it gave. What was skipped when a bundle was begun stays
// skipped, and what was not has to be able to run as then: a run that goes on has the
// scenarios of its plan. Was is nil for a new run. An error means that a scenario
// could not be asked, or cannot run any more, or that ctx ended.
func able(ctx context.Context, was *results.Bundle, all []Work) (can []Work, skipped []results.Skipped, err error) {
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
		why, err := lacks(ctx, w)
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

// lacks says why a scenario cannot run here; "" if it can.
func lacks(ctx context.Context, w Work) (why string, err error) {
	if len(w.Requires) == 0 {
		return "", nil
	}
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
		// No answer: a mistyped name must not look like a machine that lacks something.
		return "", usage.Errorf("%s: scenario %s: requires: cannot run %s: %w", w.File, w.Name, process.Quote(w.Requires), failed)
	}
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last, nil
	}
	return fmt.Sprintf("%s: %v", process.Quote(w.Requires), failed), nil
}
