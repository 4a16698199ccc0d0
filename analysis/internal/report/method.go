package report

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// method says how the numbers came about, and why so.
func (p *page) method() {
	p.line("## Method\n")
	for _, s := range []string{
		"**A trial is one observation.** Every trial starts a fresh server and attacks it once. Requests inside a trial depend on each other, so a p99 of a trial is one value, not thousands.",
		"**Blocks.** A block is one trial of every variant, in an order drawn from the seed. Whatever the machine does hits all variants of a block alike, so variants are compared within blocks. The number of blocks is fixed beforehand.",
		"**Same draws.** Schedule, targets and the simulated store of a block follow from one seed, equal for all of its variants.",
		"**Open load** sends on an absolute schedule, whatever the server does. Its response time runs from the *intended* start to the last byte, so a stalled server cannot hide the requests it kept waiting (coordinated omission).",
		"**Closed load** sends when the last answer is there. Its latency and throughput are one number (Little's law); it gives service time and is judged by goodput.",
		"**Goodput** is successful answers per second. Refusals are fast and worth nothing, so throughput alone flatters a server that refuses.",
		"**Latencies** cover successful answers and time-outs, the latter as infinite. Refusals and errors are counted beside. Where their ratios differ by more than one percentage point between two variants, latencies are of different requests and are not compared.",
		"**Within objective** is the share of *all* scheduled requests that were answered successfully in time.",
		"**Medians** over trials have order-statistic intervals (as benchstat's): they assume nothing but independent trials, and reach the confidence that is printed.",
		"**Effects** are Hodges–Lehmann estimates of the log ratio within blocks, with intervals from the exact signed-rank distribution; shares in [0, 1] compare by difference. They assume that differences are symmetric.",
		"**Many comparisons.** The p-values of the primary metrics are adjusted together by exact sign flips of whole blocks (max-T). Everything else is descriptive.",
		"**Not judged** are quantiles from too few values (p99: 1,000, p99.9: 10,000), saturated trials, different populations, and numbers of which the load generator's own delay is more than 5 %.",
		"**Hard checks** (foreign load, stolen CPU, a fault of the harness, a clock step) void a whole block, which is repeated. They use only what a variant cannot cause. A crash of a server is an outcome, not an excuse.",
	} {
		p.line("- %s", s)
	}
	p.line("")
}

// environment lists everything known about the machine.
func (p *page) environment() {
	p.line("## Environment\n")
	for i, run := range p.runs {
		summary := "Machine, kernel, Go, binaries"
		if len(p.runs) > 1 {
			summary = fmt.Sprintf("Run %d: machine, kernel, Go, binaries", i+1)
		}
		p.fold(summary, func() {
			t := table.Table{Head: []string{"", ""}, Left: map[int]bool{1: true}}
			for _, f := range facts(run.Manifest) {
				if f[1] != "" {
					t.Add(f[0], f[1])
				}
			}
			p.markdown(&t)
		})
	}
}

func facts(m *results.Manifest) [][2]string {
	h := m.Host
	f := [][2]string{
		{"CPU", h.CPUModel},
		{"CPUs in use", cpus(h.CPUs)},
		{"CPUs that share a core", strings.Join(h.Siblings, "; ")},
		{"server on CPUs", cpus(h.ServerCPUs)},
		{"generator on CPUs", cpus(h.GeneratorCPUs)},
		{"governor", h.Governor},
		{"turbo", h.Turbo},
		{"idle CPUs", h.IdleCPUs},
		{"answers are stamped", h.AnswerStamps},
		{"system", strings.TrimSpace(h.OS + "/" + h.Arch + " " + h.Kernel)},
		{"virtualisation", h.Virtualisation},
		{"clock source", h.ClockSource},
		{"cgroup CPU", h.CgroupCPU},
		{"cgroup memory", h.CgroupMemory},
		{"Go", h.GoVersion},
		{"GOMAXPROCS of the generator", fmt.Sprint(h.GOMAXPROCS)},
		{"tool", m.Tool},
	}
	if h.MemoryBytes > 0 {
		f = append(f, [2]string{"memory", fixed(float64(h.MemoryBytes)/(1<<30), 1) + " GiB"})
	}
	if h.FileLimit > 0 {
		f = append(f, [2]string{"open files", count(h.FileLimit)})
	}
	if h.LoadAverage != nil {
		f = append(f, [2]string{"load average before", fixed(*h.LoadAverage, 2)})
	}
	if m.Git.Commit != "" {
		commit := "`" + m.Git.Commit + "`"
		if m.Git.Dirty {
			commit += " with changes that are in no commit"
		}
		f = append(f, [2]string{"commit", commit})
	}
	for _, b := range m.Binaries {
		f = append(f, [2]string{"SHA-256 of `" + filepath.Base(b.Path) + "`", "`" + b.SHA256 + "`"})
	}
	for _, s := range m.Scenarios {
		f = append(f, [2]string{"SHA-256 of `" + s.File + "`", "`" + s.SHA256 + "`"})
	}
	f = append(f, [2]string{"started", m.Started.UTC().Format("2006-01-02 15:04:05 UTC")})
	if !m.Ended.IsZero() {
		f = append(f, [2]string{"ended", m.Ended.UTC().Format("2006-01-02 15:04:05 UTC")})
	}
	return f
}

