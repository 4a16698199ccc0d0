package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// Verdicts on a check of the measurement.
const (
	good    = "good"
	caution = "**caution**"
	unknown = "unknown"
)

// Limits of the trust table. The generator's share is warned about at two per
// cent of the p99; a foreign load or steal of five per cent of a CPU is below
// what the harness voids blocks for and still worth knowing.
const (
	shareWarning = 0.02
	noiseWarning = 0.05
	answerLimit  = 0.02
	fewestBlocks = 6
	driftLevel   = 0.01
)

// trust writes the checks of the measurement itself.
func (p *page) trust() {
	p.line("## Can these numbers be trusted?\n")
	p.markdown(p.checks())
}

// cautions names the checks that went badly.
func (p *page) cautions() []string {
	var names []string
	for _, row := range p.checks().Rows {
		if row[2] == caution && !slices.Contains(names, row[0]) {
			names = append(names, row[0])
		}
	}
	return names
}

func (p *page) checks() *table.Table {
	t := table.Table{Head: []string{"check", "figure", "verdict"}, Left: map[int]bool{1: true, 2: true}}
	for i, run := range p.runs {
		first := len(t.Rows)
		p.answerCheck(&t, run)
		p.blockCheck(&t, run)
		p.placementCheck(&t, run)
		p.noiseCheck(&t, run)
		p.voidCheck(&t, run)
		for _, row := range t.Rows[first:] {
			row[0] += p.which(i)
		}
	}
	p.generatorCheck(&t)
	p.aaCheck(&t)
	p.driftCheck(&t)
	p.saturationCheck(&t)
	return &t
}

// which names a run where the page has several.
func (p *page) which(i int) string {
	if len(p.runs) < 2 {
		return ""
	}
	searches := func(run *load.Run) bool { return len(run.Manifest.Searches) > 0 }
	alike := 0
	for _, run := range p.runs {
		if searches(run) == searches(p.runs[i]) {
			alike++
		}
	}
	switch {
	case alike > 1:
		return fmt.Sprintf(" (seed %d)", p.runs[i].Manifest.Seed)
	case searches(p.runs[i]):
		return " (search)"
	}
	return " (run)"
}

func (p *page) markdown(t *table.Table) {
	// A bytes.Buffer does not fail to write.
	_ = t.Markdown(p)
	p.line("")
}

func (p *page) answerCheck(t *table.Table, run *load.Run) {
	a := run.Manifest.Answer
	if a == nil {
		t.Add("instrument accuracy", "no known-answer test was made on this machine with this build: `harness doctor`", unknown)
		return
	}
	worst, name := 0.0, ""
	var off []string
	for _, shape := range a.Tests {
		if !shape.OK {
			off = append(off, fmt.Sprintf("%s (%s)", shape.Name, shape.Detail))
		}
		for _, q := range shape.Quantile {
			if q.Error != nil && math.Abs(*q.Error) > math.Abs(worst) {
				worst, name = *q.Error, shape.Name+" "+q.Name
			}
		}
	}
	figure := fmt.Sprintf("%s known-answer tests", count(len(a.Tests)))
	if name != "" {
		figure = fmt.Sprintf("largest error %s %% (%s) over %s", signed(100*worst, 2), name, plural(len(a.Tests), "known-answer test"))
	}
	verdict := good
	if len(off) > 0 {
		figure += "; not right: " + strings.Join(off, "; ")
	}
	if len(off) > 0 || math.Abs(worst) > answerLimit {
		verdict = caution
	}
	t.Add("instrument accuracy", figure, verdict)
}

func (p *page) blockCheck(t *table.Table, run *load.Run) {
	fewest := math.MaxInt
	for _, s := range p.studies {
		if s.run == run {
			lowest, _, _ := s.trials()
			fewest = min(fewest, lowest)
		}
	}
	switch {
	case fewest == math.MaxInt:
	case fewest < fewestBlocks:
		t.Add("number of blocks", fmt.Sprintf("%d: below %d there is no 95 %% interval", fewest, fewestBlocks), caution)
	default:
		t.Add("number of blocks", fmt.Sprintf("%d, so medians have %s intervals", fewest, percent(stats.Median(make([]float64, fewest)).Confidence)), good)
	}
}

func (p *page) placementCheck(t *table.Table, run *load.Run) {
	h := run.Manifest.Host
	trials := run.Valid()
	shared, in := 0, map[string]bool{}
	for _, trial := range trials {
		if !placed(trial) {
			shared++
			in["`"+trial.Scenario+"`"] = true
		}
	}
	if len(h.ServerCPUs) == 0 || len(h.GeneratorCPUs) == 0 || shared > 0 && shared == len(trials) {
		t.Add("CPU placement", "server and generator share all CPUs", caution)
		return
	}
	figure := fmt.Sprintf("server on %s (number %s), generator on others (number %s)", plural(len(h.ServerCPUs), "CPU"), cpus(h.ServerCPUs), cpus(h.GeneratorCPUs))
	if shared > 0 {
		t.Add("CPU placement", fmt.Sprintf("%s; in %s of %s, of %s, they share all CPUs", figure, count(shared), plural(len(trials), "trial"), list(slices.Sorted(maps.Keys(in)))), caution)
		return
	}
	t.Add("CPU placement", figure, good)
}

// placed tells whether a trial's servers had CPUs of their own. A server that ran
// before the trial, and so has no end in it, is not the harness's to place.
func placed(trial results.Trial) bool {
	return !slices.ContainsFunc(trial.Servers, func(s results.ServerResult) bool { return s.Exit != "" && len(s.CPUs) == 0 })
}

func cpus(ids []int) string {
	var s []string
	for _, id := range ids {
		s = append(s, fmt.Sprint(id))
	}
	return list(s)
}

