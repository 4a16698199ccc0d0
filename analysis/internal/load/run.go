package load

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/results"
)

// Run is a bundle.
type Run struct {
	*results.Bundle
	label    string
	changed  []error // what differs from when the run ended
	problems []error
	units    benchfmt.UnitMetadataMap
	micro    *Text // nil until Micro is called on a bundle with Go benchmarks

	whole bool // the bundle was read
	kept  kept
}

// OpenRun reads the manifest and the trials of the bundle in dir.
func OpenRun(dir string) (*Run, error) {
	b, err := results.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no bundle there: it has no %s", dir, results.ManifestFile)
	}
	if err != nil {
		return nil, err
	}
	return &Run{Bundle: b, label: dir, problems: b.Damage, units: benchfmt.UnitMetadataMap{}}, nil
}

// Label returns the name of the bundle as it was given.
func (r *Run) Label() string { return r.label }

// Problems returns what was left out in reading, and why, after what [Run.Examine] found.
func (r *Run) Problems() []error { return slices.Concat(r.changed, r.problems) }

// Units returns the metadata of the units in the bundle's text files. The units of
// the bundle itself need none.
func (r *Run) Units() benchfmt.UnitMetadataMap { return r.units }

// Each yields every stream of every valid trial, in block order, then the targets of
// streams that have several, and then the Go benchmarks of the bundle. A stream without a single answer is included, with no
// iterations, rates of 0 and no latency: if it were left out, a server that hangs
// would look like one that got no requests. The bundle is read once, and its content
// is kept.
func (r *Run) Each(yield func(Observation) error) error {
	if !r.whole {
		r.whole = true
		r.read()
	}
	return r.kept.each(yield)
}

// read collects what the bundle yields.
func (r *Run) read() {
	for _, cell := range slices.Concat(r.Cells(""), r.TargetCells("")) {
		for _, t := range cell.Trials {
			r.kept = append(r.kept, r.observe(t))
		}
	}
	micro := r.Micro()
	if micro == nil {
		return
	}
	err := micro.Each(r.kept.add)
	r.problems = append(slices.Clone(r.Damage), micro.Problems()...)
	maps.Copy(r.units, micro.Units())
	if err != nil {
		// The trials can be used nevertheless.
		r.problems = append(r.problems, err)
	}
}

// Micro returns the output of the bundle's Go benchmarks, or nil. Every call returns
// the same value, so that the file is read once.
func (r *Run) Micro() *Text {
	path := filepath.Join(r.Dir, results.MicroFile)
	if r.micro == nil {
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			return nil
		}
		r.micro = &Text{path: path, label: r.label}
	}
	return r.micro
}

// observe gives a trial the form of a line of Go benchmark output, with its facts.
func (r *Run) observe(t Trial) Observation {
	res := &benchfmt.Result{Name: benchfmt.Name(t.Name()), Iters: int(t.Stream.Recorded)}
	res.SetConfig(".file", r.label)
	for _, unit := range slices.Sorted(maps.Keys(t.Figures)) {
		res.Values = append(res.Values, benchfmt.Value{Value: t.Figures[unit], Unit: unit})
	}
	return Observation{Result: res, Block: t.Block, Facts: t.Facts}
}

// Trial is one stream of one valid trial, or one target of such a stream. In the latter
// case Stream is the result of the target, and Of that of its stream; otherwise Of is nil.
type Trial struct {
	*results.Trial
	// Stream is what the trial's record says of this stream. A trial with two streams
	// is two Trials with one record.
	Stream  *results.StreamResult
	Of      *results.StreamResult
	Server  *results.ServerResult // nil if it is not known
	Figures map[string]float64    // by unit, base units; +Inf among time-outs
	Facts   *Facts                // what forbids conclusions from the figures
}

// Name returns the name of the trial's line in the benchmark format, without "Benchmark".
func (t Trial) Name() string {
	name := ""
	if t.Of != nil {
		name = results.TargetBenchName(t.Trial, t.Of, t.Stream, t.Server)
	} else {
		name = results.BenchName(t.Trial, t.Stream, t.Server)
	}
	return strings.TrimPrefix(name, "Benchmark")
}

