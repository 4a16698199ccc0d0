package section

import (
	"fmt"
	"maps"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// doubts lists what could not be read of a scenario, and the recorded facts that speak
// against the numbers of its variants.
func doubts(s *measured.Scenario) (notes []string) {
	for _, err := range s.Problems {
		notes = append(notes, page.Relative(err.Error(), s.Run.Dir))
	}
	for _, g := range s.Groups {
		for _, v := range g.Variants {
			for _, w := range variantDoubts(g, v) {
				notes = append(notes, "`"+v.Label()+"`: "+w)
			}
		}
	}
	return notes
}

// variantDoubts lists the recorded facts that speak against the numbers of one variant.
// The steady state of a burst is not tested, because a burst has none.
func variantDoubts(g *measured.Group, v *measured.Variant) (w []string) {
	trials := words.Plural(len(v.Trials), "trial")
	// The order is from doubts about the generator to doubts about the server: while
	// the first are open the second are not worth a look.
	if share := v.Facts.GeneratorShare; share > measured.ShareWarning {
		w = append(w, fmt.Sprintf("the load generator's own delay is %s of its p99 response", format.Percent(share)))
	}
	if worst := mostHandshakes(g, v); worst != nil && !g.Stream.NoReuse {
		w = append(w, fmt.Sprintf("%s TLS handshakes for %s requests in a trial: connections do not last, and each new one costs the server more than a request",
			format.Count(worst.Handshakes), format.Count(worst.Sent)))
	}
	if v.Uneven > 0 && !g.Burst() {
		w = append(w, fmt.Sprintf("no steady state: the median latency of single seconds changes its level inside %d of %s (p ≤ %v)", v.Uneven, trials, measured.SteadyLevel))
	}
	if n := v.Facts.Limited - v.Facts.Delayed; n > 0 {
		w = append(w, fmt.Sprintf("generator-limited: the load generator, and not the server, was the limit in %d of %s; lower the load, or give the generator more CPUs", n, trials))
	}
	if n := v.Facts.Delayed; n > 0 {
		w = append(w, fmt.Sprintf("generator-limited: the load generator was late in %d of %s although it had time to spare, because something else on the machine kept it from running or very many answers came at once; this concerns the figures that its delay is a part of", n, trials))
	}
	if v.Facts.Saturated > 0 {
		w = append(w, fmt.Sprintf("saturated: fell behind its schedule in %d of %s", v.Facts.Saturated, trials))
	}
	return w
}

// manyHandshakes is the share of the requests from which on handshakes in the load are
// worth a word.
const manyHandshakes = 0.01

// mostHandshakes is the trial's stream with the most handshakes beyond those that open
// its connections, if they are many; nil if in no trial they are.
func mostHandshakes(g *measured.Group, v *measured.Variant) (worst *results.StreamResult) {
	for _, t := range v.Trials {
		s := t.Stream
		// Every connection of the pool needs one handshake. Only what exceeds them was
		// opened again.
		again := s.Handshakes - min(s.Handshakes, uint64(g.Stream.Connections))
		if float64(again) > manyHandshakes*float64(s.Sent) && (worst == nil || s.Handshakes > worst.Handshakes) {
			worst = s
		}
	}
	return worst
}

// warnings writes what the harness warned of, what was voided, and further notes.
func warnings(p *page.Page, run *load.Run, scenario string, notes []string) {
	all := warningsOf(run, scenario, notes)
	if len(all) == 0 {
		return
	}
	// The number in the summary tells whether there is reason to open the fold.
	p.Fold(fmt.Sprintf("Warnings (%d)", len(all)), func() {
		for _, w := range all {
			p.Line("- %s", plain.Prose(w))
		}
		p.Line("")
	})
}

// warningsOf lists what warnings writes. Each text stands once, in alphabetical order,
// with the number of times that it came up.
func warningsOf(run *load.Run, scenario string, notes []string) (all []string) {
	seen := map[string]int{}
	for _, trial := range run.Trials {
		// Voided trials are in run.Trials too, because a warning of a voided trial
		// tells why its block was repeated.
		if trial.Scenario != scenario {
			continue
		}
		for _, w := range trial.Warnings {
			seen["`"+trial.Variant+"`: "+w]++
		}
		for _, why := range trial.Invalid {
			seen[fmt.Sprintf("block %d was voided and repeated: `%s`: %s", trial.Block, trial.Variant, why)]++
		}
		for _, srv := range trial.Servers {
			if srv.Crashed {
				seen[fmt.Sprintf("`%s`: the server ended before it was asked to (%s)", trial.Variant, srv.Exit)]++
			}
		}
	}
	for _, n := range notes {
		seen[n]++
	}
	for _, w := range slices.Sorted(maps.Keys(seen)) {
		if times := seen[w]; times > 1 {
			w += fmt.Sprintf(" (%d times)", times)
		}
		all = append(all, plain.Line(w))
	}
	return all
}
