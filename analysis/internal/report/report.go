package report

import (
	"fmt"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/micro"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/analysis/internal/report/study"
)

// Options say where a report goes.
type Options struct {
	Out   string // Markdown file
	Plots string // folder of its pictures
}

// report is what a page is composed from, and the page itself.
type report struct {
	*page.Page
	*measured.Bundles
	options  Options
	checks   []check
	problems []error // what was passed over
}

// Write makes the report of one or more bundles. Nothing is written if anything
// fails before the page is whole. Problems are what was passed over.
func Write(runs []*load.Run, o Options) (problems []error, err error) {
	// Page and measurement are made before the first word is written, so an unreadable
	// bundle leaves the previous report as it is.
	p, err := page.New(o.Out, o.Plots)
	if err != nil {
		return nil, err
	}
	m, err := measured.Compute(runs, colours(runs))
	if err != nil {
		return nil, err
	}
	r := &report{Page: p, Bundles: m, options: o, checks: checksOf(m), problems: m.Problems}
	r.compose()
	warning, err := p.Save()
	if warning != nil {
		r.problems = append(r.problems, warning)
	}
	return r.problems, err
}

// compose writes the page in the order from answer to evidence to method.
func (r *report) compose() {
	r.title()
	// The answer comes first: whoever reads one screen reads what was found and what to
	// do with it.
	r.findings()
	r.mainPlot()
	study.WriteAdvice(r.Page, r.Bundles, r.cautions())
	// Then comes whether the answer can be trusted, before any detail of it.
	r.trust()
	for _, run := range r.Runs {
		r.problems = append(r.problems, study.WriteClaims(r.Page, run, r.dated("The published claims", run))...)
	}
	for _, s := range r.Scenarios {
		section.Write(r.Page, s, r.dated(s.Spec.Name, s.Run))
	}
	for _, s := range r.Searches {
		section.WriteSearch(r.Page, s, r.dated(s.Spec.Name, s.Run))
	}
	// What is about several scenarios, or about none, follows the sections of single
	// scenarios.
	r.acrossClients()
	r.empty()
	r.problems = append(r.problems, micro.Write(r.Page, r.Runs)...)
	r.method()
	r.environment()
	r.reproduce()
	r.data()
}

// dated is a heading, with its run if the page has several.
func (r *report) dated(heading string, run *load.Run) string {
	if len(r.Runs) < 2 {
		return heading
	}
	return fmt.Sprintf("%s (%s, seed %d)", heading, run.Manifest.Started.UTC().Format("2 January 2006"), run.Manifest.Seed)
}

// empty names the scenarios of which no trial counts, and those that were skipped.
func (r *report) empty() {
	for _, run := range r.Runs {
		for i := range run.Manifest.Scenarios {
			if name := run.Manifest.Scenarios[i].Name; len(run.Cells(name)) == 0 {
				r.Line("## %s\n\nNo trial of this scenario counts: nothing to report.\n", name)
			}
		}
		for _, s := range run.Manifest.Skipped {
			r.Line("## %s\n\nSkipped: %s.\n", s.Scenario, s.Why)
		}
	}
}
