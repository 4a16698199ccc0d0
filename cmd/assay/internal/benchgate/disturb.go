package benchgate

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/assay-bench/assay/internal/events"
	"github.com/assay-bench/assay/results"
)

// turn says what the other program does in a check of the kind load.
type turn int

const (
	keep turn = iota // go on as before
	off
	on
)

// tick is how long the other program uses a core before it checks again what is
// being measured.
const tick = 200 * time.Millisecond

// disturb uses a core during every second block of the check in a folder, until ctx
// ends.
func disturb(ctx context.Context, dir string) {
	w := watch{bundle: filepath.Join(dir, checkFolder, "bundle"), events: filepath.Join(dir, eventsFile), size: -1}
	state := off
	for ctx.Err() == nil {
		if now := w.look(); now != keep {
			state = now
		}
		if state == on {
			burn(ctx, tick)
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(tick):
		}
	}
}

// burn uses a core for a time.
func burn(ctx context.Context, d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end) && ctx.Err() == nil; {
		for range 1_000_000 {
			// The loop itself is the work.
		}
	}
}

// watch follows what a check is measuring.
type watch struct {
	bundle, events string
	size           int64 // size of the file of trials when it was last read; −1 if it never was
	state          turn  // what followed from the trials
}

// look decides whether the other program runs.
//
// During HTTP trials, it runs while the next trial begins the first attempt at an
// odd block of a scenario. The harness voids what it measures beside another
// program, and repeats the block. It gives up after half as many repetitions as
// there are blocks, so the second attempt has to be undisturbed. During Go
// benchmarks, it runs in odd blocks.
func (w *watch) look() turn {
	e, err := events.Last(w.events)
	switch {
	case err != nil:
		return off
	case e.Kind == events.MicroBlock && e.Block%2 == 1:
		return on
	case e.Kind == events.MicroBlock:
		return off
	}
	info, err := os.Stat(filepath.Join(w.bundle, results.TrialsFile))
	if err != nil {
		return off
	}
	// The trials are parsed only when another one has come.
	if info.Size() == w.size {
		return w.state
	}
	b, err := results.Open(w.bundle)
	if err != nil {
		return off
	}
	w.size, w.state = info.Size(), turnOf(b.Manifest.Plan, b.Trials)
	return w.state
}

// turnOf decides it for HTTP trials, from the plan and the finished trials.
func turnOf(plan []results.Planned, trials []results.Trial) turn {
	if len(trials) == 0 {
		return on // the first block is starting
	}
	// The plan tells how many trials a block of each scenario has, how many blocks
	// there are, and which scenario ends a block.
	size, blocks, last := map[string]int{}, 0, ""
	for _, p := range plan {
		blocks = max(blocks, p.Block)
		if p.Block == 1 {
			size[p.Scenario]++
			last = p.Scenario
		}
	}
	t := trials[len(trials)-1]
	made := 0
	for i := len(trials) - 1; i >= 0; i-- {
		if b := trials[i]; b.Scenario != t.Scenario || b.Block != t.Block || b.Attempt != t.Attempt {
			break
		}
		made++
	}
	next := t.Block // the block of the scenario that comes next
	if t.Scenario == last {
		next++
	}
	switch {
	case !t.Valid:
		return off // the block is repeated
	case made < size[t.Scenario]:
		return keep
	case next%2 == 1 && next <= blocks:
		return on
	}
	return off
}
