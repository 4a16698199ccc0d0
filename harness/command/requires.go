package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/results"
)

// able parts the scenarios that can run here from those whose `requires` fails,
// with the reason that it gave. An error means that one could not be asked, or
// that ctx ended.
func able(ctx context.Context, all []work) (can []work, skipped []results.Skipped, err error) {
	for _, w := range all {
		why, err := lacks(ctx, w)
		switch {
		case err != nil:
			return nil, nil, err
		case why == "":
			can = append(can, w)
		default:
			skipped = append(skipped, results.Skipped{Scenario: w.Name, Why: why})
		}
	}
	return can, skipped, nil
}

// ableStill leaves out what was skipped when the bundle was begun, and wants the
// others to be able to run as then: a run that goes on has the scenarios of its
// plan.
func ableStill(ctx context.Context, was []results.Skipped, all []work) (can []work, skipped []results.Skipped, err error) {
	begun := map[string]results.Skipped{}
	for _, s := range was {
		begun[s.Scenario] = s
	}
	for _, w := range all {
		if s, ok := begun[w.Name]; ok {
			skipped = append(skipped, s)
		} else {
			can = append(can, w)
		}
	}
	_, lacking, err := able(ctx, can)
	if err == nil && len(lacking) > 0 {
		err = fmt.Errorf("scenario %s cannot run here any more: %s", lacking[0].Scenario, lacking[0].Why)
	}
	return can, skipped, err
}

// lacks says why a scenario cannot run here; "" if it can.
func lacks(ctx context.Context, w work) (why string, err error) {
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
		return "", program.Usagef("%s: scenario %s: requires: cannot run %s: %w", w.File, w.Name, process.Quote(w.Requires), failed)
	}
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last, nil
	}
	return fmt.Sprintf("%s: %v", process.Quote(w.Requires), failed), nil
}
