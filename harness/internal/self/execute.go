package self

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/assay-bench/assay/harness/internal/process"
)

// used is what a process took from start to end.
type used struct {
	cpu time.Duration // user and system
}

// execute runs a program on the CPUs of this process.
func execute(ctx context.Context, in io.Reader, name string, args ...string) ([]byte, used, error) {
	c := exec.CommandContext(ctx, name, args...)
	var out, problems bytes.Buffer
	// What a tool prints is kept in memory: a terminal that scrolls would be part of
	// the measurement.
	c.Stdin, c.Stdout, c.Stderr = in, &out, &problems
	if err := c.Run(); err != nil {
		return nil, used{}, fmt.Errorf("run %s: %w\n%s", process.Quote(c.Args), err, problems.Bytes())
	}
	// The system adds up the CPU time of all threads when the process ends, so nothing
	// has to be sampled.
	s := c.ProcessState
	return out.Bytes(), used{s.UserTime() + s.SystemTime()}, nil
}
