// Package publish replaces the published run, from which BENCHMARKS.md is written.
// It is the last step of scripts/bench-all.sh, as the command `assay publish`.
package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/assay-bench/assay/results"
)

// Folder is the folder of the published run, relative to the root of the repository.
// The capacity search that belongs to the run is beside it.
const (
	Folder   = "results/runs/published"
	capacity = "-capacity"
)

// Tools are the two commands that publishing needs.
type Tools struct {
	Slim   func(ctx context.Context, bundle, into string) error // makes the small form of a bundle
	Report func(ctx context.Context) error                      // writes the report from the published run
}

// Publish replaces the published run and search by the small forms of the given
// ones, and has the report written. search may be empty; then there is no search any
// more, because the published one belongs to another run.
//
// Publish makes the new bundles completely before it changes anything that is
// published. From then on it ignores ctx. It removes the old bundles once the report
// is written, and restores them if the bundles cannot be exchanged.
func Publish(ctx context.Context, tools Tools, run, search string, out io.Writer) (err error) {
	if err := os.MkdirAll(filepath.Dir(Folder), 0o755); err != nil {
		return err
	}
	// The folder is beside the published one, so that the exchange is a rename and not
	// a copy.
	work, err := os.MkdirTemp(filepath.Dir(Folder), ".published.")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	moves := []move{{path: Folder, from: run}, {path: Folder + capacity, from: search}}
	for i := range moves {
		m := &moves[i]
		m.old = filepath.Join(work, "old-"+filepath.Base(m.path))
		if m.from == "" {
			continue
		}
		m.made = filepath.Join(work, filepath.Base(m.path))
		if err := tools.Slim(ctx, m.from, m.made); err != nil {
			return fmt.Errorf("make the small form of %s: %w", m.from, err)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// From here on the published folders change. If one exchange fails, those before it
	// are undone, in any order, because they do not depend on each other.
	for i := range moves {
		if err := moves[i].do(); err != nil {
			for k := range i + 1 {
				err = errors.Join(err, moves[k].undo())
			}
			return err
		}
	}
	if err := tools.Report(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("%s is new, but its report could not be written: %w", Folder, err)
	}
	if search == "" && moves[1].had {
		fmt.Fprintf(out, "%s is gone: it was made beside another run. make bench-full makes both.\n", Folder+capacity)
	}
	_, err = fmt.Fprintf(out, "BENCHMARKS.md and %s are new; the run itself stays in %s: it belongs into the release.\n", Folder, run)
	return err
}

// move is a published bundle and what takes its place.
type move struct {
	path string // of the published bundle
	from string // the bundle that it is made from; empty if nothing takes its place
	made string // its small form
	old  string // where the published bundle is kept meanwhile
	had  bool   // there was a published bundle
	done bool   // the new bundle is in its place
}

// do puts the published bundle aside and the new one in its place.
func (m *move) do() error {
	switch err := os.Rename(m.path, m.old); {
	case err == nil:
		m.had = true
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if m.made == "" {
		return nil
	}
	if err := os.Rename(m.made, m.path); err != nil {
		return err
	}
	m.done = true
	return nil
}

// undo puts everything back as far as do got.
func (m *move) undo() (err error) {
	if m.done {
		err = os.Rename(m.path, m.made)
	}
	if m.had {
		err = errors.Join(err, os.Rename(m.old, m.path))
	}
	return err
}

// State returns how the run of a bundle ended, as one of the states of package
// results, or "" if there is no bundle.
func State(dir string) (string, error) {
	if !results.Exists(dir) {
		return "", nil
	}
	b, err := results.Open(dir)
	if err != nil {
		return "", err
	}
	return b.Manifest.State, nil
}
