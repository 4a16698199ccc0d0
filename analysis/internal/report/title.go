package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// mostNames is how many variants the line below the title names.
const mostNames = 8

// title writes the heading and, for every bundle, one line of what was compared, when and
// on what machine.
func (r *report) title() {
	r.Line("# %s\n", r.heading())
	for _, run := range r.Runs {
		// The line holds what tells one run from another: subject, date, machine,
		// toolchain, commit, seed and size.
		m := run.Manifest
		parts := []string{
			fmt.Sprintf("%s in %s", comparedWords(m), words.Plural(len(m.Scenarios), "scenario")),
			m.Started.UTC().Format("2 January 2006"),
			plain.Prose(machineWords(m.Host)),
			plain.Prose(m.Host.GoVersion),
		}
		if m.Topology != nil {
			parts = append(parts, "hosts: "+plain.Prose(m.Topology.Label()))
		}
		if m.Git.Commit != "" {
			commit := "commit " + plain.Code(short(m.Git.Commit))
			if m.Git.Dirty {
				commit += " with changes"
			}
			parts = append(parts, commit)
		}
		parts = append(parts, fmt.Sprintf("seed %d", m.Seed), blocksWords(m))
		r.Line("%s.\n", strings.Join(parts, " · "))
		// These remarks stand above all numbers, because whoever copies a number from
		// the page has to have passed them.
		if m.Quick {
			r.Line("**A quick run: too short and too few blocks to conclude anything from.**\n")
		}
		for _, damage := range run.Changed() {
			r.Line("**Damaged: %s.**\n", plain.Prose(page.Relative(damage.Error(), run.Dir)))
		}
		if m.State != results.StateComplete {
			why := ""
			if m.Failure != "" {
				why = ": " + plain.Prose(m.Failure)
			}
			r.Line("**This run is %s%s. What follows covers the blocks that were finished.**\n", m.State, why)
		}
	}
}

// heading is the title of the report: the name of its only scenario, or else what it is.
func (r *report) heading() string {
	names := r.names()
	if len(names) == 1 {
		return "Benchmark: " + names[0]
	}
	return "Benchmarks"
}

// names are the names of all scenarios and searches, each once.
func (r *report) names() (names []string) {
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, s := range r.Scenarios {
		add(s.Spec.Name)
	}
	for _, s := range r.Searches {
		add(s.Spec.Name)
	}
	return names
}

// question says what was asked. For one scenario that is its summary. Several have their
// summaries in the index, and in common only how the variants are compared.
func (r *report) question() {
	if names := r.names(); len(names) == 1 {
		summary := ""
		for _, s := range r.Scenarios {
			summary = s.Spec.Summary
		}
		for _, s := range r.Searches {
			summary = s.Spec.Summary
		}
		if summary != "" {
			r.Line("**Question:** %s\n", plain.Prose(summary))
		}
		return
	}
	if len(r.Scenarios) > 0 {
		r.Line("**Question:** how do the variants of each of [%s](#scenarios) compare in what their users meet: successful answers per second, response time, and the share of requests answered within the objective?\n",
			words.Plural(len(r.Scenarios), "scenario"))
	}
}

// comparedWords names the variants of a run without its A/A copies, or counts them if
// there are many.
func comparedWords(m *results.Manifest) string {
	var variants []string
	for _, s := range m.Scenarios {
		for _, v := range s.Variants {
			if name := "`" + v.Name + "`"; v.AAOf == "" && !slices.Contains(variants, name) {
				variants = append(variants, name)
			}
		}
	}
	if len(variants) > mostNames {
		return words.Plural(len(variants), "variant")
	}
	return words.List(variants)
}

// machineWords names the CPU model, or if it is unknown the architecture, the number of
// CPUs and the kernel.
func machineWords(h results.Host) string {
	text := cmp.Or(h.CPUModel, h.Arch) + ", " + words.Plural(len(h.CPUs), "CPU")
	if h.Kernel != "" {
		text += ", " + h.OS + " " + h.Kernel
	}
	return text
}

// blocksWords is how many blocks the scenarios have, a range if their numbers differ.
func blocksWords(m *results.Manifest) string {
	fewest, most := m.Blocks, m.Blocks
	for i, s := range m.Scenarios {
		if i == 0 {
			fewest, most = s.Blocks, s.Blocks
		}
		fewest, most = min(fewest, s.Blocks), max(most, s.Blocks)
	}
	if fewest == most {
		return words.Plural(most, "block")
	}
	return fmt.Sprintf("%d to %s", fewest, words.Plural(most, "block"))
}

// short is the beginning of a commit that tells it apart.
func short(commit string) string {
	if len(commit) > 10 {
		return commit[:10]
	}
	return commit
}
