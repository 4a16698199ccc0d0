package scenario

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/assay-bench/assay/results"
)

// Record returns the scenario in the form of a bundle's manifest: the file verbatim,
// and what the harness understood of it.
func (s *Scenario) Record() results.Scenario {
	r := results.Scenario{
		Name: s.Name, Summary: s.Summary, File: filepath.Base(s.File), SHA256: s.SHA256, Text: string(s.Source),
		Inputs: maps.Clone(s.Inputs), Variants: s.compared(), Params: maps.Clone(s.params), Objectives: s.AllObjectives(),
		Blocks: s.Blocks, Warmup: s.Warmup, Control: s.control, Streams: s.recordStreams(Cell{}),
	}
	for _, a := range s.matrix {
		r.Matrix = append(r.Matrix, a.key)
	}
	slices.Sort(r.Matrix)
	for _, v := range s.Servers {
		r.Servers = append(r.Servers, results.Server{Name: v.Name, Command: v.Command, URL: v.URL})
	}
	if !s.sameLoad() {
		for _, c := range s.Cells() {
			at := s.For(c)
			r.Cells = append(r.Cells, results.CellLoad{
				Variant: c.Variant, Matrix: c.Matrix, Streams: at.recordStreams(c), Warmup: at.Warmup, Objectives: at.AllObjectives(),
			})
		}
		r.Streams = r.Cells[0].Streams
	}
	return r
}

// sameLoad reports whether all cells have one load.
func (s *Scenario) sameLoad() bool {
	return len(s.loads) == 0 && len(s.insecure) == 0
}

// recordStreams returns the load of the scenario, which is that of the cell.
func (s *Scenario) recordStreams(c Cell) []results.Stream {
	var all []results.Stream
	for i := range s.Streams {
		stream := s.Streams[i].record()
		stream.TLS, stream.Insecure = s.secured(stream.Server, c)
		all = append(all, stream)
	}
	return all
}

// record returns the stream as a bundle records it.
func (s *Stream) record() results.Stream {
	r := results.Stream{Name: s.Name, Server: s.Server, Timeout: s.Timeout, Connections: s.Connections, Transport: s.Transport, NoReuse: s.NoReuse}
	if s.flow != nil {
		r.Flow = s.flow.record(s.targets)
	}
	if len(s.targets) > 1 || s.flow != nil {
		for _, t := range s.targets {
			r.Targets = append(r.Targets, results.Target{Name: t.name, Method: t.method, Path: t.path, Weight: t.weight})
		}
	}
	if c := s.Closed; c != nil {
		r.Model, r.Duration = results.ModelClosed, c.Duration
		r.Clients, r.Requests, r.Think, r.Backoff = c.Clients, uint64(c.Requests), c.Think, c.Backoff
		return r
	}
	r.Model, r.Duration = results.ModelOpen, s.Open.Duration()
	r.Arrivals = results.ArrivalsConstant
	if s.Open.Poisson {
		r.Arrivals = results.ArrivalsPoisson
	}
	if stages := s.Open.Stages; len(stages) == 1 && stages[0].From == stages[0].To {
		r.Rate = stages[0].From
		return r
	}
	if !s.Open.Poisson {
		r.Arrivals = results.ArrivalsStages
	}
	for _, stage := range s.Open.Stages {
		out := results.Stage{Rate: stage.From, Duration: stage.Duration}
		if stage.To != stage.From {
			out.To = &stage.To
		}
		r.Stages = append(r.Stages, out)
	}
	return r
}