// Figure returns a metric of the trial, or +Inf among time-outs. It returns false if
// the trial does not have the metric.
func (t Trial) Figure(m results.Metric) (float64, bool) {
	v, ok := t.Figures[m.Unit]
	return v, ok
}

// Cell is what one variant did under one load: the trials of one scenario, variant,
// matrix cell and stream, in block order. A cell may be that of one target of a stream.
type Cell struct {
	// The names are those of the manifest, and Matrix has the values of this cell by
	// key.
	Scenario, Variant string
	Matrix            map[string]string
	Stream            string  // empty if the scenario has only one stream
	Target            string  // empty for a stream as a whole
	Trials            []Trial // empty if the cell was only planned
}

// Label distinguishes the cell from other cells of its scenario.
func (c Cell) Label() string {
	s := c.Variant
	for _, k := range slices.Sorted(maps.Keys(c.Matrix)) {
		s += " " + k + "=" + c.Matrix[k]
	}
	if c.Stream != "" {
		s += " " + c.Stream
	}
	if c.Target != "" {
		s += " " + c.Target
	}
	return s
}

// Cells groups the trials of a scenario, or of all scenarios if the name is empty.
// Scenarios and variants are in the order of their files, matrix cells in the order
// of the plan.
func (r *Run) Cells(scenario string) []Cell {
	return r.cells(scenario, func(s *results.StreamResult, add func(target string, result, of *results.StreamResult)) {
		add("", s, nil)
	})
}

// TargetCells is like [Run.Cells], for the targets of streams that have several.
func (r *Run) TargetCells(scenario string) []Cell {
	return r.cells(scenario, func(s *results.StreamResult, add func(target string, result, of *results.StreamResult)) {
		for i := range s.Targets {
			add(s.Targets[i].Name, &s.Targets[i], s)
		}
	})
}

// cells groups what each returns of every stream.
func (r *Run) cells(scenario string, each func(s *results.StreamResult, add func(target string, result, of *results.StreamResult))) []Cell {
	var cells []Cell
	index := map[string]int{}
	trials := r.Valid()
	for i := range trials {
		t := &trials[i]
		if scenario != "" && t.Scenario != scenario {
			continue
		}
		for j := range t.Streams {
			s := &t.Streams[j]
			each(s, func(target string, result, of *results.StreamResult) {
				c := Cell{Scenario: t.Scenario, Variant: t.Variant, Matrix: t.Matrix, Target: target}
				if len(t.Streams) > 1 {
					c.Stream = s.Name
				}
				key := c.Scenario + " " + c.Label()
				k, ok := index[key]
				if !ok {
					k = len(cells)
					index[key] = k
					cells = append(cells, c)
				}
				cells[k].Trials = append(cells[k].Trials, r.trial(t, result, of))
			})
		}
	}
	for _, c := range cells {
		slices.SortStableFunc(c.Trials, func(a, b Trial) int { return a.Block - b.Block })
	}
	slices.SortStableFunc(cells, r.compareCells)
	return cells
}

// compareCells orders cells as readers expect them: scenarios and variants as in their
// files, streams by name, numbers of a matrix by size.
func (r *Run) compareCells(a, b Cell) int {
	position := func(c Cell) (scenario, matrix, variant int) {
		scenario = slices.IndexFunc(r.Manifest.Scenarios, func(s results.Scenario) bool { return s.Name == c.Scenario })
		if scenario < 0 {
			return len(r.Manifest.Scenarios), 0, 0
		}
		s := r.Manifest.Scenarios[scenario]
		variant = slices.IndexFunc(s.Variants, func(v results.Variant) bool { return v.Name == c.Variant })
		matrix = slices.IndexFunc(r.Manifest.Plan, func(p results.Planned) bool {
			return p.Scenario == c.Scenario && maps.Equal(p.Matrix, c.Matrix)
		})
		return scenario, matrix, variant
	}
	as, am, av := position(a)
	bs, bm, bv := position(b)
	for _, d := range []int{as - bs, strings.Compare(a.Stream, b.Stream), compareMatrix(a.Matrix, b.Matrix, am-bm), av - bv} {
		if d != 0 {
			return d
		}
	}
	return 0
}

