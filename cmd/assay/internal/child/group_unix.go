//go:build unix && !linux

package child

import (
	"os/exec"
	"syscall"
)

// setGroup gives the program a process group of its own.
func setGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
