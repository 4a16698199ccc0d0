package launch

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/internal/scratch"
	"github.com/assay-bench/assay/internal/usage"
)

// oneNode is the name of a node of Slurm. A pattern like h[1-3] would be several.
var oneNode = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// slurm starts all workers by one srun, each on a node of its own.
type slurm struct{ program string }

// Launch implements Launcher. The workers read from a file how to reach the coordinator,
// because every task of a step gets the same input. The file lies in the folder from which
// the run was started, which the nodes of a cluster share, and is removed when srun ends.
func (s slurm) Launch(_ context.Context, all []Worker, config work.Config) ([]*Group, error) {
	path, _, err := self()
	if err != nil {
		return nil, err
	}
	client, err := exec.LookPath("srun")
	if err != nil {
		return nil, fmt.Errorf("--on slurm: %w: run this where you submit jobs", err)
	}
	file, err := leave(config)
	if err != nil {
		return nil, fmt.Errorf("--on slurm: %w", err)
	}
	name := "assay-" + rand.Text()
	args, err := s.arguments(all, name, cmp.Or(s.program, path), file)
	if err != nil {
		return nil, errors.Join(err, os.Remove(file))
	}
	g := &Group{Workers: all, cmd: exec.Command(client, args...), revoke: func(cmd *exec.Cmd) { revoke(cmd, name) }}
	// The temporary folders of this machine mean nothing on a node.
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, scratch.Variable+"=") {
			g.cmd.Env = append(g.cmd.Env, v)
		}
	}
	if err := g.start(func() { _ = os.Remove(file) }); err != nil {
		return nil, errors.Join(err, os.Remove(file))
	}
	return []*Group{g}, nil
}

// cancelTime is how long scancel may take.
const cancelTime = 5 * time.Second

// revoke ends the step of an srun on all nodes, and gives the nodes back also where one of
// them cannot be reached. In an allocation that was there before, no job has the name.
func revoke(cmd *exec.Cmd, name string) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if path, err := exec.LookPath("scancel"); err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), cancelTime)
		defer cancel()
		_ = exec.CommandContext(ctx, path, "--quiet", "--name="+name).Run()
	}
}

// leave writes the configuration into a file of this folder that nobody else can read.
func leave(config work.Config) (path string, err error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, ".assay-run-*") // of mode 0600
	if err != nil {
		return "", fmt.Errorf("the workers read from a file in this folder how to reach the run: %w", err)
	}
	if err = errors.Join(config.Write(f), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return filepath.Abs(f.Name())
}

// arguments returns the arguments of srun. A node belongs to the run alone, with all its
// CPUs; one worker that fails ends the others, and the run starts all of them again.
func (slurm) arguments(all []Worker, name, program, file string) ([]string, error) {
	n := fmt.Sprint(len(all))
	args := []string{
		"--job-name=" + name, "--nodes=" + n, "--ntasks=" + n, "--ntasks-per-node=1", "--exclusive", "--mem=0", "--cpu-bind=none",
		"--kill-on-bad-exit=1", "--input=none", "--label",
	}
	var nodes, seats []string
	for _, w := range all {
		seat := w.Seat
		if w.Node != "" {
			if !oneNode.MatchString(w.Node) {
				return nil, usage.Errorf("--on slurm: %q is not the name of one node, for %s", w.Node, w.Seat)
			}
			nodes, seat = append(nodes, w.Node), w.Seat+"@"+w.Node
		}
		seats = append(seats, seat)
	}
	if len(nodes) > 0 {
		args = append(args, "--nodelist="+strings.Join(nodes, ","))
	}
	return append(append(args, program), append(command(strings.Join(seats, ",")), "--config", file)...), nil
}
