package process

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// interruptTime is how long a command may clean up after itself.
const interruptTime = 5 * time.Second

// Run runs a command to its end on the given CPUs (empty: any), in a process
// group of its own. When ctx ends the group is interrupted, and what is left of
// it when its root has ended, or after a while, is killed; the error is then
// ctx's. The command's SysProcAttr, Cancel and WaitDelay are Run's.
//
// A command that succeeds and leaves a process behind that holds its output, as
// a build's daemon does, has succeeded. The process is left to itself.
//
// A compiler is a tree of processes: to end its root alone would leave the
// others at work beside the next measurement.
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
			return nil // a failure of the command itself would be err
		}
		return err
	case <-ctx.Done():
	}
	signalGroup(cmd, syscall.SIGINT)
	timer := time.AfterFunc(interruptTime, func() { signalGroup(cmd, syscall.SIGKILL) })
	defer timer.Stop()
	<-ended
	signalGroup(cmd, syscall.SIGKILL) // its members need not have heeded the interrupt
	return ctx.Err()
}
