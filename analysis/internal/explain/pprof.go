package explain

import (
	"fmt"
	"io"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// Profile writes the profiles of one kind of one variant as a single one, in which every
// trial counts alike: its values are those for a million answers, on average over the
// trials. Two such profiles can be subtracted, whatever the loads were.
func Profile(w io.Writer, run *load.Run, variant, kind string) error {
	var all []*profile.Profile
	trials := 0
	for _, t := range run.ValidProfiled() {
		if t.Variant != variant {
			continue
		}
		found := false
		for _, p := range t.Profiles {
			answers := answersPerSecond(run.Manifest, &t, p.Server)
			if p.Kind != kind || answers <= 0 || p.Seconds <= 0 {
				continue
			}
			got, err := unpack(run, p)
			if err != nil {
				return err
			}
			got.Scale(1e6 / (answers * p.Seconds))
			got.TimeNanos, got.DurationNanos = 0, 0
			all = append(all, got)
			found = true
		}
		if found {
			trials++
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("%s has no %s profile of %s", run.Label(), kind, variant)
	}
	for _, p := range all {
		p.Scale(1 / float64(trials)) // the servers of a trial add up
	}
	merged, err := profile.Merge(all)
	if err != nil {
		return fmt.Errorf("merge the %s profiles of %s: %w", kind, variant, err)
	}
	merged.Comments = append(merged.Comments, fmt.Sprintf("%s of variant %s for a million answers, mean of %d trials", kind, variant, trials))
	return merged.Write(w)
}

// Merged is the kind of the profiles that explain --pprof writes.
const Merged = results.ProfileCPU
