//go:build unix

package child

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shell is a command whose third file is the writing end of a pipe, and the reading
// end of that.
func shell(t *testing.T, script string) (*exec.Cmd, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	cmd := exec.Command("sh", "-c", script)
	cmd.ExtraFiles = []*os.File{w}
	return cmd, r
}

// awaitEnd wants that no process has the writing end of the pipe any more.
func awaitEnd(t *testing.T, cmd *exec.Cmd, pipe *os.File) {
	t.Helper()
	cmd.ExtraFiles[0].Close() // the end of this process
	if err := pipe.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, pipe); err != nil {
		t.Errorf("read: %v: a process that the program started is still there", err)
	}
}

// awaitWord waits until the program has written a word of three bytes.
func awaitWord(t *testing.T, pipe *os.File) {
	t.Helper()
	if _, err := io.ReadFull(pipe, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
}

func TestInterruptEndsTheGroup(t *testing.T) {
	cmd, pipe := shell(t, `(trap "" TERM; echo on >&3; exec sleep 120) & wait`)
	ctx, cancel := context.WithCancelCause(t.Context())
	ran := make(chan error)
	go func() { ran <- new(Runner).Run(ctx, cmd) }()
	awaitWord(t, pipe)
	cause := errors.New("enough")
	cancel(cause)
	if err := <-ran; err != cause {
		t.Errorf("error %v, want the cause of the context", err)
	}
	awaitEnd(t, cmd, pipe)
}

// A program may take its time after the first signal, and none after the second.
func TestSecondInterruptKills(t *testing.T) {
	cmd, pipe := shell(t, `trap "echo no >&3" TERM; echo on >&3; while :; do sleep 0.05; done`)
	ctx, cancel := context.WithCancelCause(t.Context())
	again := make(chan struct{})
	ran := make(chan error)
	go func() { ran <- (&Runner{Again: again}).Run(ctx, cmd) }()
	awaitWord(t, pipe)
	cancel(errors.New("enough"))
	awaitWord(t, pipe) // it has heard the first
	close(again)
	<-ran
	awaitEnd(t, cmd, pipe)
}

func TestStatus(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 3": 3, "kill -KILL $$": -1} {
		cmd, _ := shell(t, script)
		if got := Status(new(Runner).Run(t.Context(), cmd)); got != want {
			t.Errorf("%s: %d, want %d", script, got, want)
		}
	}
	if got := Status(new(Runner).Run(t.Context(), exec.Command("/nonexistent"))); got != -1 {
		t.Errorf("no program: %d, want -1", got)
	}
}

func TestEnvironmentIsAdded(t *testing.T) {
	t.Setenv("CHILD_TEST_OLD", "old")
	cmd, _ := shell(t, `echo "$CHILD_TEST_OLD $CHILD_TEST_NEW"`)
	var out strings.Builder
	cmd.Stdout = &out
	if err := (&Runner{Env: []string{"CHILD_TEST_NEW=new"}}).Run(t.Context(), cmd); err != nil || out.String() != "old new\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestCatch(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("SKIPPED: this process ignores SIGHUP")
	}
	ctx, s := Catch(t.Context())
	defer s.Release()
	send := func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	send()
	<-ctx.Done()
	var i *Interrupted
	if !errors.As(context.Cause(ctx), &i) || i.Status() != 129 {
		t.Errorf("cause %v", context.Cause(ctx))
	}
	select {
	case <-s.Again():
		t.Error("one signal is two")
	default:
	}
	send()
	<-s.Again()
}
