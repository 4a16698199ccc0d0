//go:build !unix

package child

import (
	"os/exec"
	"syscall"
)

// setGroup does nothing: there are no process groups.
func setGroup(*exec.Cmd) {}

// signalGroup ends the program only, whatever the signal.
func signalGroup(cmd *exec.Cmd, _ syscall.Signal) { _ = cmd.Process.Kill() }
