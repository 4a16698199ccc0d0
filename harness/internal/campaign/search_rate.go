package campaign

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/assay-bench/assay/harness/internal/build"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/progress"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/search"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/results"
)

// try makes one valid trial of a candidate at its current rate, and reports whether the
// objectives hold in it. The result is false as well if the generator or the connections
// were the limit; c.stopped then says why.
func (s *searcher) try(ctx context.Context, c *candidate) (holds bool, err error) {
	rate, confirm, _ := c.finder.Next()
	at := s.at(c.cell, rate)
	res, why, err := s.decided(ctx, c, at, rate)
	if err != nil {
		return false, err
	}
	stream := &res.Trial.Streams[0]
	if c.stopped = why; why != "" {
		s.display.Linef("%s at %g/s: %s: %s", c.cell.Name(), rate, progress.Streams(&res.Trial), c.stopped)
		return false, nil
	}
	found := search.Check(stream, at.AllObjectives())
	said := "holds"
	if mean := stream.Part(results.PartService, results.OK).Mean; found.Holds && mean != nil {
		c.service = max(c.service, *mean)
	}
	if !found.Holds {
		most := at.Streams[0].Connections
		waited := connectionWait(stream, most)
		said = found.Why + waited
		limit := cmp.Or(generatorLimit(&res.Trial, s.generatorCPUs(res)), connectionLimit(stream, most, c.service))
		if limit != "" && found.Late {
			c.stopped = limit + waited
		}
	}
	if confirm {
		said += " (confirming)"
	}
	s.display.Linef("%s at %g/s: %s: %s", c.cell.Name(), rate, progress.Streams(&res.Trial), said)
	return found.Holds, nil
}

// decided makes valid trials of a candidate at a rate until one is not limited by the
// generator, or until that has happened too often; why then says so.
func (s *searcher) decided(ctx context.Context, c *candidate, at *scenario.Scenario, rate float64) (res *trial.Result, why string, err error) {
	for again := 0; ; again++ {
		if res, err = s.valid(ctx, c, at, rate); err != nil {
			return nil, "", err
		}
		stream := &res.Trial.Streams[0]
		// A pause of the machine looks the same, and seldom comes twice. Where it is known
		// to be one, it tells nothing of this rate, and more tries are worth their time.
		most := 1
		if stream.GeneratorDelayed {
			most = mostDelays
		}
		if why = undecided(stream, at, rate); why == "" || again >= most {
			return res, why, nil
		}
		s.display.Linef("%s at %g/s: %s: %s; once more", c.cell.Name(), rate, progress.Streams(&res.Trial), why)
	}
}

// mostDelays is how often a rate is tried once more because something else on the machine
// delayed the generator.
const mostDelays = 3

// undecided says that the generator was the limit of a trial whose result depends on it:
// one that holds its objectives, or that missed them for lack of time. It returns "" for
// others, because errors and refusals come from the server, whoever is the limit. What
// holds although something else delayed the generator holds: the server had all of its work.
func undecided(stream *results.StreamResult, at *scenario.Scenario, rate float64) string {
	found := search.Check(stream, at.AllObjectives())
	if found.Late || found.Holds && !stream.GeneratorDelayed {
		return generatorLimited(stream, rate)
	}
	return ""
}

// valid repeats the trial of a candidate at a rate until one is not void.
func (s *searcher) valid(ctx context.Context, c *candidate, at *scenario.Scenario, rate float64) (*trial.Result, error) {
	for voids := 0; ; voids++ {
		p := s.next(c, at, rate)
		what := build.Subject{Scenario: at, Cell: c.cell, Planned: p}
		if err := s.builds.Build(ctx, s.writer.Manifest, what); err != nil {
			return nil, err
		}
		res, err := s.trial(ctx, what, 1, nil)
		if err != nil || res.Trial.Valid {
			return res, err
		}
		if voids == maxExtra(exploreTrials) {
			return nil, fmt.Errorf("%s: void %d times (%s): %w; all finished trials are kept", p.ID, voids+1, res.Trial.Why(), errBusy)
		}
		s.display.Warnf("%s is void and is repeated: %s", p.ID, res.Trial.Why())
		host.AwaitQuiet(ctx, s.placement, s.limits, longestQuiet, nil)
	}
}

// next adds a trial of a candidate at a rate to the plan. The trial is a block of its
// own, so that a void trial does not void others. Its seed depends on how often the rate
// was tried, and not on the variant, so that all candidates meet the same requests.
func (s *searcher) next(c *candidate, at *scenario.Scenario, rate float64) results.Planned {
	cell := c.cell
	cell.Matrix = map[string]string{"rate": strconv.FormatFloat(rate, 'f', -1, 64)}
	for k, v := range c.cell.Matrix {
		cell.Matrix[k] = v
	}
	key := cell.Name()
	s.tried[key]++
	m := s.writer.Manifest
	order := len(m.Plan) + 1
	p := results.Planned{
		ID: results.TrialID(at.Name, cell.Variant, cell.Matrix, order, 1), Order: order, Block: order,
		Scenario: at.Name, Variant: cell.Variant, Matrix: cell.Matrix,
		Seed:   plan.Seed(m.Seed, at.Name, s.tried[key]),
		Layout: plan.Layout(m.Seed, at.Name, order, cell.Variant),
	}
	m.Plan = append(m.Plan, p)
	return p
}

// generatorCPUs returns the number of CPUs that the generator could use in a trial. A
// trial without a placement shares all CPUs.
func (s *searcher) generatorCPUs(res *trial.Result) int {
	if n := len(res.Placement.Generator); n > 0 {
		return n
	}
	return max(len(s.writer.Manifest.Host.CPUs), 1)
}

// at returns the scenario of a cell with the given rate, and with a window long enough
// for a p99 to be judged.
func (s *searcher) at(c scenario.Cell, rate float64) *scenario.Scenario {
	at := *s.base.For(c)
	at.Streams = slices.Clone(at.Streams)
	open := *at.Streams[0].Open
	d := open.Duration()
	for _, o := range at.AllObjectives() {
		m, _ := results.MetricByName(o.Metric)
		// One tenth more than needed, because errors are not part of the headline
		// latency.
		d = max(d, time.Duration(math.Ceil(1.1*float64(m.Fewest)/(rate*weight(&at, o))))*time.Second)
	}
	open.Stages = []scenario.Stage{{From: rate, To: rate, Duration: d}}
	at.Streams[0].Open = &open
	return &at
}

// weight is the share of the requests that an objective is about: that of its target, or
// all. Every flow makes each of its steps.
func weight(s *scenario.Scenario, o results.Objective) float64 {
	own, sum := 0, 0
	stream := s.Record().Streams[0]
	if stream.Flow != nil {
		return 1
	}
	for _, t := range stream.Targets {
		sum += t.Weight
		if t.Name == o.Target {
			own = t.Weight
		}
	}
	if own == 0 {
		return 1
	}
	return float64(own) / float64(sum)
}
