package child

import (
	"os/exec"
	"syscall"
)

// setGroup gives the program its own process group, and makes it die with this
// process.
func setGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
