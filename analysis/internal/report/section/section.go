package section

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// Write writes the page of one scenario below its title: the load, the medians, the
// effects and the plots of every group, and then what the scenario has as a whole.
func Write(p *page.Page, s *measured.Scenario) {
	if s.Spec.Summary != "" {
		p.Line("%s\n", plain.Prose(s.Spec.Summary))
	}
	for _, g := range s.Groups {
		if g.Label != "" {
			p.Line("## %s\n", g.Label)
		}
		// What stands open is what a conclusion may rest on. What supports it, or is
		// there for readers who doubt it, is folded.
		loadLine(p, g)
		mainTable(p, g)
		effectsTable(p, g)
		targetsTable(p, g)
		answers(p, g)
		wrongAnswers(p, g)
		mainPlots(p, g)
		recoveryTable(p, g)
		storyPlots(p, g)
		p.Fold("All metrics", func() { allMetrics(p, g) })
		morePlots(p, g)
		p.Fold("Values of every trial", func() { trialValues(p, g) })
		p.Fold("Where the time goes", func() { ledgerTable(p, g) })
		p.Fold("Theory beside measurement", func() { theory(p, g) })
	}
	// These need all groups of the scenario, and so stand after the last of them.
	matrixPlots(p, s)
	sizePlot(p, s)
	objectives(p, s)
	warnings(p, s.Run, s.Spec.Name, doubts(s))
}

// heading is a heading of a group's part. Its address holds the group's label, because a
// page has the part once for every group.
func heading(p *page.Page, g *measured.Group, name string) {
	if g.Label == "" {
		p.Line("## %s\n", name)
		return
	}
	p.Line("### %s: %s\n", g.Label, strings.ToLower(name[:1])+name[1:])
}

// loadLine says in words what the load of a group is and what it hides.
func loadLine(p *page.Page, g *measured.Group) {
	s := g.Scenario
	first := words.Load(g.Stream, g.Warmup)
	text := "Load: " + first + "."
	// Variants may differ in how the load reaches the server, such as the transport.
	for _, v := range g.Variants[1:] {
		spec := s.Spec.In(v.Variant, v.Matrix)
		i := slices.IndexFunc(spec.Streams, func(st results.Stream) bool { return st.Name == g.Stream.Name })
		if i < 0 {
			continue
		}
		if own := words.Load(spec.Streams[i], spec.Warmup); own != first {
			text += fmt.Sprintf(" That of %s: %s.", v.Variant, own)
		}
	}
	if g.Burst() {
		text += " **Burst: no steady state.** The load ends with its last request, so rates depend on its length."
	}
	if !g.Open() {
		text += " In a closed loop a client waits for its answer before it sends again: latency is service time, and hides how long users of a slow server would wait."
	}
	p.Line("%s\n", text)
	for _, srv := range s.Spec.Servers {
		// A server that the harness did not start carries caches, heap and connections
		// from one trial to the next.
		if srv.URL != "" {
			p.Line("**Not restarted: trials are dependent.** The server `%s` ran before the measurement and through all of it.\n", srv.URL)
		}
	}
}
