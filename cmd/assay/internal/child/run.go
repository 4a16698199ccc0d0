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

// outputTime is how long Run waits for the end of a program's output after the
// program has ended. A daemon that the program left behind may keep the output open
// for ever.
const outputTime = 5 * time.Second

// Runner runs programs.
type Runner struct {
	Env   []string        // NAME=VALUE, added to the environment of this process
	Again <-chan struct{} // when it is closed, programs are killed; nil for never
}

// Run runs a program to its end, without input. It returns the error of the program,
// or the cause of ctx if that ended first. An *exec.ExitError has the exit status.
// Run sets SysProcAttr, WaitDelay and Stdin of the command.
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
		// The kernel kills the child when the thread that started it ends, so that
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
			return nil // if the program itself had failed, the error would be another one
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
	signalGroup(cmd, syscall.SIGKILL) // ends what the program left in its group
	return context.Cause(ctx)
}

// Status returns the exit status of a program that Run ran: 0 if err is nil, and -1
// if the program did not start or was ended by a signal.
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
