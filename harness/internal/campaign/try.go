package campaign

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/assay-bench/assay/harness/internal/build"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Try starts the servers of one scenario for a variant (empty: the first), with the
// first values of the matrix, sends each request of setup and the first request of
// every target once, and writes what came of it to out. It measures nothing and leaves
// nothing behind. The error is trial.ErrWrong if an answer is not ok.
func Try(ctx context.Context, in Inputs, variant string, out io.Writer) error {
	all, err := in.Load()
	if err != nil {
		return err
	}
	w := all[0]
	cell, err := w.cellOf(variant)
	if err != nil {
		return err
	}
	if err := startable(all); err != nil {
		return err
	}
	// A try would disturb a measurement on the same machine.
	machine, err := host.Lock()
	if err != nil {
		return err
	}
	defer machine.Release()
	if why, err := unmetRequirement(ctx, w); err != nil {
		return err
	} else if why != "" {
		return fmt.Errorf("scenario %s cannot run on this machine: %s", w.Name, why)
	}
	builds, err := build.New(host.Placement{}, machine.Temp)
	if err != nil {
		return err
	}
	defer builds.Close()
	what := build.Subject{Scenario: w.Scenario, Cell: cell, Planned: results.Planned{
		Order: 1, Block: 1, Scenario: w.Name, Variant: cell.Variant, Matrix: cell.Matrix, Seed: 1, Layout: 1,
	}}
	if err := builds.Build(ctx, new(results.Manifest), what); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: scenario %s, %s\n", plain.Line(w.File), w.Name, cell.Name())
	return trial.Try(ctx, trial.Spec{
		Scenario: w.Scenario, Cell: cell, Planned: what.Planned, Attempt: 1, Binaries: builds.Binaries(what),
	}, out)
}

// cellOf returns the first cell of a variant; empty: the first of all.
func (w *Work) cellOf(variant string) (scenario.Cell, error) {
	if variant == "" {
		return w.Chosen[0], nil
	}
	i := slices.IndexFunc(w.Chosen, func(c scenario.Cell) bool { return c.Variant == variant })
	if i < 0 {
		var names []string
		for _, c := range w.Chosen {
			if !slices.Contains(names, c.Variant) {
				names = append(names, c.Variant)
			}
		}
		return scenario.Cell{}, usage.Errorf("--variant %s: scenario %s has no such variant; it has %v", variant, w.Name, names)
	}
	return w.Chosen[i], nil
}
