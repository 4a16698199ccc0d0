//go:build unix

package launch

import (
	"os/exec"
	"syscall"
)

// apart makes the command a process group of its own, so that an interrupt from the
// keyboard does not reach the workers: the coordinator ends them in order.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// end kills the process group. A group that has gone needs no signal.
func end(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
