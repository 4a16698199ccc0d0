package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// accuracyLimit is the largest error of a known-answer test, as a share of the true value,
// that is no caution.
const accuracyLimit = 0.02

// accuracyCheck looks at the known-answer tests of the machine and the build.
func accuracyCheck(run *load.Run) check {
	// An instrument that was not tested is not a bad one, so a missing test is unknown
	// and no caution.
	a := run.Manifest.Answer
	if a == nil {
		return check{"instrument accuracy", "no known-answer test was made on this machine with this build: `assay doctor`", unknown}
	}
	// The largest error is taken over all quantiles of all tests. An error is a
	// fraction of the true value: 0.01 is one per cent too long.
	worst, name := 0.0, ""
	var off []string
	for _, shape := range a.Tests {
		if !shape.OK {
			off = append(off, fmt.Sprintf("%s (%s)", shape.Name, shape.Detail))
		}
		for _, q := range shape.Quantile {
			if q.Error != nil && math.Abs(*q.Error) > math.Abs(worst) {
				worst, name = *q.Error, shape.Name+" "+q.Name
			}
		}
	}
	figure := fmt.Sprintf("%s known-answer tests", format.Count(len(a.Tests)))
	if name != "" {
		figure = fmt.Sprintf("largest error %s %% (%s) over %s", format.Signed(100*worst, 2), name, words.Plural(len(a.Tests), "known-answer test"))
	}
	verdict := good
	if len(off) > 0 {
		figure += "; not right: " + strings.Join(off, "; ")
	}
	if len(off) > 0 || math.Abs(worst) > accuracyLimit {
		verdict = caution
	}
	return check{"instrument accuracy", figure, verdict}
}

// blockCheck asks whether all scenarios of a run have enough blocks for an interval.
func blockCheck(o *measured.Bundles, run *load.Run) check {
	// The scenario with the fewest trials decides, because the verdict is on the whole
	// run.
	fewest := math.MaxInt
	for _, s := range o.Scenarios {
		if s.Run == run {
			lowest, _, _ := s.TrialCounts()
			fewest = min(fewest, lowest)
		}
	}
	switch {
	case fewest == math.MaxInt:
		return check{}
	case fewest < stats.FewestValues:
		return check{"number of blocks", fmt.Sprintf("%d: below %d there is no 95 %% interval", fewest, stats.FewestValues), caution}
	}
	return check{"number of blocks", fmt.Sprintf("%d, so medians have %s intervals", fewest, format.Percent(stats.Median(make([]float64, fewest)).Confidence)), good}
}

// voidCheck counts the blocks of a run that were voided and repeated.
func voidCheck(o *measured.Bundles, run *load.Run) check {
	// A block that was voided twice counts twice. The map keeps one entry for a block's
	// attempt, because every trial of that attempt is void.
	void := map[[2]any]bool{}
	for _, v := range run.Void() {
		void[[2]any{v.Scenario, [2]int{v.Block, v.Attempt}}] = true
	}
	verdict := good
	if len(void) > 0 {
		verdict = caution
	}
	if !slices.ContainsFunc(o.Scenarios, func(s *measured.Scenario) bool { return s.Run == run }) {
		// A search has no blocks: it repeats single trials.
		return check{"voided trials", fmt.Sprintf("%s of %s", format.Count(len(void)), words.Plural(len(run.Trials), "trial")), verdict}
	}
	return check{"voided blocks", fmt.Sprintf("%s of %s", format.Count(len(void)), words.Plural(blocks(run.Manifest), "block")), verdict}
}

// blocks counts the blocks of all scenarios.
func blocks(m *results.Manifest) (n int) {
	for _, s := range m.Scenarios {
		n += s.Blocks
	}
	return n
}
