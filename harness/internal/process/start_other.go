//go:build !linux

package process

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// startOn starts the command. Only Linux places it on CPUs.
func startOn(cmd *exec.Cmd, _ []int) error { return cmd.Start() }

// signalGroup signals the process. On Windows the only signal is to end it.
func signalGroup(cmd *exec.Cmd, s syscall.Signal) {
	if runtime.GOOS == "windows" {
		_ = cmd.Process.Kill()
		return
	}
	_ = cmd.Process.Signal(os.Signal(s))
}

// place does nothing: only Linux places processes on CPUs.
func place([]int, []int) error { return nil }
