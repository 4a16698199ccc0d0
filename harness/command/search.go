package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/search"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/results"
)

// exploreTrials is how often a rate is tried before it counts as held.
const exploreTrials = 3

// searchPrecision is the width of the bracket that a search ends with.
const searchPrecision = 0.05

func searchCommand() *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "search FILE",
		Short: "Find the highest rate at which each variant holds the scenario's objectives",
		Long: `Find the highest rate at which each variant of an open-load scenario holds its
objectives: by doubling, then bisection to within 5 %, every rate tried three
times, and a confirming run of the scenario's blocks at the end. The bundle holds
every trial, and so the whole curve of latency against rate.

It stops where the generator, or the scenario's connections, and not the server
are what makes a rate come too late.`,
		Example: `  harness search scenarios/steady-open.yaml
  harness search --only steady-open/naive --out results/runs/capacity scenarios/steady-open.yaml`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return program.Usagef("search wants one scenario file, not %d (see `%s --help`)", len(args), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			o.files = args
			o.seedGiven = c.Flags().Changed("seed")
			return runSearch(c.Context(), &o, c)
		},
	}
	o.flags(c)
	c.Flags().StringVar(&o.out, "out", "", "`DIR` of the bundle (default: results/runs/ and the time)")
	c.Flags().Uint64Var(&o.seed, "seed", 0, "seed of the run, 0 … 2⁶³−1 (default: drawn, and recorded)")
	return c
}

// candidate is one cell under search.
type candidate struct {
	cell    scenario.Cell
	finder  *search.Finder
	stopped string
	service float64 // the largest mean service time of a trial that held, in nanoseconds; 0: none has
}

// searcher is a search under way.
type searcher struct {
	w          *results.Writer
	base       *scenario.Scenario
	candidates []*candidate
	placement  host.Placement
	lenient    bool
	display    *display
	builds     *builder
	tried      map[string]int // trials by cell and rate, for their seeds
}

func runSearch(ctx context.Context, o *runOptions, c *cobra.Command) error {
	if err := checkSeed(o.seed); err != nil {
		return err
	}
	all, err := o.load()
	if err != nil {
		return err
	}
	rate, err := searchable(all[0].Scenario)
	if err != nil {
		return err
	}
	if why, err := lacks(ctx, all[0]); err != nil {
		return err
	} else if why != "" {
		return fmt.Errorf("scenario %s cannot run here: %s", all[0].Name, why)
	}
	w, placement, release, err := claim(o, all, "choose another folder")
	if err != nil {
		return err
	}
	defer release()
	w.Manifest.Plan = nil // it grows with the search
	w.Manifest.Scenarios[0].Matrix = append(w.Manifest.Scenarios[0].Matrix, "rate")
	slices.Sort(w.Manifest.Scenarios[0].Matrix)
	s := &searcher{
		w: w, base: all[0].Scenario, placement: placement, lenient: o.quick,
		display: newDisplay(c.ErrOrStderr(), true), tried: map[string]int{},
	}
	if s.builds, err = newBuilder(placement); err != nil {
		return err
	}
	defer s.builds.close()
	if err := w.SaveManifest(); err != nil {
		return err
	}
	for _, cell := range all[0].cells {
		s.candidates = append(s.candidates, &candidate{cell: cell, finder: search.New(rate, searchPrecision)})
	}
	s.display.line("search of %s from %g/s in %s; seed %d; bundle %s", s.base.Name, rate, count(len(s.candidates), "variant"), w.Manifest.Seed, w.Dir())
	runErr := s.run(ctx)
	w.Manifest.Ended = time.Now().UTC().Truncate(time.Second)
	w.Manifest.Searches = s.results()
	state, failure, kind := outcome(runErr)
	w.Manifest.FailureKind = kind
	return errors.Join(runErr, w.Finish(state, failure), s.print(c))
}

// searchable wants what a search can vary and decide: one stream of open load
// at one rate, and objectives.
func searchable(s *scenario.Scenario) (rate float64, err error) {
	switch {
	case len(s.Streams) != 1 || s.Streams[0].Open == nil:
		return 0, program.Usagef("scenario %s: a search wants one open load, whose rate it can vary", s.Name)
	case len(s.Streams[0].Open.Stages) != 1 || s.Streams[0].Open.Stages[0].From != s.Streams[0].Open.Stages[0].To:
		return 0, program.Usagef("scenario %s: a search wants a load of one rate, not stages", s.Name)
	case slices.Contains(s.Record().Matrix, "rate"):
		return 0, program.Usagef("scenario %s: a search names its trials by rate, so the matrix cannot have a key of that name", s.Name)
	case len(s.Objectives) == 0:
		return 0, program.Usagef("scenario %s: a search wants objectives, like [\"p99 < 200ms\", \"failed < 7%%\"]", s.Name)
	}
	return s.Streams[0].Open.Stages[0].From, nil
}

// run goes on in rounds, one rate of every candidate, until all are done.
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
		s.builds.clear()
		if err := errors.Join(s.w.SaveManifest(), s.w.SaveBench()); err != nil {
			return err
		}
	}
}

// round tries the next rate of every candidate, interleaved as in any run. A
// candidate leaves the round with the first trial that does not hold.
func (s *searcher) round(ctx context.Context, round int, active []*candidate) error {
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
	for _, t := range plan.New([]plan.Scenario{p}, s.w.Manifest.Seed) {
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
		c.finder.Report(!failed[i])
		if c.stopped != "" {
			c.finder.Stop()
		}
	}
	return nil
}

