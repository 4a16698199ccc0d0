package process

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// shell is a command whose third file is an end of a pipe, and the other end.
func shell(t *testing.T, script string, reads bool) (*exec.Cmd, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := r, w
	if reads {
		ours, theirs = w, r
	}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	cmd := exec.Command("sh", "-c", script)
	cmd.ExtraFiles = []*os.File{theirs}
	return cmd, ours
}

// What an interrupted command started has ended too, whether or not it heeds the
// interrupt: the pipe has no writer any more.
func TestInterruptedRunLeavesNothing(t *testing.T) {
	cmd, pipe := shell(t, `(trap "" INT; echo on >&3; exec sleep 120) & wait`, false)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ran := make(chan error)
	go func() { ran <- Run(ctx, cmd, nil) }()
	if _, err := io.ReadFull(pipe, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ran; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	cmd.ExtraFiles[0].Close() // ours of the writing end
	if err := pipe.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := pipe.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("read %v, want EOF: a process that it started is still there", err)
	}
}

// A command that succeeds and leaves a process with its output has succeeded;
// one that fails has failed.
func TestRunLeavesADaemon(t *testing.T) {
	for script, fails := range map[string]bool{"cat <&3 & exit 0": false, "cat <&3 & exit 3": true} {
		t.Run(script, func(t *testing.T) {
			t.Parallel() // each waits for the process that stays, for as long as an interrupt may take
			cmd, _ := shell(t, script, true)
			var out bytes.Buffer
			cmd.Stdout = &out
			err := Run(t.Context(), cmd, nil)
			var exit *exec.ExitError
			if fails && !errors.As(err, &exit) || !fails && err != nil {
				t.Errorf("error %v", err)
			}
		})
	}
}
