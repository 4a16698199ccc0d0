package doctor

import (
	"fmt"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/results"
)

// disturbance judges what else ran during the tests, by the bounds that void a block
// of a run.
func disturbance(w results.HostWatch) []item {
	foreign := item{Name: "other programs", Figure: "not visible", Verdict: good}
	if w.Foreign != nil {
		foreign.Figure = fmt.Sprintf("%.1f %% of a CPU", 100**w.Foreign)
		if *w.Foreign > trial.MaxForeign {
			foreign.Figure += ", " + trial.Named(w.Programs)
			foreign.Verdict, foreign.Advice = unfit, fmt.Sprintf("end them: above %.0f %% blocks are void; or let `run --wait-quiet 10m` wait for quiet moments, or allow more with --foreign-limit and get wider intervals", 100*trial.MaxForeign)
		}
	}
	steal := item{Name: "stolen by the hypervisor", Figure: "not visible", Verdict: good}
	if w.Steal != nil {
		steal.Figure = fmt.Sprintf("%.1f %% of a CPU", 100**w.Steal)
		if *w.Steal > trial.MaxSteal {
			steal.Verdict, steal.Advice = unfit, fmt.Sprintf("measure later, or on a machine of your own: above %.0f %% blocks are void", 100*trial.MaxSteal)
		}
	}
	return []item{foreign, steal}
}

// expected says how many blocks of a run would be void on a machine that stays as busy as
// it was during the tests, each of which lasts about as long as a short trial.
func expected(tests []results.HostWatch) item {
	i := item{Name: "void blocks to expect", Figure: "not visible", Verdict: good}
	seen, busy := 0, 0
	for _, t := range tests {
		if t.Foreign == nil {
			continue
		}
		seen++
		if !(host.Limits{Foreign: trial.MaxForeign, Steal: trial.MaxSteal}).Quiet(t) {
			busy++
		}
	}
	switch {
	case seen == 0:
		return i
	case busy == 0:
		i.Figure = fmt.Sprintf("none: the machine was quiet in all of %s", text.Count(seen, "test"))
		return i
	}
	i.Figure = fmt.Sprintf("the machine was too busy in %d of %s", busy, text.Count(seen, "test"))
	i.Verdict = caution
	i.Advice = fmt.Sprintf("expect at least %.0f %% of the trials to void their block, which is then repeated: end other programs, or let `run --wait-quiet 10m` wait for quiet moments", 100*float64(busy)/float64(seen))
	return i
}
