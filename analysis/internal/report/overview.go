package report

import (
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/results"
)

// Overview is what a report says before its single scenarios, for other pages that say
// the same. Texts are Markdown of the inline kind.
type Overview struct {
	Findings []string   // strongest first
	Rule     []string   // what findings there can be, and what they are to be read with
	Checks   [][]string // of the measurement itself: name, figure and verdict
}

// OverviewOf words what was found in bundles, and whether it can be trusted.
func OverviewOf(m *measured.Bundles) Overview {
	r := &report{Bundles: m, checks: checksOf(m)}
	var o Overview
	for _, b := range r.recorded(r.findings) {
		switch {
		case b.Item:
			o.Findings = append(o.Findings, b.Text)
		case b.Text != "":
			o.Rule = append(o.Rule, b.Text)
		}
	}
	for _, c := range r.checks {
		o.Checks = append(o.Checks, []string{c.name, c.figure, c.verdict})
	}
	return o
}

// Heading says what was compared in a run, when and on what machine, and what is wrong
// with the run as a whole.
func Heading(run *load.Run) (lines []string) {
	r := &report{Bundles: &measured.Bundles{Runs: []*load.Run{run}}}
	for _, b := range r.recorded(r.title) {
		if b.Text != "" {
			lines = append(lines, b.Text)
		}
	}
	return lines
}

// recorded are the pieces that a part of the page writes.
func (r *report) recorded(write func()) []page.Block {
	return page.Record(func(p *page.Page) {
		r.Page = p
		write()
	})
}

// Facts lists what a manifest says of machine and hosts, of the build and of the time, in
// pairs of a name and a value. What was not recorded is left out.
func Facts(m *results.Manifest) (known [][2]string) {
	for _, f := range append(facts(m), hostFacts(m)...) {
		if f[1] != "" {
			known = append(known, f)
		}
	}
	return known
}

// Again are the commands that make a run again, one a line.
func Again(run *load.Run) (commands []string) {
	r := &report{}
	for _, b := range r.recorded(func() { r.runAgain(run) }) {
		if text := b.Text; text != "" && !strings.HasPrefix(text, "```") && !strings.HasSuffix(text, ":") {
			commands = append(commands, text)
		}
	}
	return commands
}
