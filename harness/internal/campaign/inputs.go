package campaign

import (
	"errors"
	"os"
	"path"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/internal/usage"
)

// --quick cuts a run to quickBlocks and quickWindow: enough to see that everything
// works, too little for any conclusion.
const (
	quickBlocks = 3
	quickWindow = 2 * time.Second
)

// Inputs are the scenario files of a command, and the flags that change what is run.
// The zero value of any field but Files changes nothing.
type Inputs struct {
	Files       []string // at least one
	AllowRemote []string // hosts beyond loopback that may be attacked
	Blocks      int      // replaces the number that each scenario gives; from 1, or 0 for no change
	Only        string   // SCENARIO[/VARIANT], both globs: runs only these
	Quick       bool     // 3 blocks, windows of at most 2 s
}

// Load reads the scenarios and applies the flags. Its error explains everything that
// is wrong with the files.
func (in *Inputs) Load() ([]Work, error) {
	if in.Blocks < 0 || in.Blocks > scenario.MostBlocks {
		return nil, usage.Errorf("--blocks %d: want 1 … %d", in.Blocks, scenario.MostBlocks)
	}
	scenarios, err := scenario.Load(in.Files, scenario.Options{AllowRemote: in.AllowRemote})
	if err != nil {
		return nil, err
	}
	var all []Work
	// The flags change the scenario before its cells are listed. The manifest records
	// both: the file word for word, and what was run.
	for _, s := range scenarios {
		if in.Quick {
			cut(s)
		}
		if in.Blocks > 0 {
			s.Blocks = in.Blocks
		}
		w := Work{s, s.Cells()}
		if in.Only != "" {
			if w.Chosen, err = in.choose(s.Name, w.Chosen); err != nil {
				return nil, err
			}
		}
		if len(w.Chosen) > 0 {
			all = append(all, w)
		}
	}
	if len(all) == 0 {
		return nil, usage.Errorf("--only %s: no scenario or variant matches; `assay plan` lists them", in.Only)
	}
	return all, nil
}

// startable reads the secrets of all scenarios from the environment, and finds servers
// that could never become ready, before anything starts.
func startable(all []Work) error {
	var wrong scenario.Errors
	for _, w := range all {
		wrong = append(wrong, w.Unstartable()...)
		var missing scenario.Errors
		if err := w.ReadSecrets(os.LookupEnv); errors.As(err, &missing) {
			wrong = append(wrong, missing...)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// choose keeps the cells that --only selects.
func (in *Inputs) choose(name string, cells []scenario.Cell) ([]scenario.Cell, error) {
	// "open/naive" has a folder part and "open" has none, so the last element is a
	// variant only if a scenario stands before it.
	dir, variant := path.Split(in.Only)
	pattern := path.Clean(dir)
	if dir == "" {
		pattern, variant = variant, "*"
	}
	match, err := path.Match(pattern, name)
	if err != nil {
		return nil, usage.Errorf("--only %s: %w", in.Only, err)
	}
	if !match {
		return nil, nil
	}
	if _, err := path.Match(variant, ""); err != nil {
		return nil, usage.Errorf("--only %s: %w", in.Only, err)
	}
	// A bad pattern was refused above, so there is no error here.
	return slices.DeleteFunc(cells, func(c scenario.Cell) bool {
		ok, _ := path.Match(variant, c.Variant)
		return !ok
	}), nil
}

// cut shortens a scenario for --quick. A count of requests stays, but the load ends
// after the window all the same.
func cut(s *scenario.Scenario) {
	s.Blocks = min(s.Blocks, quickBlocks)
	for _, l := range s.Loads() {
		cutLoad(l)
	}
}

// cutLoad shortens the warm-up and the windows of a load. Rates and clients stay as they are,
// and a schedule with stages keeps its shape.
func cutLoad(l *scenario.CellLoad) {
	l.Warmup = min(l.Warmup, max(quickWindow/2, l.Pauses()))
	for i := range l.Streams {
		if c := l.Streams[i].Closed; c != nil {
			if c.Duration == 0 || c.Duration > quickWindow {
				c.Duration = quickWindow // the load ends at this time or at its count, whichever comes first
			}
			continue
		}
		o := l.Streams[i].Open
		total := o.Duration()
		if total <= quickWindow {
			continue
		}
		for j := range o.Stages {
			st := &o.Stages[j]
			// Stages keep their shape: each is shortened by the same factor, and rates
			// stay as they are.
			st.Duration = time.Duration(float64(st.Duration) * float64(quickWindow) / float64(total))
		}
	}
}
