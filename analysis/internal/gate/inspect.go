package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// contents are what the inputs hold, as far as the choice of rows needs it.
type contents struct {
	units    map[string]bool
	variants map[string]bool // that have results
	bare     map[string]bool // Go benchmarks without a variant
	known    map[string]bool // variants of the scenarios, with or without results
	copies   map[string]string
	controls map[string]bool
	blocks   int   // planned; in text, the most results of one name and configuration
	looks    []int // numbers of blocks after which the run may have been judged before; nil: not recorded
	void     int   // attempts at blocks that do not count
}

// inspect reads the inputs once and refuses what must not be judged: whatever
// cannot be read whole, and runs that have not ended.
func inspect(sources []load.Source) (*contents, error) {
	c := &contents{
		units: map[string]bool{}, variants: map[string]bool{}, bare: map[string]bool{},
		known: map[string]bool{}, copies: map[string]string{}, controls: map[string]bool{},
	}
	for _, s := range sources {
		if run, ok := s.(*load.Run); ok {
			if err := c.manifest(run); err != nil {
				return nil, err
			}
		}
		if err := c.read(s); err != nil {
			return nil, err
		}
	}
	for v := range c.variants {
		c.known[v] = true
		if of, ok := strings.CutSuffix(v, "-aa"); ok && c.variants[of] {
			c.copies[v] = of
		}
	}
	return c, nil
}

// manifest takes what a run says of itself.
func (c *contents) manifest(run *load.Run) error {
	m := run.Manifest
	if m.State == results.StateRunning {
		return fmt.Errorf("%s: the run has not ended: a look at half of it is not one of those planned; wait, or end it with `assay run … --out %s --resume`", run.Dir, plain.Shell(run.Dir))
	}
	changed, err := results.Verify(run.Dir)
	if err != nil {
		return err
	}
	if len(changed) > 0 {
		return fmt.Errorf("the bundle is not as it was written: take it again from where it was made, or make the run again\n%w", firstOf(changed))
	}
	for _, s := range m.Scenarios {
		if run.Searched(s.Name) {
			return fmt.Errorf("%s: nothing to gate: a search drives servers to where they fail, on purpose; make a run of the scenario with `assay run`", run.Dir)
		}
		for _, v := range s.Variants {
			c.known[v.Name] = true
			if v.AAOf != "" {
				c.copies[v.Name] = v.AAOf
			}
		}
		if s.Control != "" {
			c.controls[s.Control] = true
		}
	}
	c.blocks, c.looks = max(c.blocks, m.Blocks), m.Looks
	if m.Micro != nil && m.Micro.Blocks > 0 {
		c.blocks, c.looks = max(c.blocks, m.Micro.Blocks), together(m.Looks, m.Micro.Looks)
	}
	c.void += len(run.Void())
	return nil
}

// together joins the looks that the trials of a run could be given and those of its Go
// benchmarks, which can be continued by themselves. They are nil if either are not known.
func together(trials, benchmarks []int) []int {
	if trials == nil || benchmarks == nil {
		return nil
	}
	all := append(slices.Clone(trials), benchmarks...) // empty, and not nil, without a look
	slices.Sort(all)
	return slices.Compact(all)
}

// read notes the units, variants and names of an input, and how many results a name has.
func (c *contents) read(s load.Source) error {
	results := map[string]int{}
	most := 0
	err := s.Each(func(o load.Observation) error {
		for _, v := range o.Values {
			c.units[v.Unit] = true
		}
		if v := variantOf(o.Name); v != "" {
			c.variants[v] = true
		} else {
			c.bare[o.Name.String()] = true
		}
		key := o.Name.String()
		for _, f := range o.Config {
			if f.File { // two packages may have a name in common
				key += "\n" + f.Key + ": " + string(f.Value)
			}
		}
		results[key]++
		most = max(most, results[key])
		return nil
	})
	if err != nil {
		return err
	}
	if problems := s.Problems(); len(problems) > 0 {
		return fmt.Errorf("the input cannot be read whole, and what is missing may be what matters: mend it or measure again\n%w", firstOf(problems))
	}
	if len(results) == 0 {
		why := ""
		if c.void > 0 {
			why = fmt.Sprintf(": %s failed a check and do not count", count(c.void, "trial", "trials"))
		}
		return fmt.Errorf("%s: no valid trial%s; see why with `assay report`, and measure again", s.Label(), why)
	}
	if _, ok := s.(*load.Text); ok {
		c.blocks = max(c.blocks, most)
	}
	return nil
}

// firstOf is the first of several problems, and how many more there are.
func firstOf(problems []error) error {
	if len(problems) == 1 {
		return problems[0]
	}
	return fmt.Errorf("%w\n… and %d more", problems[0], len(problems)-1)
}

// variantOf is the value of /variant= in a name.
func variantOf(n benchfmt.Name) string { return partOf(n, "/variant=") }

// scenarioOf is the scenario in the name of HTTP results.
func scenarioOf(name string) string { return partOf(benchfmt.Name(name), "/scenario=") }

// partOf returns the value of a key of a name, such as "/variant=". It is empty if the
// name does not have the key.
func partOf(n benchfmt.Name, key string) string {
	_, parts := n.Parts()
	for _, p := range parts {
		if v, ok := strings.CutPrefix(string(p), key); ok {
			return v
		}
	}
	return ""
}

// sides checks the variants that are to be compared.
func (c *contents) sides(o Options) error {
	for _, side := range []struct{ flag, variant string }{{"--base", o.Base}, {"--head", o.Head}} {
		switch v := side.variant; {
		case !c.known[v]:
			return fmt.Errorf("%s: unknown variant %q%s", side.flag, v, suggest(v, slices.Sorted(maps.Keys(c.known))))
		case !c.variants[v]:
			return fmt.Errorf("%s %s: no trial of this variant counts; see why with `assay report`, and measure again", side.flag, v)
		case c.controls[v]:
			return fmt.Errorf("%s %s: this variant is the positive control, slow on purpose: it is never base or head", side.flag, v)
		}
	}
	return nil
}
