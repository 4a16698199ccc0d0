package child

import (
	"os/exec"
	"syscall"
)

// setGroup gives the program a process group of its own, and lets it die with this
// process.
func setGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
