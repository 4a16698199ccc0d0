package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/assay-bench/assay/results"
)

// able parts the scenarios that can run here from those whose `requires` fails,
// with the reason that it gave. An error means that ctx ended.
func able(ctx context.Context, all []work) (can []work, skipped []results.Skipped, err error) {
	for _, w := range all {
		why, err := lacks(ctx, w.Requires)
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

// lacks says why a scenario with this requirement cannot run here; "" if it can.
func lacks(ctx context.Context, command []string) (why string, err error) {
	if len(command) == 0 {
		return "", nil
	}
	var said bytes.Buffer
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Stderr = &said
	failed := c.Run()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case failed == nil:
		return "", nil
	}
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last, nil
	}
	return fmt.Sprintf("%s: %v", strings.Join(command, " "), failed), nil
}
