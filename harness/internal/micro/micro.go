// Package micro runs Go benchmarks so that variants can be compared: the test
// binaries of every variant are built once, and then each benchmark is run once
// a block, variant after variant in the block's order. It writes Go benchmark
// format and computes nothing.
package micro

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// Variant is one source tree. Its name, if it has one, goes into the names of
// its results.
type Variant struct{ Name, Dir string }

// Spec says what to run.
type Spec struct {
	Variants  []Variant
	Packages  []string // patterns of go list, in each variant's folder
	Bench     string   // regular expression
	Benchtime string
}

// Suite is the built test binaries.
type Suite struct {
	spec     Spec
	tmp      string
	binaries [][]binary // by variant
	count    int
}

type binary struct{ pkg, dir, path string }

// Build builds the test binary of every package that has benchmarks. It fails
// if there are none.
func Build(ctx context.Context, spec Spec) (*Suite, error) {
	tmp, err := os.MkdirTemp("", "assay-micro-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for test binaries: %w", err)
	}
	s := &Suite{spec: spec, tmp: tmp}
	if err := s.buildAll(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Suite) buildAll(ctx context.Context) error {
	for i, v := range s.spec.Variants {
		built, count, err := s.build(ctx, i, v)
		if err != nil {
			return err
		}
		s.binaries = append(s.binaries, built)
		s.count = max(s.count, count)
	}
	if s.count == 0 {
		return fmt.Errorf("no benchmark in %s matches %q", strings.Join(s.spec.Packages, " "), s.spec.Bench)
	}
	return nil
}

// Close removes the binaries.
func (s *Suite) Close() { os.RemoveAll(s.tmp) }

// Benchmarks is the number of benchmark functions.
func (s *Suite) Benchmarks() int { return s.count }

func (s *Suite) build(ctx context.Context, i int, v Variant) (built []binary, count int, err error) {
	list, err := command(ctx, v.Dir, "go", append([]string{"list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}\t{{.Dir}}{{end}}"}, s.spec.Packages...)...)
	if err != nil {
		return nil, 0, err
	}
	for n, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		pkg, dir, ok := strings.Cut(line, "\t")
		if !ok {
			continue // a package without tests
		}
		b := binary{pkg, dir, filepath.Join(s.tmp, fmt.Sprintf("%d-%d.test", i, n))}
		if _, err := command(ctx, v.Dir, "go", "test", "-c", "-o", b.path, pkg); err != nil {
			return nil, 0, err
		}
		names, err := command(ctx, dir, b.path, "-test.list", s.spec.Bench)
		if err != nil {
			return nil, 0, err
		}
		found := 0
		for _, name := range strings.Fields(string(names)) {
			if strings.HasPrefix(name, "Benchmark") {
				found++
			}
		}
		if found > 0 {
			built = append(built, b)
			count += found
		}
	}
	return built, count, nil
}

// Block runs every benchmark of every variant once, the variants in the given
// order, and returns the results. A benchmark that fails makes the block fail:
// a block with holes would shift the results of its variant against the others.
func (s *Suite) Block(ctx context.Context, order []int) ([]byte, error) {
	var out bytes.Buffer
	for _, i := range order {
		for _, b := range s.binaries[i] {
			text, err := command(ctx, b.dir, b.path, "-test.run=^$", "-test.bench="+s.spec.Bench,
				"-test.benchtime="+s.spec.Benchtime, "-test.count=1", "-test.benchmem", "-test.timeout=30m")
			if err != nil {
				return nil, err
			}
			if err := rename(&out, text, b.pkg, s.spec.Variants[i].Name); err != nil {
				return nil, fmt.Errorf("read results of %s: %w", b.pkg, err)
			}
		}
	}
	return out.Bytes(), nil
}

// rename copies results, with /variant=NAME before -P, and leaves out what is
// not benchmark format.
func rename(out *bytes.Buffer, text []byte, pkg, variant string) error {
	r := benchfmt.NewReader(bytes.NewReader(text), pkg)
	w := benchfmt.NewWriter(out)
	for r.Scan() {
		rec := r.Result()
		if res, ok := rec.(*benchfmt.Result); ok && variant != "" {
			res.Name = benchfmt.Name(withVariant(string(res.Name), variant))
		}
		if _, wrong := rec.(*benchfmt.SyntaxError); wrong {
			continue // the line of a benchmark that printed something itself
		}
		if err := w.Write(rec); err != nil {
			return err
		}
	}
	return r.Err()
}

// withVariant puts the key before the number of CPUs, which stays last.
func withVariant(name, variant string) string {
	cpus := ""
	if _, parts := benchfmt.Name(name).Parts(); len(parts) > 0 {
		if last := string(parts[len(parts)-1]); strings.HasPrefix(last, "-") {
			cpus = last
		}
	}
	return strings.TrimSuffix(name, cpus) + "/variant=" + variant + cpus
}

// command runs a program and returns what it printed; its error holds the end
// of that.
func command(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		all := append(stdout.Bytes(), stderr.Bytes()...)
		return nil, fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, all[max(0, len(all)-2048):])
	}
	return stdout.Bytes(), nil
}
