package campaign

import (
	"context"
	"errors"
	"io"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/progress"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Options say what is measured and where it is kept.
type Options struct {
	Inputs
	Out       string // folder of the bundle; empty: results/runs/ and the time
	Seed      uint64
	SeedGiven bool // it was asked for, and a bundle that is resumed must have it
	Resume    bool // go on with the bundle in Out
	Plain     bool // lines instead of a progress bar

	Tool    string   // this program and its version, for the manifest
	Command []string // the command line, for the manifest
}

// Run runs scenarios into a bundle. The medians of what was measured go to stdout,
// all else to stderr. A run that ctx ends is kept as far as it got; its error is
// that of ctx.
func Run(ctx context.Context, o Options, stdout, stderr io.Writer) error {
	if o.Resume && o.Out == "" {
		return usage.Errorf("--resume wants --out DIR, the bundle to go on with")
	}
	all, err := o.Load()
	if err != nil {
		return err
	}
	release, err := host.Lock()
	if err != nil {
		return err
	}
	defer release()
	var was *results.Bundle
	if o.Resume {
		if was, err = begun(o.Out); err != nil {
			return err
		}
	}
	here, skipped, err := able(ctx, was, all)
	if err != nil {
		return err
	}
	for _, s := range skipped {
		progress.New(stderr, true).Warnf("scenario %s is skipped: %s", s.Scenario, s.Why)
	}
	if len(here) == 0 && !o.Resume {
		return errors.New("no scenario can run here")
	}
	p := host.Place()
	w, err := openBundle(&o, was, here, skipped, p)
	if errors.Is(err, results.ErrExists) {
		return usage.Errorf("--out %s holds a bundle already: choose another folder, or add --resume to go on with it", o.Out)
	}
	if err != nil {
		return err
	}
	s, err := newSession(&o, w, p, stderr)
	if err != nil {
		return err
	}
	defer s.close()
	return s.carryOut(ctx, here, stdout)
}

// carryOut makes the trials of the plan, ends the bundle and says what is in it.
func (s *session) carryOut(ctx context.Context, all []Work, stdout io.Writer) error {
	w := s.writer
	total, counted := estimateAll(all)
	s.display.Linef("%s: %s, %s; seed %d; bundle %s",
		comparing(all), text.Count(len(w.Manifest.Plan), "trial"), about(total, counted), w.Manifest.Seed, w.Dir())
	runErr := newRunner(s, all).run(ctx)
	s.display.Close()
	state, err := s.finish(runErr)
	if err != nil {
		return errors.Join(runErr, err)
	}
	if err := summarise(stdout, w); err != nil {
		return errors.Join(runErr, err)
	}
	if dir := w.Dir(); state == results.StateComplete {
		s.display.Linef("Bundle %s is complete. Next: assay report %s -o report.md", dir, dir)
	} else {
		s.display.Linef("Bundle %s holds %s. Go on with the same command and: --out %s --resume", dir, text.Count(len(w.Done()), "finished trial"), dir)
	}
	return runErr
}
