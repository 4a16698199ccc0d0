package report

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// reproduce gives the commands for this run and for this page.
func (r *report) reproduce() {
	r.Line("## Reproduce\n")
	var dirs []string
	analysis := "bin/analysis"
	for _, run := range r.Runs {
		r.runAgain(run)
		if program, _ := assay(run.Manifest); program != "" {
			analysis = program
		}
		if dir, err := r.Link(run.Dir); err == nil {
			dirs = append(dirs, plain.Line(plain.Shell(dir)))
		}
	}
	// Paths are relative to the page, as its links are. A folder on another volume has
	// no relative path and is given as the caller gave it.
	plots, err := r.Link(r.options.Plots)
	if err != nil {
		plots = r.options.Plots
	}
	r.Line("Make this page again from the data:\n")
	r.Line("```sh")
	r.Line("%s verify %s", analysis, strings.Join(dirs, " && "+analysis+" verify "))
	r.Line(analysis+" report %s -o %s --plots %s", strings.Join(dirs, " "), plain.Shell(filepath.Base(r.options.Out)), plain.Shell(plots))
	r.Line("```\n")
}

// runAgain gives the commands for a run.
func (r *report) runAgain(run *load.Run) {
	m := run.Manifest
	options, verb := fmt.Sprintf("--seed %d", m.Seed), "run"
	var files []string
	same := true // all scenarios have the run's number of blocks; else each file gives its own
	for _, s := range m.Scenarios {
		files = append(files, fileOf(m, s))
		same = same && s.Blocks == m.Blocks
		if run.Searched(s.Name) {
			verb = "search"
		}
	}
	// A single --blocks would override the numbers of all files, so it is given only
	// where it changes none of them.
	if same {
		options += fmt.Sprintf(" --blocks %d", m.Blocks)
	}
	if m.Quick {
		options += " --quick"
	}
	r.Line("Make this run again (the scenario files are kept word for word in the bundle's `%s`):\n", results.ManifestFile)
	r.Line("```sh")
	if m.Git.Commit != "" {
		r.Line("git checkout %s", plain.Line(plain.Shell(m.Git.Commit)))
	}
	harness, installed := assay(m)
	harness = cmp.Or(harness, "bin/harness")
	if !installed {
		r.Line("make build")
	}
	r.Line(harness+" %s %s %s%s --out results/runs/again", verb, plain.Line(plain.Shell(files...)), options, plain.Line(onHosts(m.Topology)))
	// Benchmarks of several variants need the folders that they were built from, and a
	// bundle does not keep these.
	if g := m.Micro; g != nil && len(g.Variants) == 1 {
		r.Line(harness+" micro --seed %d --blocks %d --bench %s --benchtime %s --out results/runs/again %s", g.Seed, microBlocks(run), plain.Line(plain.Quoted(g.Bench)), plain.Line(plain.Shell(g.Benchtime)), plain.Line(plain.Shell(g.Packages...)))
	}
	r.Line("```\n")
}

// assay is what a run calls the one program that people use, and whether it was installed.
// In Assay's own repository make builds it, as bin/assay. The name is empty for a run by
// bin/harness.
func assay(m *results.Manifest) (program string, installed bool) {
	if len(m.Command) == 0 {
		return "", false
	}
	called := path.Clean(filepath.ToSlash(m.Command[0]))
	switch {
	case called == "bin/assay":
		return called, false
	case strings.HasPrefix(path.Base(called), "assay"):
		return "assay", true
	}
	return "", false
}

// onHosts are the flags that put a run on hosts: the same nodes, where the engine named them.
func onHosts(t *results.Topology) string {
	if t == nil {
		return ""
	}
	words := []string{"--on", t.Engine, "--generators", fmt.Sprint(t.Generators)}
	var nodes []string
	named := t.Engine != "local"
	for _, h := range t.Hosts {
		named = named && h.Node != ""
		if h.Role == results.RoleGenerator {
			nodes = append(nodes, h.Node)
		}
	}
	for _, h := range t.Hosts {
		if named && h.Role != results.RoleGenerator {
			words = append(words, "--host", h.Name+"="+h.Node)
		}
	}
	if named && t.Engine != "kubernetes" { // whose scheduler puts several generators on a node
		words = append(words, "--host", "generators="+strings.Join(nodes, ","))
	}
	return " " + plain.Shell(words...)
}

// fileOf is where a scenario's file lay when the run was made; in scenarios/ if the
// command does not tell.
func fileOf(m *results.Manifest, s results.Scenario) string {
	// The manifest keeps only the base name of a scenario file. The folder is in the
	// command of the run.
	for _, arg := range m.Command {
		if path.Base(filepath.ToSlash(arg)) == s.File {
			return filepath.ToSlash(arg)
		}
	}
	return "scenarios/" + s.File
}

// microBlocks is how often the Go benchmarks of a bundle were run.
func microBlocks(run *load.Run) (n int) {
	text := run.Micro()
	if text == nil {
		return 0
	}
	times := map[string]int{}
	// What cannot be read the benchmarks' section tells.
	_ = text.Each(func(o load.Observation) error {
		name := o.Result.GetConfig("pkg") + " " + o.Result.Name.String()
		// The k-th result of a name belongs to block k, so the most frequent name has
		// one result per block.
		times[name]++
		n = max(n, times[name])
		return nil
	})
	return n
}

// data links the files of the bundles.
func (r *report) data() {
	r.Line("## Raw data\n")
	for _, run := range r.Runs {
		dir, err := r.Link(run.Dir)
		if err != nil {
			continue
		}
		links := map[string]string{
			results.ManifestFile: "what was run, where, with which inputs",
			results.BenchFile:    "the trials for `benchstat`",
		}
		// A slim bundle keeps the files of all trials in one archive.
		if run.Slim() {
			links[results.ArchiveFile] = "one line per trial, histograms of every second, and samples of the server"
		} else {
			links[results.TrialsFile] = "one line per trial"
			links[results.TrialsDir] = "histograms of every second, and samples of the server"
		}
		if run.Micro() != nil {
			links[results.MicroFile] = "output of the Go benchmarks"
		}
		links[results.SumsFile] = "hashes of all files"
		for _, name := range slices.Sorted(maps.Keys(links)) {
			r.Line("- [%s](%s/%s): %s", name, page.Address(dir), name, links[name])
		}
		r.Line("")
	}
}
