package setup

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/scenario"
)

// Hook runs a command to its end, on any CPU. what is "prepare" or "cleanup". The error
// holds the command and the end of its output. A nil hook does nothing.
func Hook(ctx context.Context, h *scenario.Hook, what string) error {
	if h == nil {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	log := process.NewTail()
	cmd := exec.Command(h.Command[0], h.Command[1:]...)
	cmd.Dir = h.Dir
	cmd.Stdout, cmd.Stderr = log, log
	err := process.Run(limited, cmd, nil)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		err = fmt.Errorf("it did not end within %v: make it faster, or raise %s.timeout", h.Timeout, what)
	case errors.Is(err, exec.ErrNotFound), cmd.Process == nil:
		err = fmt.Errorf("cannot start: %w: it is started in %s, the folder of the scenario file", err, h.Dir)
	}
	said := "it printed nothing"
	if out := log.String(); out != "" {
		said = "its last output:\n    " + strings.ReplaceAll(out, "\n", "\n    ")
	}
	return fmt.Errorf("%s: %w\n  command: %s\n  %s", what, err, process.Quote(h.Command), said)
}
