//go:build !linux

package process

import (
	"os/exec"
	"syscall"
)

// launched is a started command. What it starts is not known on this system.
type launched struct {
	PID    int
	Keeper int           // 0: there is none
	Ended  chan struct{} // closed when the command has ended
	Exit   string        // how it ended; valid when Ended is closed, like the next two
	Good   bool
	Left   int
	Gone   chan struct{}
	Stuck  []string

	cmd *exec.Cmd
}

// launch starts the command. Only Linux places it on CPUs.
func launch(cmd *exec.Cmd, cpus []int) (*launched, error) {
	if err := startOn(cmd, cpus); err != nil {
		return nil, err
	}
	l := &launched{PID: cmd.Process.Pid, Ended: make(chan struct{}), Gone: make(chan struct{}), cmd: cmd}
	go func() {
		_ = cmd.Wait() // the state says how it ended
		if s := cmd.ProcessState; s != nil {
			l.Exit, l.Good = s.String(), s.Success()
		}
		close(l.Ended)
		close(l.Gone)
	}()
	return l, nil
}

// Signal asks the command to end.
func (l *launched) Signal(s syscall.Signal) { signalGroup(l.cmd, s) }

// End kills the command.
func (l *launched) End() { _ = l.cmd.Process.Kill() }
