package process

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// interruptTime is how long a command may take to clean up after an interrupt.
const interruptTime = 5 * time.Second

// Run runs a command to its end on the given CPUs (empty for any), in its own
// process group. When ctx ends, Run interrupts the group. It kills what is left of
// the group once the command has ended, or after a while, and returns the error of
// ctx. Run sets SysProcAttr, Cancel and WaitDelay of the command.
//
// A command may succeed and leave behind a process that holds its output, as a
// build's daemon does. Run leaves such a process alone.
//
// The whole group is ended because a compiler is a tree of processes. If only the
// root ended, the others would still be working during the next measurement.
func Run(ctx context.Context, cmd *exec.Cmd, cpus []int) error {
	ended := make(chan error)
	started := make(chan error)
	cmd.WaitDelay = interruptTime
	go func() {
		err := startOn(cmd, cpus)
		started <- err
		if err == nil {
			ended <- cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	select {
	case err := <-ended:
		if errors.Is(err, exec.ErrWaitDelay) {
			return nil // if the command itself had failed, err would say so
		}
		return err
	case <-ctx.Done():
	}
	signalGroup(cmd, syscall.SIGINT)
	timer := time.AfterFunc(interruptTime, func() { signalGroup(cmd, syscall.SIGKILL) })
	defer timer.Stop()
	<-ended
	signalGroup(cmd, syscall.SIGKILL) // some members may have ignored the interrupt
	return ctx.Err()
}