func (p *page) noiseCheck(t *table.Table, run *load.Run) {
	var foreign, steal []float64
	for _, trial := range run.Valid() {
		if trial.Host.Foreign != nil {
			foreign = append(foreign, *trial.Host.Foreign)
		}
		if trial.Host.Steal != nil {
			steal = append(steal, *trial.Host.Steal)
		}
	}
	if len(foreign)+len(steal) == 0 {
		t.Add("foreign load", "not recorded on this machine", unknown)
		return
	}
	f, s := worst(foreign), worst(steal)
	verdict := good
	if f > noiseWarning || s > noiseWarning {
		verdict = caution
	}
	t.Add("foreign load", fmt.Sprintf("worst trial: %s of a CPU by other programs, %s stolen", percent(f), percent(s)), verdict)
}

func worst(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	w := v[0]
	for _, x := range v {
		w = max(w, x)
	}
	return w
}

func (p *page) voidCheck(t *table.Table, run *load.Run) {
	void := map[[2]any]bool{}
	for _, v := range run.Void() {
		void[[2]any{v.Scenario, [2]int{v.Block, v.Attempt}}] = true
	}
	verdict := good
	if len(void) > 0 {
		verdict = caution
	}
	if !slices.ContainsFunc(p.studies, func(s *study) bool { return s.run == run }) {
		// A search has no blocks: it repeats single trials.
		t.Add("voided trials", fmt.Sprintf("%s of %s", count(len(void)), plural(len(run.Trials), "trial")), verdict)
		return
	}
	t.Add("voided blocks", fmt.Sprintf("%s of %s", count(len(void)), plural(blocks(run.Manifest), "block")), verdict)
}

// blocks counts the blocks of all scenarios.
func blocks(m *results.Manifest) (n int) {
	for _, s := range m.Scenarios {
		n += s.Blocks
	}
	return n
}

// generatorCheck is about open load, in which the generator's own delay is part
// of every response.
func (p *page) generatorCheck(t *table.Table) {
	var lag []float64
	share := math.NaN()
	for _, s := range p.studies {
		for _, g := range s.groups {
			for _, c := range g.cells {
				if e, ok := c.medians["lag-p99-sec"]; ok {
					lag = append(lag, e.Center)
				}
				if x := c.facts.GeneratorShare; !math.IsNaN(x) && !(share >= x) {
					share = x
				}
			}
		}
	}
	if len(lag) == 0 {
		return
	}
	verdict := good
	if share > shareWarning {
		verdict = caution
	}
	sc := scaleOf("lag-p99-sec", lag)
	t.Add("generator lag", fmt.Sprintf("p99 at most %s %s; at most %s of a p99 response", sc.value(worst(lag)), sc.unit, percent(share)), verdict)
}

// aaCheck looks at identical copies: whatever differs between them is noise.
func (p *page) aaCheck(t *table.Table) {
	found, fired := 0, 0
	largest := 0.0
	for _, s := range p.studies {
		for i := range s.aa {
			r := &s.aa[i]
			if r.Family == "" {
				continue
			}
			found++
			if r.Verdict == effect.Better || r.Verdict == effect.Worse {
				fired++
			}
			if !r.Difference && !math.IsNaN(r.Effect.Center) {
				largest = max(largest, math.Abs(r.Effect.Center-1))
			}
		}
	}
	switch {
	case found == 0:
		t.Add("noise (A/A)", "no variant was measured twice", unknown)
	case fired > 0:
		t.Add("noise (A/A)", fmt.Sprintf("%d of %d comparisons of a variant with itself show a difference", fired, found), caution)
	default:
		t.Add("noise (A/A)", fmt.Sprintf("a variant compared with itself: no difference; largest estimate %s %%", fixed(100*largest, 1)), good)
	}
}

// driftCheck looks for a trend and for a step of a cell's metric over the run.
func (p *page) driftCheck(t *table.Table) {
	found, drifting := 0, 0
	for _, s := range p.studies {
		for _, g := range s.groups {
			for _, c := range g.cells {
				v := c.Values(c.primary())
				if len(v) < fewestBlocks {
					continue
				}
				found++
				if _, p := stats.ChangePoint(v); min(p, stats.Trend(v)) <= driftLevel {
					drifting++
				}
			}
		}
	}
	switch {
	case found == 0:
	case drifting > 0:
		t.Add("drift", fmt.Sprintf("%d of %s change over the run (tests for a trend and for a step, p ≤ 0.01); blocks keep this out of the comparisons", drifting, plural(found, "row")), caution)
	default:
		t.Add("drift", fmt.Sprintf("no trend and no step over the run in any of %s (p > 0.01)", plural(found, "row")), good)
	}
}

// primary is the metric that stands for a cell.
func (c cell) primary() string {
	if c.open() {
		return "p50-sec"
	}
	return "goodput/s"
}

func (p *page) saturationCheck(t *table.Table) {
	open, saturated := 0, 0
	for _, s := range p.studies {
		for _, g := range s.groups {
			for _, c := range g.cells {
				if c.open() {
					open += c.facts.Trials
					saturated += c.facts.Saturated
				}
			}
		}
	}
	switch {
	case len(p.studies) == 0:
		// A search seeks saturation.
	case open == 0:
		t.Add("saturation", "closed loops only: they slow down instead of falling behind", good)
	case saturated > 0:
		t.Add("saturation", fmt.Sprintf("%d of %s fell behind their schedule", saturated, plural(open, "open trial")), caution)
	default:
		t.Add("saturation", fmt.Sprintf("none of %s fell behind its schedule", plural(open, "open trial")), good)
	}
}
