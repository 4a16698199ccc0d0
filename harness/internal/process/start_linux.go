package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
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

// place moves processes to the given CPUs (empty for any), thread by thread, where they
// are not there already. A container engine may have placed them elsewhere.
func place(pids []int, cpus []int) error {
	var want unix.CPUSet
	for _, c := range cpus {
		want.Set(c)
	}
	for _, pid := range pids {
		threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		if err != nil {
			continue // it has ended
		}
		for _, t := range threads {
			tid, _ := strconv.Atoi(t.Name())
			if err := placeThread(tid, cpus, &want); err != nil {
				return fmt.Errorf("move process %d of the container to CPUs %v: %w: choose them with --cpuset-cpus", pid, cpus, err)
			}
		}
	}
	return nil
}

// placeThread moves a thread. One that has ended needs no place.
func placeThread(tid int, cpus []int, want *unix.CPUSet) error {
	var now unix.CPUSet
	if err := unix.SchedGetaffinity(tid, &now); err != nil || len(cpus) == 0 {
		return nil
	}
	inside := 0
	for _, c := range cpus {
		if now.IsSet(c) {
			inside++
		}
	}
	if inside == now.Count() {
		return nil
	}
	if err := unix.SchedSetaffinity(tid, want); !errors.Is(err, unix.ESRCH) {
		return err
	}
	return nil
}
