package process

import (
	"os/exec"

	"github.com/assay-bench/assay/harness/internal/process/keeper"
)

// launched is a started command with everything that descends from it.
type launched = keeper.Kept

// launch starts the command under a keeper, on the given CPUs.
func launch(cmd *exec.Cmd, cpus []int) (*launched, error) {
	return keeper.Start(cmd, func(c *exec.Cmd) error { return placed(cpus, c.Start) })
}
