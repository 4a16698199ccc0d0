package report

import (
	"fmt"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/micro"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/study"
)

// Options say where a report goes.
type Options struct {
	Out   string // Markdown file of the front page
	Rooms string // folder of the pages behind it
	Plots string // folder of the pictures
}

// report is what the pages are composed from, and the pages themselves. The front page
// is embedded: what is written without naming a page stands there.
type report struct {
	*page.Page
	*measured.Bundles
	options  Options
	pages    *page.Report
	checks   []check
	problems []error // what was passed over
}

// Write makes the report of one or more bundles. Nothing is written if anything
// fails before all pages are whole. Problems are what was passed over.
func Write(runs []*load.Run, o Options) (problems []error, err error) {
	// Pages and measurement are made before the first word is written, so an unreadable
	// bundle leaves the previous report as it is.
	pages, err := page.New(page.Places{Front: o.Out, Rooms: o.Rooms, Plots: o.Plots})
	if err != nil {
		return nil, err
	}
	m, err := measured.Compute(runs, Colours(runs))
	if err != nil {
		return nil, err
	}
	r := &report{Page: pages.Front, Bundles: m, options: o, pages: pages, checks: checksOf(m), problems: m.Problems}
	if err := r.compose(); err != nil {
		return r.problems, err
	}
	warning, err := pages.Save()
	if warning != nil {
		r.problems = append(r.problems, warning)
	}
	return r.problems, err
}

// compose writes the front page in the order from answer to evidence to method, and on
// the way the rooms, to which it links.
func (r *report) compose() error {
	r.title()
	r.question()
	// The answer comes first: whoever reads one screen reads what was found and what to
	// do with it.
	r.findings()
	r.mainPlot()
	if err := r.advice(); err != nil {
		return err
	}
	// Then comes whether the answer can be trusted, before any detail of it.
	r.trust()
	for _, write := range []func() error{r.claims, r.index, r.benchmarks} {
		if err := write(); err != nil {
			return err
		}
	}
	r.method()
	if err := r.environment(); err != nil {
		return err
	}
	r.reproduce()
	r.data()
	return nil
}

// room starts a page behind the front page, with its title and the way back. Run is the
// run that the room is about, nil if it is about all of them.
func (r *report) room(name, title string, run *load.Run) (*page.Page, error) {
	p, err := r.pages.Room(name)
	if err != nil {
		return nil, err
	}
	p.Line("# %s\n", title)
	back := fmt.Sprintf("[All results](%s)", p.To(r.Page))
	if run != nil {
		back += fmt.Sprintf(" · %s · seed %d", run.Manifest.Started.UTC().Format("2 January 2006"), run.Manifest.Seed)
	}
	p.Line("%s\n", back)
	return p, nil
}

// Rooms that are about no single scenario lie in a folder of their own, so that no
// scenario can have the name of one.
const (
	adviceRoom     = "more/which-when"
	claimsRoom     = "more/published-claims"
	benchmarksRoom = "more/go-benchmarks"
	machineRoom    = "more/environment"
)

// advice writes the short answer to the study's question, and the evidence for it into a
// room of its own.
func (r *report) advice() error {
	a := study.Advise(r.Bundles)
	if a == nil {
		return nil
	}
	p, err := r.room(adviceRoom, study.AdviceTitle, nil)
	if err != nil {
		return err
	}
	a.Write(p)
	a.WriteShort(r.Page, r.cautions(), r.To(p))
	return nil
}

// claims writes what became of the published claims: the counts here, and every claim in
// a room of its own.
func (r *report) claims() error {
	heading := true
	for _, run := range r.Runs {
		c, problems := study.JudgeClaims(run)
		r.problems = append(r.problems, problems...)
		if c == nil {
			continue
		}
		p, err := r.room(claimsRoom, "The published claims", run)
		if err != nil {
			return err
		}
		c.Write(p)
		if heading {
			r.Line("## The published claims\n")
			heading = false
		}
		r.Line("%s [Every claim, beside what was measured](%s).\n", c.Summary(), r.To(p))
	}
	return nil
}

// benchmarks writes the Go benchmarks of all bundles into a room of their own. Without
// any there is none.
func (r *report) benchmarks() error {
	if !slices.ContainsFunc(r.Runs, func(run *load.Run) bool { return run.Micro() != nil }) {
		return nil
	}
	p, err := r.room(benchmarksRoom, "Go benchmarks", nil)
	if err != nil {
		return err
	}
	r.problems = append(r.problems, micro.Write(p, r.Runs)...)
	r.Line("## Go benchmarks\n\n[Tables of all Go benchmarks of this run](%s), with intervals and adjusted p-values.\n", r.To(p))
	return nil
}
