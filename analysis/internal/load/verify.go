package load

import "github.com/assay-bench/assay/results"

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