// compareMatrix orders matrix cells by number if their values are numbers, because
// the random order of a plan means nothing to readers.
func compareMatrix(a, b map[string]string, planned int) int {
	for _, k := range slices.Sorted(maps.Keys(a)) {
		x, y := a[k], b[k]
		if x == y {
			continue
		}
		var m, n float64
		if _, err := fmt.Sscan(x, &m); err == nil {
			if _, err := fmt.Sscan(y, &n); err == nil && m != n {
				if m < n {
					return -1
				}
				return 1
			}
		}
		return planned
	}
	return 0
}

// ranked returns the metrics of the headline distribution that are ranks of its
// values, including the maximum. If requests timed out, those that are absent fall
// among the time-outs, and there is no mean.
func ranked() []results.Metric {
	return slices.DeleteFunc(results.Metrics(), func(m results.Metric) bool { return !m.Headline || m.Quantile == 0 })
}

// trial returns a stream of a trial, or a target of the stream of. Whether a target fell
// behind, and whether the generator was its limit, is that of its stream: all targets
// follow one schedule. A quantile that falls among time-outs is +Inf, so that it ranks
// above every measured value.
func (r *Run) trial(t *results.Trial, s, of *results.StreamResult) Trial {
	stream, figures := s, map[string]float64(nil)
	if of == nil {
		figures = results.Figures(r.Manifest, t, s)
	} else {
		stream, figures = of, results.TargetFigures(s)
	}
	for _, u := range slices.Sorted(maps.Keys(figures)) {
		if !measured(figures[u], u) {
			delete(figures, u)
		}
	}
	for _, m := range ranked() {
		if s.Headline.AmongTimeouts(m.Quantile) {
			figures[m.Unit] = math.Inf(1)
		}
	}
	return Trial{Trial: t, Stream: s, Of: of, Server: results.ServerOf(r.Manifest, t, stream), Figures: figures, Facts: &Facts{
		Open:           s.Model == results.ModelOpen,
		Target:         of != nil,
		Values:         s.Headline.Count,
		Saturated:      stream.Saturated() != "",
		GeneratorShare: s.GeneratorShare,
		Limited:        stream.GeneratorLimited != "",
		Delayed:        stream.GeneratorDelayed,
		Shares:         shares(s),
	}}
}

// shares returns the generator's part in each metric of a stream, where it is known.
func shares(s *results.StreamResult) map[string]float64 {
	all := map[string]float64{}
	for _, m := range results.Metrics() {
		if v := s.Share(m); v != nil {
			all[m.Unit] = *v
		}
	}
	return all
}

// Values returns the values of a unit in block order, for the trials that have one.
func (c Cell) Values(unit string) []float64 {
	var v []float64
	for _, t := range c.Trials {
		if x, ok := t.Figures[unit]; ok {
			v = append(v, x)
		}
	}
	return v
}

// Searched reports whether the trials of a scenario came from a search for the
// highest rate that holds. Such trials are not blocks, and the load of most was too
// high or too low on purpose. A search that was killed has no recorded results, but
// its command is recorded.
func (r *Run) Searched(scenario string) bool {
	m := r.Manifest
	return slices.ContainsFunc(m.Searches, func(s results.Search) bool { return s.Scenario == scenario }) ||
		len(m.Command) > 1 && m.Command[1] == "search"
}

// Void returns the trials of a scenario's block attempts that do not count. Each
// says why.
func (r *Run) Void() []results.Trial {
	var v []results.Trial
	for _, t := range r.Trials {
		if !t.Valid {
			v = append(v, t)
		}
	}
	return v
}
