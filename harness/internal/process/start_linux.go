package process

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// startOn starts the command in its own process group, on the given CPUs. The
// calling goroutine keeps its thread: the kernel ends the child when the thread that
// started it ends, which is how the child dies with the harness.
func startOn(cmd *exec.Cmd, cpus []int) error {
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return placed(cpus, cmd.Start)
}

// placed calls start, which starts a process, so that the process runs on the given CPUs
// (empty for any). A child inherits the affinity of the thread that forks it.
func placed(cpus []int, start func() error) error {
	if len(cpus) == 0 {
		return start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, want unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return fmt.Errorf("read CPU affinity: %w", err)
	}
	for _, c := range cpus {
		want.Set(c)
	}
	if err := unix.SchedSetaffinity(0, &want); err != nil {
		return fmt.Errorf("place on CPUs %v: %w", cpus, err)
	}
	err := start()
	if e := unix.SchedSetaffinity(0, &before); e != nil && err == nil {
		err = fmt.Errorf("restore CPU affinity: %w", e)
	}
	return err
}

// signalGroup sends a signal to the whole group. It ignores errors, because a group
// that has gone needs no signal.
func signalGroup(cmd *exec.Cmd, s syscall.Signal) {
	_ = syscall.Kill(-cmd.Process.Pid, s)
}
