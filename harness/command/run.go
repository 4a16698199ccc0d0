package command

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/answer"
	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/results"
)

// runOptions are the flags of `harness run`.
type runOptions struct {
	inputs
	out        string
	seed       uint64
	seedGiven  bool
	resume     bool
	noProgress bool
	skipped    []results.Skipped // what cannot run here
}

func runCommand() *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "run FILE...",
		Short: "Run scenarios, in interleaved blocks of freshly started trials, into a bundle",
		Long: `Run scenarios into a bundle, the folder that holds everything a run did.

Every trial starts its server afresh. Blocks hold one trial of every variant, in
a balanced order drawn from the seed. A finished trial is on disk before the next
one starts: Ctrl-C keeps them all, and --resume goes on where a run was stopped.`,
		Example: `  harness run scenarios/steady-open.yaml
  harness run --out /tmp/run --seed 42 --blocks 20 scenarios/*.yaml`,
		Args: someFiles,
		RunE: func(c *cobra.Command, args []string) error {
			o.files = args
			o.seedGiven = c.Flags().Changed("seed")
			return runScenarios(c.Context(), &o, newDisplay(c.ErrOrStderr(), o.noProgress), c)
		},
	}
	o.flags(c)
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "`DIR` of the bundle (default: results/runs/ and the time)")
	f.Uint64Var(&o.seed, "seed", 0, "seed of the run, 0 … 2⁶³−1 (default: drawn, and recorded)")
	f.BoolVar(&o.resume, "resume", false, "go on with the bundle in --out; only --blocks may grow")
	f.BoolVar(&o.noProgress, "no-progress", false, "plain lines instead of a progress bar")
	return c
}

func randomSeed() uint64 { return rand.Uint64() >> 1 }

func checkSeed(seed uint64) error {
	if seed>>63 != 0 {
		return program.Usagef("--seed %d: want 0 … 2⁶³−1", seed)
	}
	return nil
}

func runScenarios(ctx context.Context, o *runOptions, d *display, c *cobra.Command) error {
	if err := checkSeed(o.seed); err != nil {
		return err
	}
	if o.resume && o.out == "" {
		return program.Usagef("--resume wants --out DIR, the bundle to go on with")
	}
	all, err := o.load()
	if err != nil {
		return err
	}
	if o.resume {
		b, err := begun(o.out)
		if err != nil {
			return err
		}
		if all, o.skipped, err = ableStill(ctx, b.Manifest.Skipped, all); err != nil {
			return err
		}
	} else if all, o.skipped, err = able(ctx, all); err != nil {
		return err
	}
	for _, s := range o.skipped {
		d.warn("scenario %s is skipped: %s", s.Scenario, s.Why)
	}
	if len(all) == 0 && !o.resume {
		return errors.New("no scenario can run here")
	}
	w, placement, release, err := claim(o, all, "choose another folder, or add --resume to go on with it")
	if err != nil {
		return err
	}
	defer release()
	total, counted := estimateAll(all)
	d.line("%s: %s, %s; seed %d; bundle %s",
		cellsText(all), count(len(w.Manifest.Plan), "trial"), about(total, counted), w.Manifest.Seed, w.Dir())

	camp := &campaign{writer: w, work: all, placement: placement, lenient: o.quick, display: d}
	runErr := camp.run(ctx)
	w.Manifest.Ended = time.Now().UTC().Truncate(time.Second)
	state, failure, kind := outcome(runErr)
	w.Manifest.FailureKind = kind
	d.close()
	if err := w.Finish(state, failure); err != nil {
		return errors.Join(runErr, err)
	}
	if err := summarise(c.OutOrStdout(), w); err != nil {
		return errors.Join(runErr, err)
	}
	d.next(w, state, o)
	return runErr
}

// outcome is what the manifest says of how a run or a search ended.
func outcome(err error) (state, failure, kind string) {
	switch {
	case err == nil:
		return results.StateComplete, "", ""
	case errors.Is(err, context.Canceled):
		return results.StateInterrupted, "", ""
	case errors.Is(err, errBusy):
		kind = results.FailureBusy
	}
	return results.StateFailed, err.Error(), kind
}

// claim takes the machine and the bundle for one run; release gives the machine
// back. Advice is what to do if the folder holds a bundle already.
func claim(o *runOptions, all []work, advice string) (w *results.Writer, p host.Placement, release func(), err error) {
	if release, err = host.Lock(); err != nil {
		return nil, p, nil, err
	}
	p = host.Place()
	if w, err = openBundle(o, all, p); err == nil {
		return w, p, release, nil
	}
	release()
	if errors.Is(err, results.ErrExists) {
		err = program.Usagef("--out %s holds a bundle already: %s", o.out, advice)
	}
	return nil, p, nil, err
}

// prepare gives the generator its place on the machine, and describes the
// machine as it was before.
func prepare(p host.Placement) (results.Host, error) {
	facts := host.Facts(p)
	if err := settle(p); err != nil {
		return facts, err
	}
	facts.GOMAXPROCS, facts.AnswerStamps = runtime.GOMAXPROCS(0), attack.AnswerStamps()
	return facts, nil
}

// settle gives the generator its place on the machine.
func settle(p host.Placement) error {
	// The collector of the generator competes with its pacing; its heap is
	// small and can be collected a third as often.
	debug.SetGCPercent(300)
	return host.Confine(p)
}

// openBundle creates the bundle, or opens it to go on. The manifest is whole
// from its first byte on: a run can be killed at any moment, and go on.
func openBundle(o *runOptions, all []work, p host.Placement) (*results.Writer, error) {
	servers, err := everyServer(all)
	if err != nil {
		return nil, err
	}
	binaries, err := hashBinaries(servers)
	if err != nil {
		return nil, err
	}
	facts, err := prepare(p)
	if err != nil {
		return nil, err
	}
	m := &results.Manifest{
		Host: facts, Answer: answer.Newest(facts),
		Tool: "assay harness " + program.Version(), Command: os.Args,
		Started: time.Now().UTC().Truncate(time.Second),
		Seed:    o.seed, Quick: o.quick, Git: gitState("."), Binaries: binaries, Trees: sourceTrees(servers),
		Skipped: o.skipped,
	}
	for _, w := range all {
		m.Scenarios = append(m.Scenarios, w.Record())
		m.Blocks = max(m.Blocks, w.Blocks)
	}
	if o.resume {
		return resumeBundle(o, m, all)
	}
	if !o.seedGiven {
		m.Seed = randomSeed()
	}
	for _, t := range order(all, m.Seed) {
		m.Plan = append(m.Plan, t.Planned)
	}
	if o.out == "" {
		o.out = filepath.Join("results", "runs", time.Now().Format("20060102-150405"))
	}
	return results.Create(o.out, m)
}
