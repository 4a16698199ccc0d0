//go:build !linux

package process

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// startOn starts the command; elsewhere than on Linux it is not placed.
func startOn(cmd *exec.Cmd, _ []int) error { return cmd.Start() }

// signalGroup signals the process. Windows knows no signal but the end.
func signalGroup(cmd *exec.Cmd, s syscall.Signal) {
	if runtime.GOOS == "windows" {
		_ = cmd.Process.Kill()
		return
	}
	_ = cmd.Process.Signal(os.Signal(s))
}
