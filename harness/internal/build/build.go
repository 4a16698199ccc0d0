// Package build builds the servers of scenarios that have build commands.
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

// Builder runs the build commands of scenarios, once per variant and block, so that
// the effect of a randomised code layout is part of the noise and not of the
// difference between variants.
type Builder struct {
	dir  string
	cpus []int // the CPUs that builds run on: those of the generator and of the servers
}

// New makes the folder that programs are built into, in the folder temp; Close removes
// it. Builds run on the CPUs of the placement.
func New(p host.Placement, temp string) (*Builder, error) {
	dir, err := os.MkdirTemp(temp, "build-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for builds: %w", err)
	}
	return &Builder{dir, slices.Concat(p.Generator, p.Server)}, nil
}

// Close removes the folder and its contents.
func (b *Builder) Close() { os.RemoveAll(b.dir) }

// Clear removes the programs of a finished block.
func (b *Builder) Clear() {
	files, err := filepath.Glob(filepath.Join(b.dir, "*"))
	if err != nil {
		return // the pattern is a constant and cannot be malformed
	}
	for _, f := range files {
		os.Remove(f)
	}
}

// Subject is a trial whose programs are to be built.
type Subject struct {
	// Scenario, Cell and Planned decide what a build may use: the commands, the
	// parameters of the cell, and the seed of its layout.
	Scenario *scenario.Scenario
	Cell     scenario.Cell
	Planned  results.Planned
}

// task is one build command to run.
type task struct {
	server scenario.Server
	path   string
	what   string // for messages
}

// Build builds the programs that trials need and that do not exist yet, and records
// them in the manifest. It takes all trials of a block at once, so that no trial has
// a compiler run just before it while another does not. Builds in different source
// folders run in parallel, as many as there are CPUs. Builds in the same folder run
// one after another, because a build may leave files there that another one would
// pick up.
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
			return fmt.Errorf("%s: hash the program: %w", one.what, err)
		}
		m.Binaries = append(m.Binaries, results.Binary{Path: filepath.Base(one.path), SHA256: sum})
	}
	return nil
}

// tasks returns the build commands of trials whose programs do not exist yet, each
// once.
func (b *Builder) tasks(trials []Subject) ([]task, error) {
	var all []task
	planned := map[string]bool{}
	for _, t := range trials {
		binaries := b.Binaries(t)
		if len(binaries) == 0 {
			continue
		}
		env := scenario.Env{Ports: map[string]int{}, Sockets: map[string]string{}, Seed: t.Planned.Seed, Layout: t.Planned.Layout, Binaries: binaries}
		for _, server := range t.Scenario.Servers {
			env.Ports[server.Name], env.Sockets[server.Name] = 1, "/-" // anything will do: commands that need them are not run here
		}
		r, err := t.Scenario.Resolve(t.Cell, env)
		if err != nil {
			return nil, err
		}
		for _, server := range r.Servers {
			path, ok := binaries[server.Name]
			if !ok || planned[path] {
				continue // all matrix cells of a variant use the same program
			}
			planned[path] = true
			if _, err := os.Stat(path); err == nil {
				continue // built for an earlier attempt at this block
			}
			all = append(all, task{server, path, fmt.Sprintf("scenario %s, variant %s, block %d", t.Scenario.Name, t.Cell.Variant, t.Planned.Block)})
		}
	}
	return all, nil
}

// Binaries returns the paths of a trial's programs by server name. The map is empty
// for a scenario without builds.
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

// run runs the build command of a server, which has to leave the program at path. The
// error has the end of its output.
func (b *Builder) run(ctx context.Context, s scenario.Server, path string) error {
	var out bytes.Buffer
	cmd := exec.Command(s.BuildCommand[0], s.BuildCommand[1:]...)
	cmd.Dir = s.BuildDir
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := process.Run(ctx, cmd, b.cpus); err != nil {
		return fmt.Errorf("build server %s: %w\n  command: %s\n%s", s.Name, err, process.Quote(s.BuildCommand), tailOf(out.Bytes()))
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("build server %s: the command succeeded, but left no program at ${binary}\n  command: %s", s.Name, process.Quote(s.BuildCommand))
	}
	return nil
}

// tailOf returns the end of a build's output, at most 4 KB.
func tailOf(b []byte) []byte { return b[max(0, len(b)-4<<10):] }
