package explore

import (
	"fmt"
	"path/filepath"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report"
	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// documentData is what the page has at hand when it is opened.
type documentData struct {
	// Title names the folders of the runs. Runs has one of them, or base and head.
	Title string    `json:"title"`
	Runs  []runData `json:"runs"`
	// Findings and Rule are sentences of the report's front page, and Checks has the
	// name, the figure and the verdict of each check of the measurement.
	Findings []string            `json:"findings"`
	Rule     []string            `json:"rule"`
	Checks   [][]string          `json:"checks"`
	Colours  map[string][]string `json:"colours"` // by theme and slot
	// Panels stand in the order of the scenarios. Effects are all comparisons, and Notes
	// are about that of two runs.
	Panels  []panelData  `json:"panels"`
	Effects []effectData `json:"effects"`
	Notes   []string     `json:"notes"`
	// Searches are the capacities that were searched. Problems say what of the bundles
	// could not be read.
	Searches []searchData `json:"searches"`
	Problems []string     `json:"problems"`
	// Ranks gives the interval of a median, by the number of trials: see [ranks]. Shares
	// are the percentiles of the curves, from 0 to 1.
	Ranks  [][3]number `json:"ranks"`
	Shares []float64   `json:"shares"`
	// Live says that the page can ask its server how far the run is.
	Live bool `json:"live"`
}

// runData is one of the runs.
type runData struct {
	Name  string      `json:"name"`  // "base", "head", or the folder if there is one run
	Line  []string    `json:"line"`  // what was compared, when and where: Markdown
	State string      `json:"state"` // one of the states of a manifest
	Facts [][2]string `json:"facts"` // names and values, in order
	Again []string    `json:"again"` // commands that make the run again
	// Scenarios are in the order of the manifest. Skipped has names of scenarios that
	// could not run, with the reasons.
	Scenarios []scenarioData `json:"scenarios"`
	Skipped   [][2]string    `json:"skipped"`
}

// scenarioData is a scenario file, word for word.
type scenarioData struct {
	Name string `json:"name"` // unique in a run
	File string `json:"file"` // its base name
	Text string `json:"text"` // of the whole file
}

// searchData is the section of a search.
type searchData struct {
	// Key is the start of the section's addresses, and Title names the scenario. Series
	// are the cells that were searched. Blocks are the section of the report.
	Key     string       `json:"key"`
	Title   string       `json:"title"`
	Series  []seriesData `json:"series"`
	Figures []figure     `json:"figures"`
	Blocks  []block      `json:"blocks"`
}

// document describes everything but the details of panels.
func (e *explorer) document() documentData {
	o := report.OverviewOf(e.Bundles)
	d := documentData{
		Findings: list(o.Findings), Rule: list(o.Rule), Checks: list(o.Checks), Effects: list(e.effects()), Notes: list(e.notes), Live: e.live,
		Panels: []panelData{}, Searches: []searchData{}, Problems: []string{},
		Colours: map[string][]string{"light": plot.Light().Hex(), "dark": plot.Dark().Hex()},
		Shares:  measured.Shares(),
	}
	most := 0
	for _, p := range e.panels {
		d.Panels = append(d.Panels, p.data())
		for _, s := range p.series() {
			most = max(most, len(s.variant.Trials))
		}
	}
	d.Ranks = ranks(most)
	for i, run := range e.Runs {
		d.Runs = append(d.Runs, e.runData(i, run))
	}
	d.Title = title(e.Runs)
	for _, s := range e.Searches {
		d.Searches = append(d.Searches, e.search(s))
	}
	for _, err := range e.Problems {
		text := err.Error()
		for _, run := range e.Runs {
			text = page.Relative(text, run.Dir)
		}
		d.Problems = append(d.Problems, text)
	}
	return d
}

// list is an empty list, and not null, if there is nothing in it: the bundle of a search has
// no load, and a run that has just begun has no result.
func list[T any](all []T) []T { return append([]T{}, all...) }

// runData describes one run.
func (e *explorer) runData(i int, run *load.Run) runData {
	m := run.Manifest
	d := runData{Name: filepath.Base(run.Label()), Line: report.Heading(run), State: m.State, Facts: report.Facts(m), Again: report.Again(run)}
	if len(e.Runs) == 2 {
		d.Name = runNames[i]
	}
	for _, s := range m.Scenarios {
		d.Scenarios = append(d.Scenarios, scenarioData{s.Name, s.File, s.Text})
	}
	for _, s := range m.Skipped {
		d.Skipped = append(d.Skipped, [2]string{s.Scenario, s.Why})
	}
	return d
}

// title names the runs by their folders.
func title(runs []*load.Run) string {
	if len(runs) == 2 {
		return fmt.Sprintf("%s and %s", folder(runs[0]), folder(runs[1]))
	}
	return folder(runs[0])
}

// folder is the name of a bundle's folder.
func folder(run *load.Run) string { return filepath.Base(filepath.Clean(run.Label())) }
