package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// lab is what all rows use: the programs, a folder, and a source of chance.
type lab struct {
	root                string // of the source tree
	assay, server, self string // programs
	dir                 string
	short               bool
	random              *rand.Rand
	progress            io.Writer
	folders             int
}

// times is how often something is tried: in the full form, and in the short one.
func (l *lab) times(full, short int) int {
	if l.short {
		return short
	}
	return full
}

// folder makes a new folder. Whatever keeps this program from making files keeps it from
// testing anything, so such failures are panics, here and below. Folders are numbered
// and are not removed before the end of the program, unless a row does so.
func (l *lab) folder() string {
	l.folders++
	dir := filepath.Join(l.dir, fmt.Sprintf("%04d", l.folders))
	if err := os.Mkdir(dir, 0o755); err != nil {
		panic(err)
	}
	return dir
}

// write writes a file into a folder and returns its path.
func write(dir, name, text string) string {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		panic(err)
	}
	return path
}

// command is an assay command in a folder of its own. It reserves a machine of its own,
// because other rows leave theirs behind on purpose.
func (l *lab) command(dir string, args ...string) *exec.Cmd {
	return l.program(dir, l.assay, args...)
}

// program is a command of a program in a folder, with an environment of its own: nothing
// of the user's reaches it, and its temporary files can be looked for.
func (l *lab) program(dir, program string, args ...string) *exec.Cmd {
	temp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(temp, 0o755); err != nil {
		panic(err)
	}
	c := exec.Command(program, args...)
	c.Dir = dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + temp, "ASSAY_LOCK=" + filepath.Join(dir, "lock")}
	return c
}

// ended is how a command ended.
type ended struct {
	code int // of the exit; -1 if a signal ended it
	// output holds what the command wrote to standard output and standard error, in one
	// text.
	output string
	memory int64 // the most it had, in bytes
	hung   bool  // it had to be killed
}

// limit is how long a command may take before it counts as hung. It is far above what
// any of them takes.
const limit = 2 * time.Minute

// do runs a command to its end, in a process group of its own, so that all of it can be
// ended if it hangs. A command that cannot be started has the code -1 and the error as
// its output. The peak of the memory is that of the largest process, and not a sum.
func (l *lab) do(ctx context.Context, c *exec.Cmd) (e ended) {
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.WaitDelay = limit
	if err := c.Start(); err != nil {
		return ended{code: -1, output: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
	err := c.Wait()
	e.hung = !stop()
	e.output, e.code = out.String(), c.ProcessState.ExitCode()
	if err != nil && e.code == 0 {
		e.code, e.output = -1, e.output+err.Error()
	}
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		e.memory = u.Maxrss << 10
	}
	return e
}

// mostMemory is what no command may need for bad input.
const mostMemory = 1 << 30

// sane requires what holds for every command, whatever was done to it: no panic, no hang,
// bounded memory.
func (e ended) sane() error {
	switch {
	case e.hung:
		return errors.New("it hung")
	case strings.Contains(e.output, "panic:") || strings.Contains(e.output, "fatal error:"):
		return errors.New("it panicked:\n" + tail(e.output))
	case e.memory > mostMemory:
		return fmt.Errorf("it took %d MB", e.memory>>20)
	case e.code < 0:
		return errors.New("a signal ended it:\n" + tail(e.output))
	}
	return nil
}

// refused requires a command to fail with a message that contains one of the words.
func (e ended) refused(words ...string) error {
	if err := e.sane(); err != nil {
		return err
	}
	if e.code == 0 {
		return errors.New("it was accepted")
	}
	for _, w := range words {
		if strings.Contains(e.output, w) {
			return nil
		}
	}
	return fmt.Errorf("none of %q is in:\n%s", words, tail(e.output))
}

// succeeded requires a command to succeed.
func (e ended) succeeded() error {
	if err := e.sane(); err != nil {
		return err
	}
	if e.code != 0 {
		return fmt.Errorf("exit status %d:\n%s", e.code, tail(e.output))
	}
	return nil
}

// tail is the end of an output.
func tail(s string) string { return s[max(0, len(s)-600):] }

// await waits for something that happens, and returns false if it never does. await
// looks every 10 ms, for at most limit.
func await(ctx context.Context, happened func() bool) bool {
	for end := time.Now().Add(limit); !happened(); {
		if time.Now().After(end) || ctx.Err() != nil {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}
