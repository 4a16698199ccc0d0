// Package build makes the programs of scenarios that have build commands.
package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// Builder runs the build commands of scenarios: once per variant and block, so
// that a randomised code layout is a part of the noise and not of the effect.
type Builder struct {
	dir  string
	cpus []int // where builds run: the generator's and the server's
}

// New makes the folder that programs are built into; Close removes it. Builds run on
// the CPUs of a placement.
func New(p host.Placement) (*Builder, error) {
	dir, err := os.MkdirTemp("", "assay-build-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for builds: %w", err)
	}
	return &Builder{dir, slices.Concat(p.Generator, p.Server)}, nil
}

// Close removes the folder and what is in it.
func (b *Builder) Close() { os.RemoveAll(b.dir) }

// Clear removes the programs of a finished block.
func (b *Builder) Clear() {
	files, err := filepath.Glob(filepath.Join(b.dir, "*"))
	if err != nil {
		return // the pattern is ours
	}
	for _, f := range files {
		os.Remove(f)
	}
}

// Subject is a trial that needs programs.
type Subject struct {
	Scenario *scenario.Scenario
	Cell     scenario.Cell
	Planned  results.Planned
}

// task is one build command to be run.
type task struct {
	server scenario.Server
	path   string
	what   string // for messages
}

// Build builds what trials need and is not there yet, and records it in the
// manifest. The trials of a block are given together: none has a compiler just
// before it that another has not. As many folders as there are CPUs are built in
// at once, each by one command after another: a build may leave files in its
// folder that are another's if that runs beside it.
func (b *Builder) Build(ctx context.Context, m *results.Manifest, trials ...Subject) error {
	tasks, err := b.tasks(trials)
	if err != nil {
		return err
	}
	g, building := errgroup.WithContext(ctx)
	g.SetLimit(max(len(b.cpus), 1))
	byFolder := map[string][]task{}
	for _, one := range tasks {
		folder := filepath.Clean(one.server.BuildDir)
		byFolder[folder] = append(byFolder[folder], one)
	}
	for _, folder := range byFolder {
		g.Go(func() error {
			for _, one := range folder {
				if err := b.run(building, one.server, one.path); err != nil {
					return fmt.Errorf("%s: %w", one.what, err)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, one := range tasks {
		sum, err := results.Hash(one.path)
		if err != nil {
			return fmt.Errorf("%s: hash what was built: %w", one.what, err)
		}
		m.Binaries = append(m.Binaries, results.Binary{Path: filepath.Base(one.path), SHA256: sum})
	}
	return nil
}

// tasks are the builds of trials whose programs are not there yet, each once.
func (b *Builder) tasks(trials []Subject) ([]task, error) {
	var all []task
	planned := map[string]bool{}
	for _, t := range trials {
		binaries := b.Binaries(t)
		if len(binaries) == 0 {
			continue
		}
		env := scenario.Env{Ports: map[string]int{}, Seed: t.Planned.Seed, Layout: t.Planned.Layout, Binaries: binaries}
		for _, server := range t.Scenario.Servers {
			env.Ports[server.Name] = 1 // the commands that need a port are not run here
		}
		r, err := t.Scenario.Resolve(t.Cell, env)
		if err != nil {
			return nil, err
		}
		for _, server := range r.Servers {
			path, ok := binaries[server.Name]
			if !ok || planned[path] {
				continue // the same for all matrix cells of a variant
			}
			planned[path] = true
			if _, err := os.Stat(path); err == nil {
				continue // of a block that is repeated
			}
			all = append(all, task{server, path, fmt.Sprintf("scenario %s, variant %s, block %d", t.Scenario.Name, t.Cell.Variant, t.Planned.Block)})
		}
	}
	return all, nil
}

// Binaries are the paths of a trial's programs by server; empty for a scenario
// without builds.
func (b *Builder) Binaries(t Subject) map[string]string {
	all := map[string]string{}
	for _, server := range t.Scenario.Servers {
		if len(server.BuildCommand) > 0 {
			name := results.TrialID(t.Scenario.Name, t.Cell.Variant, nil, t.Planned.Block, 1) + "." + server.Name
			if runtime.GOOS == "windows" {
				name += ".exe"
			}
			all[server.Name] = filepath.Join(b.dir, name)
		}
	}
	return all
}

func (b *Builder) run(ctx context.Context, s scenario.Server, path string) error {
	var out bytes.Buffer
	cmd := exec.Command(s.BuildCommand[0], s.BuildCommand[1:]...)
	cmd.Dir = s.BuildDir
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := process.Run(ctx, cmd, b.cpus); err != nil {
		return fmt.Errorf("build server %s: %w\n  command: %s\n%s", s.Name, err, process.Quote(s.BuildCommand), tailOf(out.Bytes()))
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("build server %s: the command succeeded and left no program at ${binary}\n  command: %s", s.Name, process.Quote(s.BuildCommand))
	}
	return nil
}

// tailOf is the end of a build's output.
func tailOf(b []byte) []byte { return b[max(0, len(b)-4<<10):] }
