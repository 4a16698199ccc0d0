package campaign

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/progress"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Options say what a run or a search measures, and where it stores the result.
type Options struct {
	Inputs
	Hosts
	Out       string // folder of the bundle; empty: a folder in results/runs/ named after the time
	Seed      uint64 // from which the order and all draws follow
	SeedGiven bool   // the user chose the seed, so a resumed bundle must have the same one
	Resume    bool   // continue the bundle in Out
	Profile   int    // profiled blocks after the measured ones; 0: none, or as many as a resumed bundle has
	Plain     bool   // lines instead of a progress bar

	// Foreign is the CPU time per second that other programs may take in a valid trial; 0
	// stands for the default, or for the limit of the bundle that is continued.
	Foreign float64
	// Quiet is how long the run may wait in all for the machine to become quiet, before
	// its blocks.
	Quiet time.Duration

	Tool    string   // this program and its version, for the manifest
	Command []string // the command line, for the manifest
}

// Run runs scenarios and records them in a bundle. It writes the medians of the
// trials to stdout and everything else to stderr. If ctx ends, the finished trials
// are kept and the error is that of ctx.
func Run(ctx context.Context, o Options, stdout, stderr io.Writer) error {
	// A resumed bundle is never guessed from the clock: the wrong one would be
	// continued silently.
	if o.Resume && o.Out == "" {
		return usage.Errorf("--resume needs --out DIR, the bundle to continue")
	}
	all, err := o.Load()
	if err != nil {
		return err
	}
	if err := startable(all); err != nil {
		return err
	}
	if err := profilable(all, o.Profile); err != nil {
		return err
	}
	if err := o.check(all, o.Profile); err != nil {
		return err
	}
	// The lock comes after everything that a typing mistake can spoil, and before
	// everything that touches the machine.
	machine, err := host.Lock()
	if err != nil {
		return err
	}
	defer machine.Release()
	var was *results.Bundle
	if o.Resume {
		if was, err = openForResume(o.Out); err != nil {
			return err
		}
	}
	// A scenario whose requirement is not met is no error: the others run, and the
	// bundle says why this one did not.
	here, skipped, err := runnable(ctx, was, all)
	if err != nil {
		return err
	}
	for _, s := range skipped {
		progress.New(stderr, true).Warnf("scenario %s is skipped: %s", s.Scenario, s.Why)
	}
	if len(here) == 0 && !o.Resume {
		return errors.New("no scenario can run on this machine")
	}
	p := o.place()
	crew, err := assemble(ctx, &o, here, p, func(line string) { progress.New(stderr, true).Warnf("%s", line) })
	if err != nil {
		return err
	}
	defer crew.close()
	w, err := openBundle(&o, was, here, skipped, p, crew)
	if errors.Is(err, results.ErrExists) {
		return usage.Errorf("--out %s holds a bundle already: choose another folder, or add --resume to continue it", o.Out)
	}
	if err != nil {
		return err
	}
	s, err := newSession(&o, w, p, machine, stderr)
	if err != nil {
		return err
	}
	defer s.close()
	s.crew = crew
	return s.carryOut(ctx, here, stdout)
}

// carryOut makes the trials of the plan, ends the bundle and tells the user what it
// holds.
func (s *session) carryOut(ctx context.Context, all []Work, stdout io.Writer) error {
	w := s.writer
	for _, work := range all {
		if beyond := knownanswer.BeyondHeld(w.Manifest.Host, work.PeakRate()); beyond != "" {
			s.display.Warnf("scenario %s: %s", work.Name, beyond)
		}
	}
	total, counted := estimateAll(all)
	s.display.Linef("%s: %s, %s; seed %d; bundle %s",
		comparing(all), text.Count(len(w.Manifest.Plan), "trial"), about(total, counted), w.Manifest.Seed, w.Dir())
	s.announceProfiles(all)
	// Whatever ends the run, the bundle is finished and summed up: the trials that are
	// there are worth something.
	runErr := newRunner(s, all).run(ctx)
	s.display.Close()
	state, err := s.finish(runErr)
	if err != nil {
		return errors.Join(runErr, err)
	}
	safe := plain.NewWriter(stdout) // what servers answered is in the summary
	if err := errors.Join(summarise(safe, w), safe.Flush()); err != nil {
		return errors.Join(runErr, err)
	}
	if dir := w.Dir(); state == results.StateComplete {
		s.display.Linef("Bundle %s is complete. Next: assay report %s -o report.md", dir, plain.Shell(dir))
	} else {
		s.display.Linef("Bundle %s holds %s. To continue, repeat the command with: --out %s --resume", dir, text.Count(len(w.Done())+len(w.Profiled()), "finished trial"), plain.Shell(dir))
	}
	return runErr
}
