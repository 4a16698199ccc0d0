package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/build"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/progress"
	"github.com/assay-bench/assay/harness/internal/provenance"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/results"
)

// session is what runs and searches have in common while they last: the lock on the
// machine and the open bundle.
type session struct {
	writer    *results.Writer
	placement host.Placement
	lenient   bool // a busy machine does not void trials
	limits    host.Limits
	patience  time.Duration // how long the session may still wait for a quiet machine before blocks
	display   *progress.Display
	builds    *build.Builder
	crew      *crew // of a run on several hosts; else nil
}

// newSession prepares what trials need. The caller closes it. machine is the lock, in
// whose temporary folder programs are built.
func newSession(o *Options, w *results.Writer, p host.Placement, machine *host.Reservation, stderr io.Writer) (*session, error) {
	builds, err := build.New(p, machine.Temp)
	if err != nil {
		return nil, err
	}
	return &session{
		writer: w, placement: p, lenient: o.Quick, display: progress.New(stderr, o.Plain), builds: builds,
		limits: limits(w.Manifest), patience: o.Quiet,
	}, nil
}

// limits are those of a run. Bundles of the first version do not record theirs, which
// was the default.
func limits(m *results.Manifest) host.Limits {
	return host.Limits{Foreign: cmp.Or(m.ForeignLimit, trial.MaxForeign), Steal: trial.MaxSteal}
}

// awaitQuiet waits until the machine is quiet, as long as the session may.
func (s *session) awaitQuiet(ctx context.Context) {
	if s.patience <= 0 {
		return
	}
	waited := host.AwaitQuiet(ctx, s.placement, s.limits, s.patience, func(h results.HostWatch) {
		s.display.Linef("waiting for a quiet machine, at most %s: %s", text.Duration(s.patience), trial.Busy(h, s.limits))
	})
	if s.patience -= waited; s.patience <= 0 && ctx.Err() == nil {
		s.display.Warnf("the machine is still busy, and the run does not wait any longer: blocks may be void")
	}
}

// close removes the programs that were built.
func (s *session) close() { s.builds.Close() }

// trial makes one trial and stores it, whether it is void or not. live may be nil. The
// programs that the trial needs must have been built. The error is that of the trial, or
// of writing it: a trial that was made and cannot be stored ends the run.
func (s *session) trial(ctx context.Context, what build.Subject, attempt int, live func(attack.Live)) (*trial.Result, error) {
	spec := trial.Spec{
		Scenario: what.Scenario, Cell: what.Cell, Planned: what.Planned, Attempt: attempt,
		Placement: s.placement, Binaries: s.builds.Binaries(what), Foreign: s.limits.Foreign, Lenient: s.lenient,
		RunStart: s.writer.Manifest.Started, Live: live, Tell: func(line string) { s.display.Linef("%s", line) },
	}
	log, err := s.writer.CreateLog(spec.ID())
	if err != nil {
		return nil, fmt.Errorf("trial %s: %w", spec.ID(), err)
	}
	spec.Log = log
	res, err := s.make(ctx, spec)
	if err != nil {
		// A log without its trial would look like a trial that was lost.
		log.Close()
		os.Remove(log.Name())
		return nil, err
	}
	s.recordBuilds(&res.Trial, res.Servers)
	if err := log.Close(); err != nil {
		return nil, fmt.Errorf("trial %s: write histograms: %w", spec.ID(), err)
	}
	return res, s.writer.Append(res.Trial, res.Samples, res.Profiles...)
}

// make makes a trial in this process, or on several hosts.
func (s *session) make(ctx context.Context, spec trial.Spec) (*trial.Result, error) {
	if s.crew == nil {
		return trial.Run(ctx, spec)
	}
	if err := s.crew.ready(ctx, s.display.Warnf); err != nil {
		return nil, err
	}
	s.crew.live.Store(&spec.Live)
	defer s.crew.live.Store(nil)
	return trial.RunOn(ctx, spec, s.crew.members())
}

// recordBuilds notes how the programs of a variant were built, once: they are the same
// in all of its trials, except for the layout of their code.
func (s *session) recordBuilds(t *results.Trial, servers []scenario.Server) {
	if s.crew != nil {
		return // the programs may be on another host
	}
	m := s.writer.Manifest
	for _, server := range servers {
		key := results.BuildKey(t.Scenario, t.Variant, server.Name)
		if _, known := m.Builds[key]; known {
			continue
		}
		if p, ok := provenance.Program(server); ok {
			if m.Builds == nil {
				m.Builds = map[string]results.BuildInfo{}
			}
			m.Builds[key] = p
		}
	}
}

// finish ends the bundle in the state that follows from the error of the run, and
// returns that state.
func (s *session) finish(runErr error) (string, error) {
	m := s.writer.Manifest
	state, failure, kind := outcome(runErr)
	m.Ended, m.FailureKind = time.Now().UTC().Truncate(time.Second), kind
	return state, s.writer.Finish(state, failure)
}

// outcome returns what the manifest says about the end of a run or a search. A run that
// ctx has ended is interrupted; every other error makes it failed.
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
