package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/results"
)

// campaign carries out a plan: block after block, repeating those that a hard
// check made void.
type campaign struct {
	writer    *results.Writer
	work      []work
	placement host.Placement
	lenient   bool
	display   *display

	cells  map[string]scenario.Cell // by trial id of the first attempt
	extra  map[string]int           // blocks repeated by this process, by scenario
	builds *builder
}

// block is the trials of one block of one scenario, in their order.
type block struct {
	work   *work
	number int
	trials []results.Planned
}

func (c *campaign) run(ctx context.Context) (err error) {
	c.extra = map[string]int{}
	if c.builds, err = newBuilder(c.placement); err != nil {
		return err
	}
	defer c.builds.close()
	blocks := c.blocks()
	c.display.start(c.writer.Manifest.Plan, c.estimates())
	for _, b := range blocks {
		if err := c.runBlock(ctx, b); err != nil {
			return err
		}
		c.builds.clear()
		if err := c.writer.SaveBench(); err != nil {
			return err
		}
		if err := c.writer.SaveManifest(); err != nil { // it knows what was built
			return err
		}
	}
	return nil
}

// blocks divides the plan.
func (c *campaign) blocks() []block {
	c.cells = map[string]scenario.Cell{}
	byName := map[string]*work{}
	for i := range c.work {
		w := &c.work[i]
		byName[w.Name] = w
		for _, cell := range w.cells {
			for n := 1; n <= w.Blocks; n++ {
				c.cells[results.TrialID(w.Name, cell.Variant, cell.Matrix, n, 1)] = cell
			}
		}
	}
	var all []block
	for _, p := range c.writer.Manifest.Plan {
		last := len(all) - 1
		if last < 0 || all[last].work.Name != p.Scenario || all[last].number != p.Block {
			all = append(all, block{work: byName[p.Scenario], number: p.Block})
			last++
		}
		all[last].trials = append(all[last].trials, p)
	}
	return all
}

func (c *campaign) estimates() []time.Duration {
	var all []time.Duration
	for _, p := range c.writer.Manifest.Plan {
		for _, w := range c.work {
			if w.Name == p.Scenario {
				d, _ := estimate(w.Scenario)
				all = append(all, d)
			}
		}
	}
	return all
}

// longestQuiet is how long a block that was void waits for a quiet machine.
const longestQuiet = 30 * time.Second

// errBusy ends a run whose blocks other programs disturb more often than it may
// repeat them.
var errBusy = errors.New("the machine is too busy to measure on")

// maxExtra is how many blocks of a scenario may be repeated.
func maxExtra(planned int) int { return max(2, planned/2) }

// runBlock runs a block until one attempt is valid. Trials of that attempt that
// an interrupted run finished are not repeated.
func (c *campaign) runBlock(ctx context.Context, b block) error {
	attempt, done, void := c.finished(b)
	for {
		if void != "" {
			c.extra[b.work.Name]++
			if limit := maxExtra(b.work.Blocks); c.extra[b.work.Name] > limit {
				return fmt.Errorf("scenario %s: block %d is void (%s), and %d blocks were repeated already: %w; what was measured is kept",
					b.work.Name, b.number, void, limit, errBusy)
			}
			c.display.warn("scenario %s, block %d is void and is repeated: %s", b.work.Name, b.number, void)
			host.AwaitQuiet(ctx, c.placement, trial.MaxForeign, trial.MaxSteal, longestQuiet)
			c.display.again(b.trials)
			attempt, done, void = attempt+1, nil, ""
		}
		if err := c.buildFor(ctx, b, done); err != nil {
			return err
		}
		for _, p := range b.trials {
			if done[p.ID] {
				c.display.skip(p)
				continue
			}
			t, err := c.runTrial(ctx, b, p, attempt)
			if err != nil {
				return err
			}
			if !t.Valid {
				void = t.Invalid[0]
				break
			}
		}
		if void == "" {
			return nil
		}
	}
}

// buildFor builds what the trials of a block need that are still to be made.
func (c *campaign) buildFor(ctx context.Context, b block, done map[string]bool) error {
	var trials []subject
	for _, p := range b.trials {
		if !done[p.ID] {
			trials = append(trials, subject{b.work.Scenario, c.cells[p.ID], p})
		}
	}
	return c.builds.build(ctx, c.writer.Manifest, trials...)
}

// finished tells how far a block got in an earlier session of a resumed run:
// its newest attempt, the planned ids of its trials that are there, and why it
// is void.
func (c *campaign) finished(b block) (attempt int, done map[string]bool, void string) {
	attempt, done = 1, map[string]bool{}
	for _, t := range c.writer.Done() {
		if t.Scenario != b.work.Name || t.Block != b.number || t.Attempt < attempt {
			continue
		}
		if t.Attempt > attempt {
			attempt, done, void = t.Attempt, map[string]bool{}, ""
		}
		done[results.TrialID(t.Scenario, t.Variant, t.Matrix, t.Block, 1)] = true
		if !t.Valid {
			void = t.Invalid[0]
		}
	}
	return attempt, done, void
}

func (c *campaign) runTrial(ctx context.Context, b block, p results.Planned, attempt int) (*results.Trial, error) {
	cell := c.cells[p.ID]
	spec := trial.Spec{
		Scenario: b.work.Scenario, Cell: cell, Planned: p, Attempt: attempt,
		Placement: c.placement, Lenient: c.lenient, RunStart: c.writer.Manifest.Started,
	}
	spec.Binaries = c.builds.binaries(subject{b.work.Scenario, cell, p})
	var err error
	if spec.Log, err = c.writer.CreateLog(spec.ID()); err != nil {
		return nil, fmt.Errorf("trial %s: %w", spec.ID(), err)
	}
	c.display.begin(p, attempt)
	spec.Live = func(l attack.Live) { c.display.live(l) }
	res, err := trial.Run(ctx, spec)
	if err != nil {
		// A log without a trial would look like a lost one.
		spec.Log.Close()
		os.Remove(spec.Log.Name())
		return nil, err
	}
	if err := spec.Log.Close(); err != nil {
		return nil, fmt.Errorf("trial %s: write histograms: %w", spec.ID(), err)
	}
	c.display.end(p, &res.Trial)
	return &res.Trial, c.writer.Append(res.Trial, res.Samples)
}
