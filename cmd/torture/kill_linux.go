package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/assay-bench/assay/results"
)

// runScenario is a run of many short trials: {self} is this program as a server.
const runScenario = `version: 1
name: s
server:
  command: ["{self}", serve, "127.0.0.1:${port}", "{dir}"]
  ready: {path: /, timeout: 60s}
variants: [{name: a}, {name: b}]
load: {open: {rate: {rate}, duration: {duration}}, connections: 2}
targets: [{path: /}]
warmup: 100ms
blocks: 3
`

// planned is the number of trials of runScenario: two variants in three blocks.
const planned = 6

// runScenario writes the scenario into a folder. duration is the length of each load.
func (l *lab) runScenario(dir, duration string) string {
	return write(dir, "s.yaml", in(runScenario, "self", l.self, "dir", dir, "rate", "100/s", "duration", duration))
}

// runCommand starts a run, or continues the one that is there.
func (l *lab) runCommand(dir string, args ...string) *exec.Cmd {
	bundle := filepath.Join(dir, "bundle")
	args = append([]string{"run", "--blocks", "3", "--out", bundle, "s.yaml"}, args...)
	if results.Exists(bundle) {
		args = append(args, "--resume")
	}
	return l.command(dir, args...)
}

// killed kills a run at a random moment, from its first instruction to its last, and
// continues it. The moments are spread over the length of a run that nobody killed, so
// they meet its start, its warm-ups, its loads and its writing as often as each lasts.
func killed(ctx context.Context, l *lab, r *result) {
	whole := l.folder()
	l.runScenario(whole, "200ms")
	begin := time.Now()
	if err := l.do(ctx, l.runCommand(whole, "--quick")).succeeded(); err != nil {
		r.attempt("a run that nobody kills", err)
		return
	}
	length := time.Since(begin)
	for i := range l.times(60, 4) {
		dir := l.folder()
		l.runScenario(dir, "200ms")
		moment := time.Duration(l.random.Int64N(int64(length)))
		c := l.runCommand(dir, "--quick")
		c.Stdout, c.Stderr = io.Discard, io.Discard
		if err := c.Start(); err != nil {
			r.attempt("start", err)
			return
		}
		timer := time.AfterFunc(moment, func() { c.Process.Kill() })
		_ = c.Wait() // it was killed, or was faster
		timer.Stop()
		r.attempt(fmt.Sprintf("kill %d after %v", i+1, moment.Round(time.Millisecond)), l.continues(ctx, dir))
		os.RemoveAll(dir)
	}
}

// continues requires that what an ended run left can be continued: no finished trial is
// lost, none is made twice, and nothing is left running.
func (l *lab) continues(ctx context.Context, dir string) error {
	bundle := filepath.Join(dir, "bundle")
	var before []results.Trial
	if results.Exists(bundle) {
		b, err := results.Open(bundle)
		if err != nil {
			return fmt.Errorf("finished trials cannot be read: %w", err)
		}
		before = b.Trials
	}
	// Before the first trial there is no bundle, and the run begins anew.
	if err := l.do(ctx, l.runCommand(dir, "--quick")).succeeded(); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	b, err := results.Open(bundle)
	if err != nil {
		return err
	}
	if differences, err := results.Verify(bundle); err != nil || len(differences) > 0 {
		return fmt.Errorf("verify: %v %w", differences, err)
	}
	count := map[string]int{}
	for _, t := range b.Valid() {
		count[results.TrialID(t.Scenario, t.Variant, t.Matrix, t.Block, 1)]++
	}
	for _, p := range b.Manifest.Plan {
		if n := count[p.ID]; n != 1 {
			return fmt.Errorf("trial %s counts %d times", p.ID, n)
		}
	}
	if len(count) != planned {
		return fmt.Errorf("%d trials, %d were planned", len(count), planned)
	}
	for i, t := range before {
		if i >= len(b.Trials) || b.Trials[i].ID != t.ID || b.Trials[i].Duration != t.Duration {
			return fmt.Errorf("trial %s was finished before, and is not there any more", t.ID)
		}
	}
	return nothingLeft(ctx, dir)
}

