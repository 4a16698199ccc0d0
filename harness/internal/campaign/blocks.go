package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/build"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// runner carries out a plan block by block, and repeats blocks that a hard check
// made void.
type runner struct {
	*session
	work  []Work
	cells map[string]scenario.Cell // by the id of a trial's first attempt
	extra map[string]int           // blocks repeated by this process, by scenario
	// warned has the variants of scenarios of whose failing requests the user knows.
	warned map[string]bool
}

// newRunner makes a runner that has repeated no block yet. A resumed run gets the full
// allowance again: what disturbed the earlier session may be over.
func newRunner(s *session, all []Work) *runner {
	return &runner{session: s, work: all, cells: map[string]scenario.Cell{}, extra: map[string]int{}, warned: map[string]bool{}}
}

// block is the trials of one block of one scenario, in the order of the plan.
type block struct {
	work *Work
	// number counts from 1, and profiled blocks have numbers of their own.
	number   int
	profiled bool
	trials   []results.Planned
}

// run carries out the plan. Programs are removed after each block, because each block
// has its own builds, and the bundle can be read by benchstat after each of them.
func (r *runner) run(ctx context.Context) error {
	blocks := r.blocks()
	shown := r.shown()
	r.display.Start(shown, r.estimates(shown))
	for _, b := range blocks {
		if err := r.runBlock(ctx, b); err != nil {
			return err
		}
		r.builds.Clear()
		if err := r.writer.SaveBench(); err != nil {
			return err
		}
		if err := r.writer.SaveManifest(); err != nil { // it lists what was built
			return err
		}
	}
	return nil
}

// blocks divides the plan into blocks: the measured ones, and after them the profiled
// ones.
func (r *runner) blocks() []block {
	m := r.writer.Manifest
	byName := map[string]*Work{}
	for i := range r.work {
		w := &r.work[i]
		byName[w.Name] = w
		for _, cell := range w.Chosen {
			for n := 1; n <= w.Blocks; n++ {
				r.cells[results.TrialID(w.Name, cell.Variant, cell.Matrix, n, 1)] = cell
			}
			for n := 1; n <= m.ProfileBlocks; n++ {
				r.cells[results.ProfiledID(w.Name, cell.Variant, cell.Matrix, n, 1)] = cell
			}
		}
	}
	var all []block
	for _, p := range slices.Concat(m.Plan, m.ProfilePlan) {
		last := len(all) - 1
		if last < 0 || all[last].work.Name != p.Scenario || all[last].number != p.Block || all[last].profiled != p.Profiled {
			all = append(all, block{work: byName[p.Scenario], number: p.Block, profiled: p.Profiled})
			last++
		}
		all[last].trials = append(all[last].trials, p)
	}
	return all
}

// shown returns all trials as the display counts them: the profiled ones after the
// others.
func (r *runner) shown() []results.Planned {
	m := r.writer.Manifest
	return r.placeAll(slices.Concat(m.Plan, m.ProfilePlan))
}

// place gives a profiled trial its place among all trials.
func (r *runner) place(p results.Planned) results.Planned {
	if p.Profiled {
		p.Order += len(r.writer.Manifest.Plan)
	}
	return p
}

// placeAll places all of these trials, in their order.
func (r *runner) placeAll(trials []results.Planned) (all []results.Planned) {
	for _, p := range trials {
		all = append(all, r.place(p))
	}
	return all
}

// estimates is how long each trial will take, in the order of the plan. The estimates
// only feed the display.
func (r *runner) estimates(plan []results.Planned) []time.Duration {
	var all []time.Duration
	for _, p := range plan {
		for _, w := range r.work {
			if w.Name == p.Scenario {
				d, _ := estimate(w.For(r.cells[p.ID]))
				all = append(all, d)
			}
		}
	}
	return all
}

// longestQuiet is how long a void block waits for other programs to calm down before
// it is repeated.
const longestQuiet = 30 * time.Second

// errBusy ends a run in which other programs disturbed more blocks than the run may
// repeat.
var errBusy = errors.New("the machine is too busy to measure on")

// maxExtra returns how many blocks of a scenario may be repeated. A machine that voids
// more than every third attempt is not worth the wait.
func maxExtra(planned int) int { return max(2, planned/2) }

