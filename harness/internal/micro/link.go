package micro

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/internal/gobench"
)

// binary is the test binary of one package of one variant.
type binary struct{ pkg, dir, path string }

// list finds the packages with tests in a variant's tree. A named package may be
// missing in one variant, because another variant may have it.
func (s *Suite) list(ctx context.Context, i int, v Variant) ([]binary, error) {
	// Packages without tests cannot have benchmarks, and go test -c would fail for
	// them.
	args := []string{"list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}\t{{.Dir}}{{end}}"}
	if v.Name != "" {
		args = append(args, "-e")
	}
	text, err := command(ctx, v.Dir, "go", append(args, s.spec.Packages...)...)
	if err != nil {
		return nil, err
	}
	var found []binary
	for line := range strings.Lines(string(text)) {
		pkg, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if ok {
			found = append(found, binary{pkg, dir, filepath.Join(s.tmp, fmt.Sprintf("%d-%d.test", i, len(found)))})
		}
	}
	return found, nil
}

// check requires that a pattern matches a package of some variant.
func (s *Suite) check(ctx context.Context, pattern string) error {
	for _, v := range s.spec.Variants {
		dirs, err := command(ctx, v.Dir, "go", "list", "-e", "-f", "{{.Dir}}", pattern)
		if err != nil || len(bytes.TrimSpace(dirs)) > 0 {
			return err
		}
	}
	return fmt.Errorf("no package matches %s", pattern)
}

// Link builds the test binaries, as many at once as there are CPUs. Each variant
// gets the code layout that its seed decides, or the linker's own order if layouts
// is nil. The first call drops packages without a matching benchmark, and fails if a
// variant has no matching benchmark at all.
func (s *Suite) Link(ctx context.Context, layouts []uint64) error {
	g, linking := errgroup.WithContext(ctx)
	// Nothing is measured yet, so the builds may use the whole machine.
	g.SetLimit(runtime.NumCPU())
	for i, v := range s.spec.Variants {
		args := []string{"test", "-c"}
		if layouts != nil {
			// Neither the name of the folder nor the state of its repository may
			// become part of the program.
			args = append(args, "-trimpath", "-buildvcs=false", fmt.Sprintf("-ldflags=-s -w -randlayout=%d", layouts[i]))
		}
		for _, b := range s.binaries[i] {
			g.Go(func() error {
				_, err := command(linking, v.Dir, "go", append(args[:len(args):len(args)], "-o", b.path, b.pkg)...)
				if err != nil && v.Name != "" && linking.Err() == nil {
					err = fmt.Errorf("variant %s: its benchmarks do not build: %w", v.Name, err)
				}
				return err
			})
		}
	}
	if err := g.Wait(); err != nil || s.linked {
		return err
	}
	s.linked = true
	return s.choose(ctx)
}

// choose keeps the binaries with benchmarks.
func (s *Suite) choose(ctx context.Context) error {
	for i, all := range s.binaries {
		s.binaries[i] = nil
		count := 0
		for _, b := range all {
			// The binary itself knows best which benchmarks it has: build tags and
			// generated files count.
			names, err := command(ctx, b.dir, b.path, "-test.list", gobench.Functions(s.spec.Bench))
			if err != nil {
				return err
			}
			found := 0
			for _, name := range strings.Fields(string(names)) {
				if strings.HasPrefix(name, "Benchmark") {
					found++
				}
			}
			if found > 0 {
				s.binaries[i] = append(s.binaries[i], b)
				count += found
			}
		}
		if count == 0 {
			return s.none(s.spec.Variants[i])
		}
		s.count = max(s.count, count)
	}
	return nil
}

// command runs a program and returns its output. The error includes the end of the
// output.
func command(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	c := exec.Command(name, args...)
	c.Dir = dir
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := process.Run(ctx, c, nil); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		all := append(stdout.Bytes(), stderr.Bytes()...)
		return nil, fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, all[max(0, len(all)-2048):])
	}
	return stdout.Bytes(), nil
}
