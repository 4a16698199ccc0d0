package launch

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/work"
)

// Group is a process of an engine, with the workers that it started, or workers for which
// the engine needs no process here.
type Group struct {
	// Workers are at least one, and several if one process of the engine started them.
	Workers []Worker

	cmd    *exec.Cmd           // nil if there is no process
	remove func(wait bool)     // ends workers without a process; with wait it returns when they are gone
	input  io.Closer           // nil if the process reads nothing
	revoke func(cmd *exec.Cmd) // lets the engine end its workers at once; nil: the end of the process does
	log    *process.Tail
	done   chan struct{}
	err    error // valid when done is closed
	once   sync.Once
	ended  atomic.Bool // by Kill or Stop
}

// feed starts a command whose standard input is the configuration of a worker. The input
// stays open until the group is stopped, or this process ends.
func feed(cmd *exec.Cmd, config work.Config, workers ...Worker) (*Group, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	g := &Group{Workers: workers, cmd: cmd, input: in}
	if err := g.start(nil); err != nil {
		return nil, err
	}
	// A process that has ended already says more by its output than by a broken pipe.
	_ = config.Write(in)
	return g, nil
}

// start starts the process of the group. after, which may be nil, is called when it has
// ended.
func (g *Group) start(after func()) error {
	g.log, g.done = process.NewTail(), make(chan struct{})
	g.cmd.Stdout, g.cmd.Stderr = g.log, g.log
	g.cmd.WaitDelay = time.Second // do not wait for whoever else holds the output
	apart(g.cmd)
	if err := g.cmd.Start(); err != nil {
		return fmt.Errorf("start a worker: %s: %w", process.Quote(g.cmd.Args), err)
	}
	go func() {
		g.err = g.cmd.Wait()
		if after != nil {
			after()
		}
		close(g.done)
	}()
	return nil
}

// follow returns a group of workers without a process of its own. watch returns when they
// have ended, with the reason, or when its context is over.
func follow(workers []Worker, watch func(context.Context) error, remove func(wait bool)) *Group {
	ctx, end := context.WithCancel(context.Background())
	g := &Group{Workers: workers, done: make(chan struct{})}
	g.remove = func(wait bool) {
		remove(wait)
		end()
		<-g.done
	}
	go func() {
		defer close(g.done)
		defer end()
		g.err = watch(ctx)
	}()
	return g
}

// each starts one process for every worker. If one cannot be started, the others are ended.
func each(all []Worker, config work.Config, make func(Worker) (*exec.Cmd, error)) (groups []*Group, err error) {
	for _, w := range all {
		cmd, err := make(w)
		if err == nil {
			var g *Group
			if g, err = feed(cmd, config, w); err == nil {
				groups = append(groups, g)
				continue
			}
		}
		for _, g := range groups {
			g.Stop()
		}
		return nil, err
	}
	return groups, nil
}

// Done returns a channel that is closed when the process has ended.
func (g *Group) Done() <-chan struct{} { return g.done }

// Ended reports whether the group was ended by Kill or Stop: then its end is no news.
func (g *Group) Ended() bool { return g.ended.Load() }

// Err says how the process ended, with the end of its output. Done must be closed.
func (g *Group) Err() error {
	if g.cmd == nil {
		return g.err
	}
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

// stopTime is how long a process has to end by itself once it was told to.
const stopTime = 10 * time.Second

// Kill ends the process at once. A worker on this machine takes its servers with it; one on
// another host sees its input end, and does so too, or its engine ends it.
func (g *Group) Kill() {
	g.once.Do(func() {
		g.ended.Store(true)
		if g.remove != nil {
			g.remove(false)
			return
		}
		g.close()
		g.force()
	})
}

// Stop ends the process: first by the end of its input, by which a worker ends itself and
// its servers, and then by force.
func (g *Group) Stop() {
	g.once.Do(func() {
		g.ended.Store(true)
		if g.remove != nil {
			g.remove(true)
			return
		}
		g.close()
		if !g.ends() {
			g.force()
		}
	})
}

// close ends the input of the process.
func (g *Group) close() {
	if g.input != nil {
		g.input.Close()
	}
}

// force ends the process, by its engine if that has a way.
func (g *Group) force() {
	if g.revoke != nil {
		g.revoke(g.cmd)
		if g.ends() {
			return
		}
	}
	end(g.cmd)
	<-g.done
}

// ends waits for the end of the process, and reports whether it came in time.
func (g *Group) ends() bool {
	timer := time.NewTimer(stopTime)
	defer timer.Stop()
	select {
	case <-g.done:
		return true
	case <-timer.C:
		return false
	}
}
