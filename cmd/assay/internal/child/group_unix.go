//go:build unix && !linux

package child

import (
	"os/exec"
	"syscall"
)

// setGroup gives the program its own process group.
func setGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
