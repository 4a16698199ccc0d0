package campaign

import (
	"path"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/internal/usage"
)

// quickBlocks and quickWindow are what --quick cuts a run to: enough to see
// that everything works, too little to conclude anything.
const (
	quickBlocks = 3
	quickWindow = 2 * time.Second
)

// Inputs are the scenarios of a command and how it changes them. The zero values of
// the fields but Files change nothing.
type Inputs struct {
	Files       []string // at least one
	AllowRemote []string // hosts beyond loopback that may be attacked
	Blocks      int      // instead of the scenarios' own
	Only        string   // SCENARIO[/VARIANT], both globs: what is run of them
	Quick       bool     // 3 blocks, windows cut to 2 s
}

// Load reads the scenarios and applies the flags.
func (in *Inputs) Load() ([]Work, error) {
	if in.Blocks < 0 {
		return nil, usage.Errorf("--blocks %d: want 1 or more", in.Blocks)
	}
	scenarios, err := scenario.Load(in.Files, scenario.Options{AllowRemote: in.AllowRemote})
	if err != nil {
		return nil, err
	}
	var all []Work
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
		return nil, usage.Errorf("--only %s: no scenario and variant matches; `assay plan` lists them", in.Only)
	}
	return all, nil
}

// choose keeps the cells that --only names.
func (in *Inputs) choose(name string, cells []scenario.Cell) ([]scenario.Cell, error) {
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
	return slices.DeleteFunc(cells, func(c scenario.Cell) bool {
		ok, _ := path.Match(variant, c.Variant)
		return !ok
	}), nil
}

// cut shortens a scenario for --quick.
func cut(s *scenario.Scenario) {
	s.Blocks = min(s.Blocks, quickBlocks)
	s.Warmup = min(s.Warmup, quickWindow/2)
	for i := range s.Streams {
		if c := s.Streams[i].Closed; c != nil {
			if c.Duration == 0 || c.Duration > quickWindow {
				c.Duration = quickWindow // with a count: whichever comes first
			}
			continue
		}
		o := s.Streams[i].Open
		total := o.Duration()
		if total <= quickWindow {
			continue
		}
		for j := range o.Stages {
			st := &o.Stages[j]
			st.Duration = time.Duration(float64(st.Duration) * float64(quickWindow) / float64(total))
		}
	}
}
