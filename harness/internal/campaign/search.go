package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/search"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// exploreTrials is how many trials must hold before a rate counts as held.
const exploreTrials = 3

// searchPrecision is the relative width of the bracket at which a search ends.
const searchPrecision = 0.05

// candidate is one cell whose highest rate is searched for.
type candidate struct {
	cell    scenario.Cell
	finder  *search.Finder
	stopped string
	service float64 // the largest mean service time of a trial that held, in nanoseconds; 0 if none has held
}

// searcher is the state of a search.
type searcher struct {
	*session
	// base is the scenario without a rate of the search.
	base       *scenario.Scenario
	candidates []*candidate
	tried      map[string]int // number of trials by cell and rate, from which their seeds follow
}

// Search finds the highest rate at which each variant of one scenario holds its
// objectives, and stores every trial in a bundle. It writes what it found to stdout
// and everything else to stderr. If ctx ends, the finished trials are kept.
func Search(ctx context.Context, o Options, stdout, stderr io.Writer) error {
	all, err := o.Load()
	if err != nil {
		return err
	}
	if err := startable(all); err != nil {
		return err
	}
	err = searchable(all[0])
	if err != nil {
		return err
	}
	machine, err := host.Lock()
	if err != nil {
		return err
	}
	defer machine.Release()
	if why, err := unmetRequirement(ctx, all[0]); err != nil {
		return err
	} else if why != "" {
		return fmt.Errorf("scenario %s cannot run on this machine: %s", all[0].Name, why)
	}
	p := host.Place()
	w, err := openBundle(&o, nil, all, nil, p, nil)
	if errors.Is(err, results.ErrExists) {
		return usage.Errorf("--out %s holds a bundle already: choose another folder", o.Out)
	}
	if err != nil {
		return err
	}
	w.Manifest.Plan = nil // the search adds to the plan as it goes
	w.Manifest.Scenarios[0].Matrix = append(w.Manifest.Scenarios[0].Matrix, "rate")
	slices.Sort(w.Manifest.Scenarios[0].Matrix)
	o.Plain = true // a progress bar would need to know the number of trials
	sess, err := newSession(&o, w, p, machine, stderr)
	if err != nil {
		return err
	}
	defer sess.close()
	if err := w.SaveManifest(); err != nil {
		return err
	}
	s := newSearcher(sess, all[0])
	s.display.Linef("search of %s from %g/s in %s; seed %d; bundle %s", s.base.Name, startRate(s.base), text.Count(len(s.candidates), "variant"), w.Manifest.Seed, w.Dir())
	runErr := s.run(ctx)
	w.Manifest.Searches = s.found()
	_, err = s.finish(runErr)
	return errors.Join(runErr, err, s.print(stdout))
}

// newSearcher makes a candidate of each cell. Each begins at the rate of its cell.
func newSearcher(sess *session, w Work) *searcher {
	s := &searcher{session: sess, base: w.Scenario, tried: map[string]int{}}
	for _, cell := range w.Chosen {
		s.candidates = append(s.candidates, &candidate{cell: cell, finder: search.New(startRate(w.For(cell)), searchPrecision)})
	}
	return s
}

// searchable checks that a search can vary the load of a scenario and judge it: in every
// cell there must be one stream of open load at one rate, and objectives.
func searchable(w Work) error {
	for _, cell := range w.Chosen {
		s := w.For(cell)
		switch {
		case len(s.Streams) != 1 || s.Streams[0].Open == nil:
			return usage.Errorf("scenario %s: a search needs one open load, whose rate it can vary", s.Name)
		case len(s.Streams[0].Open.Stages) != 1 || s.Streams[0].Open.Stages[0].From != s.Streams[0].Open.Stages[0].To:
			return usage.Errorf("scenario %s: a search needs a load with one rate, not stages", s.Name)
		case slices.Contains(s.Record().Matrix, "rate"):
			return usage.Errorf("scenario %s: a search names its trials by rate, so the matrix cannot have the key rate", s.Name)
		case len(s.AllObjectives()) == 0:
			return usage.Errorf("scenario %s: a search needs objectives, like [\"p99 < 200ms\", \"failed < 7%%\"]", s.Name)
		}
	}
	return nil
}

// startRate is the rate of a searchable scenario.
func startRate(s *scenario.Scenario) float64 { return s.Streams[0].Open.Stages[0].From }

// run works in rounds, each with one rate of every candidate, until all candidates
// are done.
func (s *searcher) run(ctx context.Context) error {
	for round := 1; ; round++ {
		var active []*candidate
		for _, c := range s.candidates {
			if _, _, more := c.finder.Next(); more {
				active = append(active, c)
			}
		}
		if len(active) == 0 {
			return nil
		}
		if err := s.round(ctx, round, active); err != nil {
			return err
		}
		s.builds.Clear()
		if err := errors.Join(s.writer.SaveManifest(), s.writer.SaveBench()); err != nil {
			return err
		}
	}
}

// round tries the next rate of every candidate, with interleaved trials as in any
// run. At the first trial that does not hold, the candidate leaves the round.
func (s *searcher) round(ctx context.Context, round int, active []*candidate) error {
	// A round is planned like blocks of a run, so that the trials of the candidates
	// interleave and the machine's drift meets them alike.
	repeats := 0
	p := plan.Scenario{Name: fmt.Sprintf("%s round %d", s.base.Name, round)}
	want := make([]int, len(active))
	for i, c := range active {
		want[i] = exploreTrials
		if _, confirm, _ := c.finder.Next(); confirm {
			want[i] = s.base.Blocks
		}
		repeats = max(repeats, want[i])
		p.Cells = append(p.Cells, plan.Cell{Variant: c.cell.Name()})
	}
	p.Blocks = repeats
	failed := make([]bool, len(active))
	for _, t := range plan.New([]plan.Scenario{p}, s.writer.Manifest.Seed) {
		c := active[t.Cell]
		if failed[t.Cell] || t.Block > want[t.Cell] {
			continue
		}
		holds, err := s.try(ctx, c)
		if err != nil {
			return err
		}
		failed[t.Cell] = !holds
	}
	for i, c := range active {
		if c.stopped != "" { // by something else than the server: the rate is not refuted
			c.finder.Stop()
			continue
		}
		c.finder.Report(!failed[i])
	}
	return nil
}
