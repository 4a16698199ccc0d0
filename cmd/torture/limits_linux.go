package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/assay-bench/assay/results"
)

// limits takes away what a run needs. What needs root, or a namespace that this system
// does not give, is found out by trying.
func limits(ctx context.Context, l *lab, r *result) {
	l.diskFull(ctx, r)
	l.readOnly(ctx, r)
	dir := l.folder()
	l.runScenario(dir, "100ms")
	run := "exec \"$0\" run --quick --blocks 1 --out bundle s.yaml"

	many := l.folder()
	write(many, "s.yaml", strings.Replace(in(runScenario, "self", l.self, "dir", many, "rate", "2000/s", "duration", "100ms"), "connections: 2", "connections: 200", 1))
	r.attempt("64 open files", l.do(ctx, l.program(many, "sh", "-c", "ulimit -n 64; "+run, l.assay)).refused("too many open files", "ulimit -n"))

	l.noPort(ctx, r, run)

	c := l.command(dir, "run", "--quick", "--blocks", "1", "--out", "nowhere", "s.yaml")
	c.Env = append(c.Env, "TMPDIR="+filepath.Join(dir, "missing"))
	r.attempt("TMPDIR is missing", l.do(ctx, c).refused("missing"))
	c = l.command(dir, "run", "--quick", "--blocks", "1", "--out", "homeless", "s.yaml")
	c.Env = without(c.Env, "HOME=")
	r.attempt("HOME is not set", l.do(ctx, c).succeeded())
}

// without leaves out the variables of an environment that begin with a prefix.
func without(env []string, prefix string) (kept []string) {
	for _, e := range env {
		if !strings.HasPrefix(e, prefix) {
			kept = append(kept, e)
		}
	}
	return kept
}

// diskFull runs into the end of small disks, at different moments of a run that would take
// more than any of them.
func (l *lab) diskFull(ctx context.Context, r *result) {
	for _, kilobytes := range []int{20, 40, 60, 80, 120, 160}[:l.times(6, 2)] {
		dir := l.folder()
		disk := filepath.Join(dir, "disk")
		if err := os.Mkdir(disk, 0o755); err != nil {
			panic(err)
		}
		if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%dk", kilobytes)); err != nil {
			r.skip("disk full", "a small tmpfs cannot be mounted: "+err.Error())
			return
		}
		l.runScenario(dir, "200ms")
		// The folder for temporary files is on another disk.
		e := l.do(ctx, l.command(dir, "run", "--quick", "--blocks", "60", "--out", "disk/bundle", "s.yaml"))
		err := e.refused("no space left on device")
		if err == nil {
			err = readable(filepath.Join(disk, "bundle"), e.output)
		}
		r.attempt(fmt.Sprintf("disk of %d kB", kilobytes), err)
		if err := syscall.Unmount(disk, 0); err != nil {
			r.lose("unmount: %v", err)
		}
	}
}

// readable requires the trials that a run said it has finished to be in its bundle. Their
// lines begin with their number and the word block.
func readable(bundle, output string) error {
	if !results.Exists(bundle) {
		if strings.Contains(output, "block ") {
			return errors.New("trials were made, and there is no bundle")
		}
		return nil
	}
	b, err := results.Open(bundle)
	if err != nil {
		return fmt.Errorf("finished trials cannot be read: %w", err)
	}
	lines := 0
	for line := range strings.Lines(output) {
		if strings.Contains(line, "  block ") {
			lines++
		}
	}
	if len(b.Trials) < lines {
		return fmt.Errorf("%d trials were finished, %d can be read", lines, len(b.Trials))
	}
	return nil
}

// readOnly runs into a folder that nobody can write to, not even root.
func (l *lab) readOnly(ctx context.Context, r *result) {
	dir := l.folder()
	disk := filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		panic(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_RDONLY, "size=64k"); err != nil {
		r.skip("read-only folder", "a read-only tmpfs cannot be mounted: "+err.Error())
		return
	}
	l.runScenario(dir, "100ms")
	for _, args := range [][]string{
		{"run", "--quick", "--blocks", "1", "--out", "disk/bundle", "s.yaml"},
		{"init", "http://127.0.0.1:1", "-o", "disk/first.yaml"},
	} {
		r.attempt("read-only folder: "+args[0], l.do(ctx, l.command(dir, args...)).refused("read-only file system"))
	}
	if err := syscall.Unmount(disk, 0); err != nil {
		r.lose("unmount: %v", err)
	}
}

// noPort runs in a network of its own that has a single port to give away. The server
// gets it, and nothing is left for the connections of the load. run is the shell command
// that starts the run, in which $0 stands for the assay program.
func (l *lab) noPort(ctx context.Context, r *result, run string) {
	network := []string{"-rn", "sh", "-c"}
	if out, err := exec.CommandContext(ctx, "unshare", append(network, "ip link set lo up && echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range")...).CombinedOutput(); err != nil {
		r.skip("no free port", "a network of its own cannot be made: "+strings.TrimSpace(string(out)))
		return
	}
	dir := l.folder()
	l.runScenario(dir, "100ms")
	script := "ip link set lo up; echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range; " + run
	r.attempt("no free port", l.do(ctx, l.program(dir, "unshare", append(network, script, l.assay)...)).refused("assign requested address", "address already in use", "port"))
}