// try makes one trial of a candidate at its rate.
func (s *searcher) try(ctx context.Context, c *candidate) (holds bool, err error) {
	rate, confirm, _ := c.finder.Next()
	at := s.at(rate)
	cell := c.cell
	cell.Matrix = map[string]string{"rate": strconv.FormatFloat(rate, 'f', -1, 64)}
	for k, v := range c.cell.Matrix {
		cell.Matrix[k] = v
	}
	key := cell.Name()
	var res *trial.Result
	for voids := 0; ; voids++ {
		s.tried[key]++
		// A block of its own: one trial that is void must not take others along.
		order := len(s.w.Manifest.Plan) + 1
		p := results.Planned{
			ID: results.TrialID(at.Name, cell.Variant, cell.Matrix, order, 1), Order: order, Block: order,
			Scenario: at.Name, Variant: cell.Variant, Matrix: cell.Matrix,
			Seed:   plan.Seed(s.w.Manifest.Seed, at.Name, s.tried[key]),
			Layout: plan.Layout(s.w.Manifest.Seed, at.Name, order, cell.Variant),
		}
		s.w.Manifest.Plan = append(s.w.Manifest.Plan, p)
		if res, err = s.make(ctx, at, c.cell, p); err != nil {
			return false, err
		}
		if res.Trial.Valid {
			break
		}
		if voids == maxExtra(exploreTrials) {
			return false, fmt.Errorf("%s: void %d times (%s): %w; what was measured is kept", p.ID, voids+1, res.Trial.Invalid[0], errBusy)
		}
		s.display.warn("%s is void and is repeated: %s", p.ID, res.Trial.Invalid[0])
		host.AwaitQuiet(ctx, s.placement, trial.MaxForeign, trial.MaxSteal, longestQuiet)
	}
	stream := &res.Trial.Streams[0]
	verdict := search.Judge(stream, at.Objectives)
	text := "holds"
	if mean := stream.Part(results.PartService, results.OK).Mean; verdict.Holds && mean != nil {
		c.service = max(c.service, *mean)
	}
	if !verdict.Holds {
		most := at.Streams[0].Connections
		waited := connectionWait(stream, most)
		text = verdict.Why + waited
		limit := cmp.Or(generatorLimit(&res.Trial, s.generatorCPUs(res)), connectionLimit(stream, most, c.service))
		if limit != "" && verdict.Late {
			c.stopped = limit + waited
		}
	}
	if confirm {
		text += " (confirming)"
	}
	s.display.line("%s at %g/s: %s: %s", c.cell.Name(), rate, streamsText(&res.Trial), text)
	return verdict.Holds, nil
}

// generatorCPUs is how many CPUs the generator of a trial could use.
func (s *searcher) generatorCPUs(res *trial.Result) int {
	if n := len(res.Placement.Generator); n > 0 {
		return n
	}
	return max(len(s.w.Manifest.Host.CPUs), 1)
}

// at is the scenario at a rate. The window is long enough for a p99 to be
// judged.
func (s *searcher) at(rate float64) *scenario.Scenario {
	at := *s.base
	at.Streams = slices.Clone(s.base.Streams)
	open := *at.Streams[0].Open
	d := open.Duration()
	for _, o := range at.Objectives {
		m, _ := results.MetricByName(o.Metric)
		// A tenth more than needed, for errors have no place in the headline.
		d = max(d, time.Duration(math.Ceil(1.1*float64(m.Fewest)/rate))*time.Second)
	}
	open.Stages = []scenario.Stage{{From: rate, To: rate, Duration: d}}
	at.Streams[0].Open = &open
	return &at
}

// make makes the trial and keeps it.
func (s *searcher) make(ctx context.Context, at *scenario.Scenario, cell scenario.Cell, p results.Planned) (*trial.Result, error) {
	what := subject{at, cell, p}
	if err := s.builds.build(ctx, s.w.Manifest, what); err != nil {
		return nil, err
	}
	log, err := s.w.CreateLog(p.ID)
	if err != nil {
		return nil, fmt.Errorf("trial %s: %w", p.ID, err)
	}
	res, err := trial.Run(ctx, trial.Spec{
		Scenario: at, Cell: cell, Planned: p, Attempt: 1, Placement: s.placement, Binaries: s.builds.binaries(what), Lenient: s.lenient,
		RunStart: s.w.Manifest.Started, Log: log,
	})
	if err != nil {
		log.Close()
		os.Remove(log.Name())
		return nil, err
	}
	if err := log.Close(); err != nil {
		return nil, fmt.Errorf("trial %s: write histograms: %w", p.ID, err)
	}
	return res, s.w.Append(res.Trial, res.Samples)
}

func (s *searcher) results() []results.Search {
	var all []results.Search
	for _, c := range s.candidates {
		held, refuted, confirmed := c.finder.Bracket()
		r := results.Search{Scenario: s.base.Name, Variant: c.cell.Variant, Matrix: c.cell.Matrix, Confirmed: confirmed, Stopped: c.stopped}
		if held > 0 {
			r.Held = &held
		}
		if refuted > 0 && c.stopped == "" {
			r.Refuted = &refuted
		}
		all = append(all, r)
	}
	return all
}

func (s *searcher) print(c *cobra.Command) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "variant\thighest rate that holds\tlowest that does not\t")
	for i, r := range s.results() {
		held, refuted := "none", "–"
		if r.Held != nil {
			held = fmt.Sprintf("%g/s", *r.Held)
			if !r.Confirmed {
				held += " (not confirmed)"
			}
		}
		if r.Refuted != nil {
			refuted = fmt.Sprintf("%g/s", *r.Refuted)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.candidates[i].cell.Name(), held, refuted, r.Stopped)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "Every trial, and so the whole curve, is in %s.\n", filepath.Clean(s.w.Dir()))
	return nil
}
