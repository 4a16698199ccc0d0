package load

import (
	"fmt"

	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// Verify reads everything in a bundle, and compares every file with the hash that
// was taken when the run ended. found lists what differs or cannot be read; it is
// empty for an intact bundle. An error means that the hashes themselves could not be
// read.
func (r *Run) Verify() (found []error, err error) {
	found = r.Problems()
	differences, err := results.Verify(r.Dir)
	if err != nil {
		return nil, err
	}
	found = append(found, differences...)
	for _, t := range r.Trials {
		if err := r.CheckLog(t.ID); err != nil {
			found = append(found, err)
		}
		if _, err := r.Samples(t.ID); err != nil {
			found = append(found, err)
		}
	}
	return found, nil
}

// Changed returns what [Run.Examine] found.
func (r *Run) Changed() []error { return r.changed }

// Examine compares every file with the hash that was taken when the run ended. What
// differs becomes the first of the run's problems, so that whoever shows numbers of a
// damaged bundle says so. A run that has not ended has no hashes yet.
func (r *Run) Examine() {
	if r.Manifest.State == results.StateRunning {
		return
	}
	differences, err := results.Verify(r.Dir)
	if err != nil {
		differences = []error{err}
	}
	r.changed = nil
	if n := len(differences); n > 0 {
		more := ""
		if n > 1 {
			more = fmt.Sprintf(", and %d more", n-1)
		}
		r.changed = []error{fmt.Errorf("the bundle is not as it was written, so that its numbers may be wrong: %w%s (all: assay verify %s)", differences[0], more, plain.Shell(r.Dir))}
	}
}
