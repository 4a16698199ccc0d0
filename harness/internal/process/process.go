package process

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/assay-bench/assay/internal/plain"
)

// Spec says how to start a server. Every value is resolved, and no shell is
// involved.
type Spec struct {
	// Name is the server's in messages, and Command its program with arguments.
	Name    string
	Command []string
	Env     map[string]string // added to the environment of the harness
	Dir     string            // in which Command runs; empty: that of the harness
	CPUs    []int             // those that the server may run on; empty for any

	Ready string      // URL that answers 2xx or 3xx once the server is ready
	TLS   *tls.Config // of an https URL; nil trusts the system's authorities
	// ReadyTimeout counts from the start of the command.
	ReadyTimeout time.Duration

	StopSignal string // "TERM", "INT", …
	// StopTimeout counts from the signal; what still runs then is killed.
	StopTimeout time.Duration
}

// Process is a started server.
type Process struct {
	Spec      Spec          // with which it was started
	ReadyIn   time.Duration // from start to the first good answer
	KeepAlive bool          // the server keeps connections open after an answer

	kept      *launched
	container *container // nil if the command runs none
	log       *Tail
	done      chan struct{} // closed when the server has ended
	stopped   sync.Once
	remains   []string // what could not be ended
}

// StartError says why a server did not start, with the end of its output.
type StartError struct {
	// Name and Command are those of the Spec. Why is the cause, and Log is the end of
	// what the command wrote to its output, empty if it wrote nothing.
	Name    string
	Command []string
	Why     error
	Log     string
}

// Error returns at most three lines, followed by the log.
func (e *StartError) Error() string {
	s := fmt.Sprintf("server %s: %v\n  command: %s", e.Name, e.Why, Quote(e.Command))
	if e.Log == "" {
		return s + "\n  it printed nothing"
	}
	return s + "\n  its last output:\n" + indent(e.Log)
}

// Unwrap returns the cause.
func (e *StartError) Unwrap() error { return e.Why }

// Start starts a server and waits until it answers. If that fails, or if ctx ends,
// Start ends the server again.
func Start(ctx context.Context, s Spec) (*Process, error) {
	p := &Process{Spec: s, log: NewTail(), done: make(chan struct{})}
	if len(s.Command) == 0 {
		return nil, fmt.Errorf("server %s: no command", s.Name)
	}
	fail := func(why error) (*Process, error) {
		return nil, &StartError{s.Name, s.Command, why, p.log.String()}
	}
	var command []string
	var err error
	if p.container, command, err = contain(s.Command, s.CPUs); err != nil {
		return fail(err)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = s.Dir
	cmd.Env = os.Environ()
	for k, v := range s.Env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	cmd.WaitDelay = time.Second // do not wait for a process that cannot be ended and keeps the pipe open
	begin := time.Now()
	if p.kept, err = launch(cmd, s.CPUs); err != nil {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			err = fmt.Errorf("%w: build it first, or correct the path in the scenario (it is relative to the scenario's folder if dir is not given, or else to %s)", err, dirName(s.Dir))
		}
		return fail(fmt.Errorf("cannot start: %w", err))
	}
	go p.watch()
	if err := p.awaitReady(ctx, begin); err != nil {
		p.Stop()
		return fail(err)
	}
	p.ReadyIn = time.Since(begin)
	if p.container != nil {
		if err := p.container.find(ctx, s.CPUs); err != nil {
			p.Stop()
			return fail(err)
		}
	}
	return p, nil
}

// dirName names a folder in messages.
func dirName(dir string) string {
	if dir == "" || dir == "." {
		return "the current directory"
	}
	return dir
}

// watch waits for the end of the server. A command that ends well and leaves processes
// has become a daemon: these are the server.
func (p *Process) watch() {
	<-p.kept.Ended
	if p.Daemon() {
		<-p.kept.Gone
	}
	close(p.done)
}

// awaitReady waits until the server is ready, ends, or runs out of time.
func (p *Process) awaitReady(ctx context.Context, begin time.Time) (err error) {
	ctx, cancel := context.WithDeadline(ctx, begin.Add(p.Spec.ReadyTimeout))
	defer cancel()
	p.KeepAlive, err = AwaitReady(ctx, p.Spec.Ready, p.Spec.TLS, p.done)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errEnded):
		if p.container != nil && p.kept.Good {
			return fmt.Errorf("its client ended (%s) before the container was ready: leave out --detach, so that the client waits for the container", p.exit())
		}
		if n := p.kept.Left; n > 0 && !p.Daemon() {
			return fmt.Errorf("exited before it was ready (%s), and left %s", p.exit(), processes(n))
		}
		return fmt.Errorf("exited before it was ready (%s)", p.exit())
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("not ready within %v: %w", p.Spec.ReadyTimeout, err)
	}
	return err
}

