package launch

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/internal/usage"
)

// ssh starts workers by the user's ssh.
type ssh struct{ program string }

// Launch implements Launcher.
func (s ssh) Launch(_ context.Context, all []Worker, config work.Config) ([]*Group, error) {
	path, _, err := self()
	if err != nil {
		return nil, err
	}
	client, err := exec.LookPath("ssh")
	if err != nil {
		return nil, fmt.Errorf("--on ssh: %w: install a client of OpenSSH", err)
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	return each(all, config, func(w Worker) (*exec.Cmd, error) {
		if w.Node == "" || w.Node[0] == '-' {
			return nil, usage.Errorf("--on ssh: %q is not a host for %s", w.Node, w.Seat)
		}
		return exec.Command(client, s.arguments(w, cmp.Or(s.program, path), dir)...), nil
	})
}

// arguments returns the arguments of ssh. It must not ask for a password, because its input
// is the worker's; it must notice when the network fails. The shell of the node looks for
// the program from the folder of this process, if that exists there, and is replaced by the
// program.
func (ssh) arguments(w Worker, program, dir string) []string {
	return []string{
		"-o", "BatchMode=yes", "-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=5", "-T", w.Node,
		fmt.Sprintf("cd %s 2>/dev/null; exec %s", process.Quote([]string{dir}), process.Quote(append([]string{program}, command(w.Seat)...))),
	}
}
