package launch

import (
	"context"
	"os/exec"

	"github.com/assay-bench/assay/harness/internal/work"
)

// local starts workers as processes on this machine.
type local struct{}

// Launch implements Launcher.
func (local) Launch(_ context.Context, all []Worker, config work.Config) ([]*Group, error) {
	path, name, err := self()
	if err != nil {
		return nil, err
	}
	return each(all, config, func(w Worker) (*exec.Cmd, error) {
		return &exec.Cmd{Path: path, Args: append([]string{name}, command(w.Seat)...)}, nil
	})
}
