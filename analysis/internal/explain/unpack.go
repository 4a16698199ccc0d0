package explain

import (
	"fmt"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/internal/pprofile"
	"github.com/assay-bench/assay/results"
)

// unpack reads a profile of a bundle.
func unpack(run *load.Run, p results.Profile) (*profile.Profile, error) {
	data, err := run.ReadProfile(p)
	if err != nil {
		return nil, err
	}
	got, err := pprofile.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: want a profile in pprof's format: %w; `assay verify %s` says whether the file was changed", run.Label(), p.Name(), err, run.Label())
	}
	return got, nil
}
