package child

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// outputTime is how long Run waits for the end of a program's output once the
// program has ended. A daemon that the program left behind may hold it for ever.
const outputTime = 5 * time.Second

// Runner runs programs.
type Runner struct {
	Env   []string        // NAME=VALUE, added to the environment of this process
	Again <-chan struct{} // when it is closed, programs are killed; nil: never
}

// Run runs a program to its end, without input. Its error is that of the program,
// or the cause of ctx if that ended first. An *exec.ExitError has the exit status.
// The SysProcAttr, WaitDelay and Stdin of the command are Run's.
func (r *Runner) Run(ctx context.Context, cmd *exec.Cmd) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, r.Env...)
	cmd.Stdin, cmd.WaitDelay = nil, outputTime
	setGroup(cmd)
	started, ended := make(chan error, 1), make(chan error, 1)
	go func() {
		// The kernel kills the child when the thread that started it ends. So that
		// thread belongs to this goroutine until the child has ended.
		runtime.LockOSThread()
		err := cmd.Start()
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
			return nil // a failure of the program itself would be the error
		}
		return err
	case <-ctx.Done():
	}
	signalGroup(cmd, syscall.SIGTERM)
	select {
	case <-ended:
	case <-r.Again:
		signalGroup(cmd, syscall.SIGKILL)
		<-ended
	}
	signalGroup(cmd, syscall.SIGKILL) // what the program left in its group
	return context.Cause(ctx)
}

// Status is the exit status of a program that Run ran: 0 if err is nil, and -1 if
// the program did not start, or did not end by itself.
func Status(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}
