package report

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/results"
)

// mostNames is how many variants the line below the title names.
const mostNames = 8

// title writes the heading and, per bundle, one line of what was compared, when,
// on what.
func (r *report) title() {
	r.Line("# Benchmarks\n")
	for _, run := range r.Runs {
		m := run.Manifest
		var variants, parts []string
		seen := map[string]bool{}
		for _, s := range m.Scenarios {
			for _, v := range s.Variants {
				if !seen[v.Name] && v.AAOf == "" {
					seen[v.Name] = true
					variants = append(variants, "`"+v.Name+"`")
				}
			}
		}
		what := words.List(variants)
		if len(variants) > mostNames {
			what = words.Plural(len(variants), "variant")
		}
		parts = append(parts, fmt.Sprintf("%s in %s", what, words.Plural(len(m.Scenarios), "scenario")))
		parts = append(parts, m.Started.UTC().Format("2 January 2006"))
		h := m.Host
		machine := h.CPUModel
		if machine == "" {
			machine = h.Arch
		}
		machine += ", " + words.Plural(len(h.CPUs), "CPU")
		if h.Kernel != "" {
			machine += ", " + h.OS + " " + h.Kernel
		}
		parts = append(parts, machine, h.GoVersion)
		switch {
		case m.Git.Commit == "":
		case m.Git.Dirty:
			parts = append(parts, "commit `"+short(m.Git.Commit)+"` with changes")
		default:
			parts = append(parts, "commit `"+short(m.Git.Commit)+"`")
		}
		parts = append(parts, fmt.Sprintf("seed %d", m.Seed), blocksWords(m))
		r.Line("%s.\n", strings.Join(parts, " · "))
		if m.Quick {
			r.Line("**A quick run: too short and too few blocks to conclude anything from.**\n")
		}
		if m.State != "complete" {
			why := ""
			if m.Failure != "" {
				why = ": " + m.Failure
			}
			r.Line("**This run is %s%s. What follows covers the blocks that were finished.**\n", m.State, why)
		}
	}
}

// blocksWords is how many blocks the scenarios have: each may have its own number.
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

func short(commit string) string {
	if len(commit) > 10 {
		return commit[:10]
	}
	return commit
}