// nothingLeft requires all servers of a folder to have ended, and its temporary files to
// be gone.
func nothingLeft(ctx context.Context, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "pids"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, pid := range strings.Fields(string(text)) {
		if !await(ctx, func() bool { return gone(pid, dir) }) {
			return fmt.Errorf("server process %s is left", pid)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) > 0 {
		return fmt.Errorf("left in TMPDIR: %q", left)
	}
	return nil
}

// gone reports whether a server of a folder has ended. Its id may belong to another
// process by now.
func gone(pid, dir string) bool {
	line, err := os.ReadFile(filepath.Join("/proc", pid, "cmdline"))
	return err != nil || !strings.Contains(string(line), dir)
}

// interrupted ends a run in the midst of a load by the signals that end it in order.
func interrupted(ctx context.Context, l *lab, r *result) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) {
			r.skip(s.String(), "this process ignores it, as one that nohup started, and so would the run")
			continue
		}
		for range l.times(4, 1) {
			r.attempt(s.String(), l.interruptedOnce(ctx, s))
		}
	}
}

// interruptedOnce sends a signal in the midst of a load. The run has to end by itself,
// as an interrupted one that can be continued.
func (l *lab) interruptedOnce(ctx context.Context, signal syscall.Signal) error {
	dir := l.folder()
	defer os.RemoveAll(dir)
	l.runScenario(dir, "1s")
	c := l.runCommand(dir, "--quick")
	c.Stdout, c.Stderr = io.Discard, io.Discard
	if err := c.Start(); err != nil {
		return err
	}
	loaded := filepath.Join(dir, "loaded")
	if !await(ctx, func() bool { _, err := os.Stat(loaded); return err == nil }) {
		c.Process.Kill()
		return errors.New("the load never began")
	}
	// From here on the harness is in the midst of an attack.
	if err := c.Process.Signal(signal); err != nil {
		return err
	}
	hung := time.AfterFunc(limit, func() { c.Process.Kill() })
	defer hung.Stop()
	if err := c.Wait(); err == nil {
		return errors.New("the run ended as if it was complete")
	}
	if err := nothingLeft(ctx, dir); err != nil {
		return err
	}
	b, err := results.Open(filepath.Join(dir, "bundle"))
	if err != nil {
		return err
	}
	if b.Manifest.State != results.StateInterrupted {
		return fmt.Errorf("the bundle says %q", b.Manifest.State)
	}
	return l.continues(ctx, dir)
}

// stopped stops the harness for three seconds of a load and lets it go on. A generator
// that does not run sends no requests, which looks like a fast server; the gap must void
// the block.
func stopped(ctx context.Context, l *lab, r *result) {
	for range l.times(3, 1) {
		r.attempt("SIGSTOP", l.stoppedOnce(ctx))
	}
}

// stoppedOnce stops the harness for three seconds of one load, and requires that this
// trial is void and that its repetition counts.
func (l *lab) stoppedOnce(ctx context.Context) error {
	dir := l.folder()
	defer os.RemoveAll(dir)
	l.runScenario(dir, "4s")
	// A busy machine is another reason for a void block, and is not meant here.
	c := l.command(dir, "run", "--blocks", "1", "--foreign-limit", "100000%", "--only", "s/a", "--out", "bundle", "s.yaml")
	c.Stdout, c.Stderr = io.Discard, io.Discard
	if err := c.Start(); err != nil {
		return err
	}
	loaded := filepath.Join(dir, "loaded")
	if !await(ctx, func() bool { _, err := os.Stat(loaded); return err == nil }) {
		c.Process.Kill()
		return errors.New("the load never began")
	}
	pause := time.AfterFunc(3*time.Second, func() { _ = c.Process.Signal(syscall.SIGCONT) })
	defer pause.Stop()
	if err := c.Process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	hung := time.AfterFunc(limit, func() { c.Process.Kill() })
	defer hung.Stop()
	failed := c.Wait()
	b, err := results.Open(filepath.Join(dir, "bundle"))
	if err != nil {
		return errors.Join(failed, err)
	}
	if len(b.Trials) == 0 || b.Trials[0].Valid || !strings.Contains(b.Trials[0].Why(), "did not run") {
		return fmt.Errorf("the stopped trial counts, or is not there: %v", b.Trials)
	}
	// On a busy machine the other trials of the block may be void as well.
	if failed != nil && b.Manifest.FailureKind == results.FailureBusy {
		return nil
	}
	if failed != nil {
		return fmt.Errorf("the run failed: %w", failed)
	}
	// The block is made again, and that trial counts.
	if n := len(b.Valid()); n != 1 {
		return fmt.Errorf("%d trials count, want 1", n)
	}
	return nil
}
