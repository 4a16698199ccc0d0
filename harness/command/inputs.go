package command

import (
	"path"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/internal/program"
)

// quickBlocks and quickWindow are what --quick cuts a run to: enough to see
// that everything works, too little to conclude anything.
const (
	quickBlocks = 3
	quickWindow = 2 * time.Second
)

// inputs are the scenarios of a command and how it changes them.
type inputs struct {
	files       []string
	allowRemote []string
	blocks      int
	only        string
	quick       bool
}

func (in *inputs) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&in.allowRemote, "allow-remote", nil, "`HOST` beyond loopback that may be attacked (repeatable)")
	f.IntVar(&in.blocks, "blocks", 0, "number of blocks, instead of the scenarios' own")
	f.StringVar(&in.only, "only", "", "run only `SCENARIO[/VARIANT]`; both may be globs")
	f.BoolVar(&in.quick, "quick", false, "3 blocks, windows cut to 2 s; the bundle is marked so")
}

// work is one scenario with the cells that are to be run.
type work struct {
	*scenario.Scenario
	cells []scenario.Cell
}

// load reads the scenarios and applies the flags.
func (in *inputs) load() ([]work, error) {
	if in.blocks < 0 {
		return nil, program.Usagef("--blocks %d: want 1 or more", in.blocks)
	}
	scenarios, err := scenario.Load(in.files, scenario.Options{AllowRemote: in.allowRemote})
	if err != nil {
		return nil, err
	}
	var all []work
	for _, s := range scenarios {
		if in.quick {
			cut(s)
		}
		if in.blocks > 0 {
			s.Blocks = in.blocks
		}
		w := work{s, s.Cells()}
		if in.only != "" {
			if w.cells, err = in.choose(s.Name, w.cells); err != nil {
				return nil, err
			}
		}
		if len(w.cells) > 0 {
			all = append(all, w)
		}
	}
	if len(all) == 0 {
		return nil, program.Usagef("--only %s: no scenario and variant matches; `harness plan` lists them", in.only)
	}
	return all, nil
}

// choose keeps the cells that --only names.
func (in *inputs) choose(name string, cells []scenario.Cell) ([]scenario.Cell, error) {
	dir, variant := path.Split(in.only)
	pattern := path.Clean(dir)
	if dir == "" {
		pattern, variant = variant, "*"
	}
	match, err := path.Match(pattern, name)
	if err != nil {
		return nil, program.Usagef("--only %s: %w", in.only, err)
	}
	if !match {
		return nil, nil
	}
	if _, err := path.Match(variant, ""); err != nil {
		return nil, program.Usagef("--only %s: %w", in.only, err)
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

// order plans the trials.
func order(all []work, seed uint64) []plan.Trial {
	var ps []plan.Scenario
	for _, w := range all {
		p := plan.Scenario{Name: w.Name, Blocks: w.Blocks}
		for _, c := range w.cells {
			p.Cells = append(p.Cells, plan.Cell{Variant: c.Variant, Matrix: c.Matrix})
		}
		ps = append(ps, p)
	}
	return plan.New(ps, seed)
}

// estimate is about how long one trial of a scenario takes. For a load bounded
// by a count the answer times are not known before; a tenth of a second is
// assumed for each, and counted is true.
func estimate(s *scenario.Scenario) (d time.Duration, counted bool) {
	var connections int
	for _, st := range s.Streams {
		connections += st.Connections
		switch {
		case st.Open != nil:
			d = max(d, st.Open.Duration())
		case st.Closed.Requests > 0:
			counted = true
			each := (st.Closed.Requests + st.Closed.Clients - 1) / st.Closed.Clients
			guess := time.Duration(each) * (100*time.Millisecond + st.Closed.Think)
			if limit := st.Closed.Duration; limit > 0 {
				guess = min(guess, limit)
			}
			d = max(d, guess)
		default:
			d = max(d, st.Closed.Duration)
		}
	}
	const startAndStop = 500 * time.Millisecond
	return d + s.Warmup + time.Duration(connections)*2*time.Millisecond + startAndStop, counted
}
