// Package micro runs Go benchmarks so that variants can be compared: each
// benchmark is run once a block, variant after variant in the block's order. It
// writes Go benchmark format and computes nothing.
//
// Where variants are compared, their test binaries are linked anew for every
// block, each with a code layout of its own: where a loop lies in memory can
// cost more than the change that is looked for, and must be noise rather than
// effect.
package micro

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
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

// Suite is the test binaries of a spec.
type Suite struct {
	spec     Spec
	tmp      string
	binaries [][]binary // by variant
	linked   bool
	count    int
}

// New finds the packages that have tests; a pattern without a package in any
// variant is an error. Link has to build them before a block can run.
func New(ctx context.Context, spec Spec) (*Suite, error) {
	tmp, err := os.MkdirTemp("", "assay-micro-")
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

// Benchmarks is the number of benchmark functions; 0 before the first Link.
func (s *Suite) Benchmarks() int { return s.count }

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

// none is the error of a variant in which nothing matches.
func (s *Suite) none(v Variant) error {
	err := fmt.Errorf("no benchmark in %s matches %q", strings.Join(s.spec.Packages, " "), s.spec.Bench)
	if v.Name != "" {
		err = fmt.Errorf("variant %s, in %s: %w", v.Name, v.Dir, err)
	}
	return err
}