// Ended returns a channel that is closed when the server has ended, whether or not
// it was told to. That is the end of its command, or of all that is left of it if the
// command became a daemon.
func (p *Process) Ended() <-chan struct{} { return p.done }

// PID returns the process id of the server's command, which is also that of its process
// group.
func (p *Process) PID() int { return p.kept.PID }

// Daemon reports whether the command has ended with status 0 and left processes, which
// are the server.
func (p *Process) Daemon() bool {
	select {
	case <-p.kept.Ended:
		return p.kept.Good && p.kept.Left > 0 && p.container == nil
	default:
		return false
	}
}

// Early says that the command has ended while processes that it started went on, or
// returns "". It is asked before the server is told to stop.
func (p *Process) Early() string {
	select {
	case <-p.kept.Ended:
	default:
		return ""
	}
	switch n := p.kept.Left; {
	case n == 0:
		return ""
	case p.Daemon():
		return fmt.Sprintf("its command ended (%s) and left %s: it became a daemon, and is measured and ended as that", p.kept.Exit, processes(n))
	default:
		return fmt.Sprintf("its command ended (%s) before it was told to, while %s that it started went on and may have answered", p.kept.Exit, processes(n))
	}
}

// processes is a number of processes in words.
func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprintf("%d processes", n)
}

// Stop tells the server to stop, with everything that descends from its command, and
// kills what does not stop in time. It returns how long that took.
func (p *Process) Stop() time.Duration {
	begin := time.Now()
	p.stopped.Do(func() {
		if p.abandoned() {
			p.kept.End()
		} else {
			p.kept.Signal(parseSignal(p.Spec.StopSignal))
		}
		t := time.NewTimer(p.Spec.StopTimeout)
		defer t.Stop()
		select {
		case <-p.kept.Gone:
		case <-t.C:
			p.kept.End()
		}
		<-p.done
		<-p.kept.Gone
		for _, stuck := range p.kept.Stuck {
			p.remains = append(p.remains, "process "+stuck)
		}
		if p.container != nil {
			if err := p.container.remove(); err != nil {
				p.remains = append(p.remains, "its container: "+err.Error())
			}
		}
	})
	return time.Since(begin)
}

// abandoned reports whether the client of a container has ended before the container.
// Nobody passes a signal on to the server then, and the engine's monitor may not end by
// one: the container is removed by force.
func (p *Process) abandoned() bool {
	select {
	case <-p.kept.Ended:
		return p.container != nil
	default:
		return false
	}
}

// Remains returns what is left of a stopped server because it could not be ended, such
// as "process 12 (name)".
func (p *Process) Remains() []string { return p.remains }

// Kill ends the server at once, with everything that descends from its command, and with
// the container in which it runs.
func (p *Process) Kill() {
	p.stopped.Do(func() {
		p.kept.End()
		<-p.done
		<-p.kept.Gone
		if p.container != nil {
			_ = p.container.remove() // whoever kills asks for no reason
		}
	})
}

// Exit says how the server ended, e.g. "exit status 0". It waits for the end.
func (p *Process) Exit() string {
	<-p.done
	return p.exit()
}

// exit says how the command ended. It is valid once the command has ended.
func (p *Process) exit() string { return p.kept.Exit }

// Log returns the end of the server's output.
func (p *Process) Log() string { return p.log.String() }

// parseSignal returns the signal of a name, and SIGTERM for any other name.
func parseSignal(name string) syscall.Signal {
	switch strings.TrimPrefix(name, "SIG") {
	case "INT":
		return syscall.SIGINT
	case "KILL":
		return syscall.SIGKILL
	case "HUP":
		return syscall.SIGHUP
	case "QUIT":
		return syscall.SIGQUIT
	}
	return syscall.SIGTERM
}

// Quote joins a command so that people can read it, and paste it into a POSIX shell.
func Quote(command []string) string { return plain.Shell(command...) }

// indent sets off what a command has printed.
func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ")
}