// reproduce gives the commands for this run and for this page.
func (p *page) reproduce() {
	p.line("## Reproduce\n")
	for _, run := range p.runs {
		m := run.Manifest
		p.line("Make this run again (the scenario files are kept word for word in the bundle's `%s`):\n", results.ManifestFile)
		p.line("```sh")
		if m.Git.Commit != "" {
			p.line("git checkout %s", m.Git.Commit)
		}
		p.line("make build")
		options := fmt.Sprintf("--seed %d", m.Seed)
		var files []string
		same := true
		for _, s := range m.Scenarios {
			files = append(files, fileOf(m, s))
			same = same && s.Blocks == m.Blocks
		}
		if same { // else every file has its own
			options += fmt.Sprintf(" --blocks %d", m.Blocks)
		}
		if m.Quick {
			options += " --quick"
		}
		verb := "run"
		if slices.ContainsFunc(m.Scenarios, func(s results.Scenario) bool { return run.Searched(s.Name) }) {
			verb = "search"
		}
		p.line("bin/harness %s %s %s --out results/runs/again", verb, strings.Join(files, " "), options)
		if g := m.Micro; g != nil && len(g.Variants) == 1 {
			p.line("bin/harness micro --seed %d --blocks %d --bench '%s' --benchtime %s --out results/runs/again %s", g.Seed, microBlocks(run), g.Bench, g.Benchtime, strings.Join(g.Packages, " "))
		}
		p.line("```\n")
	}
	p.line("Make this page again from the data:\n")
	p.line("```sh")
	var dirs []string
	for _, run := range p.runs {
		if dir, err := p.links.to(run.Dir); err == nil {
			dirs = append(dirs, dir)
		}
	}
	p.line("bin/analysis verify %s", strings.Join(dirs, " && bin/analysis verify "))
	p.line("bin/analysis report %s -o %s --plots %s", strings.Join(dirs, " "), filepath.Base(p.options.Out), p.links.plots)
	p.line("```\n")
}

// fileOf is where a scenario's file lay when the run was made; in scenarios/ if the
// command does not tell.
func fileOf(m *results.Manifest, s results.Scenario) string {
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
		times[name]++
		n = max(n, times[name])
		return nil
	})
	return n
}

// data links the files of the bundles.
func (p *page) data() {
	p.line("## Raw data\n")
	for _, run := range p.runs {
		dir, err := p.links.to(run.Dir)
		if err != nil {
			continue
		}
		links := map[string]string{
			results.ManifestFile: "what was run, where, with which inputs",
			results.TrialsFile:   "one line per trial",
			results.TrialsDir:    "histograms of every second, and samples of the server",
			results.BenchFile:    "the trials for `benchstat`",
		}
		if run.Micro() != nil {
			links[results.MicroFile] = "output of the Go benchmarks"
		}
		links[results.SumsFile] = "hashes of all files"
		for _, name := range slices.Sorted(maps.Keys(links)) {
			p.line("- [%s](%s/%s): %s", name, dir, name, links[name])
		}
		p.line("")
	}
}