// runBlock runs a block until one attempt is valid. It does not repeat trials that
// an interrupted run finished in that attempt.
func (r *runner) runBlock(ctx context.Context, b block) error {
	// A block of an interrupted run may be half finished, or finished and void. Either
	// way the loop goes on from there.
	attempt, done, void := r.finished(b)
	for {
		if void != "" {
			r.extra[b.work.Name]++
			if limit := maxExtra(b.work.Blocks); r.extra[b.work.Name] > limit {
				return fmt.Errorf("scenario %s: block %d is void (%s), and %d blocks were repeated already: %w; all finished trials are kept",
					b.work.Name, b.number, void, limit, r.disturber())
			}
			r.display.Warnf("scenario %s, block %d is void and is repeated: %s", b.work.Name, b.number, void)
			if r.disturber() == errBusy {
				host.AwaitQuiet(ctx, r.placement, r.limits, longestQuiet, nil)
			}
			r.display.Again(r.placeAll(b.trials))
			attempt, done, void = attempt+1, nil, ""
		}
		if err := r.buildFor(ctx, b, done); err != nil {
			return err
		}
		if len(done) < len(b.trials) {
			r.awaitQuiet(ctx)
		}
		for _, p := range b.trials {
			if done[p.ID] {
				r.display.Skip(r.place(p))
				continue
			}
			t, err := r.runTrial(ctx, b, p, attempt)
			if err != nil {
				return err
			}
			if !t.Valid {
				// The rest of the block is not measured: a trial without its companions
				// is worth nothing.
				void = t.Why()
				break
			}
		}
		if void == "" {
			return nil
		}
	}
}

// disturber says what makes blocks void: the machine, or the hosts of the newest trial if
// there are no streams of it.
func (r *runner) disturber() error {
	done := r.writer.Done()
	if r.crew != nil && len(done) > 0 && len(done[len(done)-1].Streams) == 0 {
		return errHosts
	}
	return errBusy
}

// buildFor builds the programs that the remaining trials of a block need.
func (r *runner) buildFor(ctx context.Context, b block, done map[string]bool) error {
	var trials []build.Subject
	for _, p := range b.trials {
		if !done[p.ID] {
			trials = append(trials, r.subject(b, p))
		}
	}
	return r.builds.Build(ctx, r.writer.Manifest, trials...)
}

// finished says how far a block got in an earlier session of a resumed run: the
// number of its latest attempt, the planned ids of the trials that were finished,
// and why the attempt is void.
func (r *runner) finished(b block) (attempt int, done map[string]bool, void string) {
	attempt, done = 1, map[string]bool{}
	trials := r.writer.Done()
	if b.profiled {
		trials = r.writer.Profiled()
	}
	for _, t := range trials {
		if t.Scenario != b.work.Name || t.Block != b.number || t.Attempt < attempt {
			continue
		}
		if t.Attempt > attempt {
			attempt, done, void = t.Attempt, map[string]bool{}, ""
		}
		done[t.PlannedID()] = true
		if !t.Valid {
			void = t.Why()
		}
	}
	return attempt, done, void
}

// runTrial makes one trial of a block and shows its progress.
func (r *runner) runTrial(ctx context.Context, b block, p results.Planned, attempt int) (*results.Trial, error) {
	r.display.Begin(r.place(p), attempt)
	res, err := r.trial(ctx, r.subject(b, p), attempt, r.display.Live)
	if err != nil {
		return nil, err
	}
	r.display.End(r.place(p), &res.Trial)
	return &res.Trial, r.judgeFirst(b, &res.Trial)
}

// errHopeless ends a run whose first trial measured nothing: minutes of more trials would
// not either.
var errHopeless = errors.New("no request of the first trial was answered well")

// judgeFirst looks at the first trial of every variant of a scenario, and warns if its
// requests fail. If the first trial of the bundle failed altogether, it returns an error.
func (r *runner) judgeFirst(b block, t *results.Trial) error {
	if !t.Valid || b.profiled {
		return nil
	}
	if why := hopeless(t); why != "" && len(r.writer.Done()) == 1 {
		return fmt.Errorf("%w (%s): `assay try FILE` sends each request once and shows what the server answers", errHopeless, why)
	}
	key := b.work.Name + "/" + t.Variant
	if why := failing(t); why != "" && !r.warned[key] {
		r.warned[key] = true
		r.display.Warnf("scenario %s, %s: %s", b.work.Name, t.Variant, why)
	}
	return nil
}

// subject is what a build and a trial need to know of a planned trial.
func (r *runner) subject(b block, p results.Planned) build.Subject {
	return build.Subject{Scenario: b.work.Scenario, Cell: r.cells[p.ID], Planned: p}
}
