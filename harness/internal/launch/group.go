package launch

import (
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/work"
)

// Group is a process of an engine, with the workers that it started.
type Group struct {
	Workers []Worker

	cmd   *exec.Cmd
	input io.Closer
	log   *process.Tail
	done  chan struct{}
	err   error // valid when done is closed
	once  sync.Once
}

// start starts a command whose standard input is the configuration of a worker. The input
// stays open until the group is stopped, or this process ends.
func start(cmd *exec.Cmd, config work.Config, workers ...Worker) (*Group, error) {
	g := &Group{Workers: workers, cmd: cmd, log: process.NewTail(), done: make(chan struct{})}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	g.input = in
	cmd.Stdout, cmd.Stderr = g.log, g.log
	cmd.WaitDelay = time.Second // do not wait for whoever else holds the output
	apart(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a worker: %s: %w", process.Quote(cmd.Args), err)
	}
	go func() {
		g.err = cmd.Wait()
		close(g.done)
	}()
	// A process that has ended already says more by its output than by a broken pipe.
	_ = config.Write(in)
	return g, nil
}

// Done returns a channel that is closed when the process has ended.
func (g *Group) Done() <-chan struct{} { return g.done }

// Err says how the process ended, with the end of its output. Done must be closed.
func (g *Group) Err() error {
	how := "it ended"
	if g.err != nil {
		how = "it ended with " + g.err.Error()
	}
	var seats []string
	for _, w := range g.Workers {
		seat := w.Seat
		if w.Node != "" {
			seat += " on " + w.Node
		}
		seats = append(seats, seat)
	}
	s := fmt.Sprintf("worker of %s: %s\n  command: %s", strings.Join(seats, ", "), how, process.Quote(g.cmd.Args))
	if log := g.log.String(); log != "" {
		s += "\n  its last output:\n    " + strings.ReplaceAll(log, "\n", "\n    ")
	}
	return fmt.Errorf("%s", s)
}

// stopTime is how long a process has to end by itself once its input has ended.
const stopTime = 10 * time.Second

// Kill ends the process at once. A worker on this machine takes its servers with it; one on
// another host sees its input end, and does so too.
func (g *Group) Kill() {
	g.once.Do(func() {
		g.input.Close()
		end(g.cmd)
		<-g.done
	})
}

// Stop ends the process: first by the end of its input, by which a worker ends itself and
// its servers, and then by force.
func (g *Group) Stop() {
	g.once.Do(func() {
		g.input.Close()
		timer := time.NewTimer(stopTime)
		defer timer.Stop()
		select {
		case <-g.done:
		case <-timer.C:
			end(g.cmd)
			<-g.done
		}
	})
}
