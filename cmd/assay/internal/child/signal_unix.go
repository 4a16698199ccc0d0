//go:build unix

package child

import (
	"os/exec"
	"syscall"
)

// signalGroup sends a signal to the whole group. It ignores errors, because a group
// that has gone needs no signal.
func signalGroup(cmd *exec.Cmd, s syscall.Signal) { _ = syscall.Kill(-cmd.Process.Pid, s) }
