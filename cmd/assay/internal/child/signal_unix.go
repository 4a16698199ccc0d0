//go:build unix

package child

import (
	"os/exec"
	"syscall"
)

// signalGroup sends a signal to the whole group. A group that is gone needs none.
func signalGroup(cmd *exec.Cmd, s syscall.Signal) { _ = syscall.Kill(-cmd.Process.Pid, s) }
