// Package micro runs Go benchmarks so that variants can be compared. Each benchmark
// runs once per block, variant after variant in the order of the block. The package
// writes Go benchmark format and computes nothing.
//
// When variants are compared, their test binaries are linked again for every block,
// each with its own code layout. The place of a loop in memory can cost more than
// the change that is being measured, so it must be part of the noise and not of the
// effect.
package micro

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
)

// Variant is one source tree. If it has a name, the name becomes a part of the names
// of its results.
type Variant struct{ Name, Dir string }

// Spec says what to run.
type Spec struct {
	// Variants are at least one; Block names them by their index. A single one may be
	// without a name.
	Variants  []Variant
	Packages  []string // patterns of go list, in each variant's folder
	Bench     string   // regular expression
	Benchtime string   // as for go test: "1s" or "100x"
}

// Suite is the test binaries of a spec.
type Suite struct {
	spec     Spec
	tmp      string
	binaries [][]binary // by variant
	linked   bool
	count    int
}

// New finds the packages that have tests. A pattern that matches no package in any
// variant is an error. Call Link before Block, to build the binaries, for which
// New makes a folder in temp.
func New(ctx context.Context, spec Spec, temp string) (*Suite, error) {
	tmp, err := os.MkdirTemp(temp, "micro-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for test binaries: %w", err)
	}
	s := &Suite{spec: spec, tmp: tmp}
	for i, v := range spec.Variants {
		found, err := s.list(ctx, i, v)
		if err != nil {
			s.Close()
			return nil, err
		}
		s.binaries = append(s.binaries, found)
	}
	for _, pattern := range spec.Packages {
		if err := s.check(ctx, pattern); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// Close removes the binaries.
func (s *Suite) Close() { os.RemoveAll(s.tmp) }

// Benchmarks returns the number of benchmark functions, or 0 before the first Link.
func (s *Suite) Benchmarks() int { return s.count }

// Block runs every benchmark of every variant once, with the variants in the given
// order, and returns the results. If a benchmark fails, the block fails: a block
// with gaps would shift the results of its variant against the others.
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

// none returns the error for a variant in which nothing matches.
func (s *Suite) none(v Variant) error {
	err := fmt.Errorf("no benchmark in %s matches %q", strings.Join(s.spec.Packages, " "), s.spec.Bench)
	if v.Name != "" {
		err = fmt.Errorf("variant %s, in %s: %w", v.Name, v.Dir, err)
	}
	return err
}
