package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// builder runs the build commands of scenarios: once per variant and block, so
// that a randomised code layout is a part of the noise and not of the effect.
type builder struct {
	dir string
}

func newBuilder() (*builder, error) {
	dir, err := os.MkdirTemp("", "assay-build-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for builds: %w", err)
	}
	return &builder{dir}, nil
}

func (b *builder) close() { os.RemoveAll(b.dir) }

// clear removes the programs of a finished block.
func (b *builder) clear() {
	files, err := filepath.Glob(filepath.Join(b.dir, "*"))
	if err != nil {
		return // the pattern is ours
	}
	for _, f := range files {
		os.Remove(f)
	}
}

// build returns the programs by server; empty for a scenario without builds.
// What it builds is recorded in the manifest.
func (b *builder) build(ctx context.Context, s *scenario.Scenario, c scenario.Cell, p results.Planned, m *results.Manifest) (map[string]string, error) {
	binaries := map[string]string{}
	ports := map[string]int{}
	for _, server := range s.Servers {
		ports[server.Name] = 1 // the commands that need a port are not run here
		if len(server.BuildCommand) > 0 {
			name := results.TrialID(s.Name, c.Variant, nil, p.Block, 1) + "." + server.Name
			if runtime.GOOS == "windows" {
				name += ".exe"
			}
			binaries[server.Name] = filepath.Join(b.dir, name)
		}
	}
	if len(binaries) == 0 {
		return nil, nil
	}
	r, err := s.Resolve(c, scenario.Env{Ports: ports, Seed: p.Seed, Layout: p.Layout, Binaries: binaries})
	if err != nil {
		return nil, err
	}
	for _, server := range r.Servers {
		path, ok := binaries[server.Name]
		if !ok {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			continue // another matrix cell of this variant and block
		}
		if err := runBuild(ctx, server, path); err != nil {
			return nil, fmt.Errorf("scenario %s, variant %s, block %d: %w", s.Name, c.Variant, p.Block, err)
		}
		sum, err := results.Hash(path)
		if err != nil {
			return nil, fmt.Errorf("scenario %s, variant %s: hash what was built: %w", s.Name, c.Variant, err)
		}
		m.Binaries = append(m.Binaries, results.Binary{Path: filepath.Base(path), SHA256: sum})
	}
	return binaries, nil
}

func runBuild(ctx context.Context, s scenario.Server, path string) error {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, s.BuildCommand[0], s.BuildCommand[1:]...)
	cmd.Dir = s.BuildDir
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build server %s: %w\n  command: %s\n%s", s.Name, err, process.Quote(s.BuildCommand), tailOf(out.Bytes()))
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("build server %s: the command succeeded and left no program at ${binary}\n  command: %s", s.Name, process.Quote(s.BuildCommand))
	}
	return nil
}

// tailOf is the end of a build's output.
func tailOf(b []byte) []byte { return b[max(0, len(b)-4<<10):] }
