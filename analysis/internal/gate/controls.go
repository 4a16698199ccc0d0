package gate

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// control adds the controls of one input. One that a run declares counts even if
// nothing is left of it: then the check has lost what vouches for it.
func (c *collector) control(s load.Source) error {
	for _, name := range slices.Sorted(maps.Keys(c.copies)) {
		of := c.copies[name]
		if c.options.Base == name && c.options.Head == of || c.options.Base == of && c.options.Head == name {
			continue
		}
		control := Control{Kind: ControlAA, Base: of, Head: name}
		if err := c.fill(s, &control); err != nil {
			return err
		}
		if run, ok := s.(*load.Run); ok {
			control.Missing = c.unguarded(run, control)
		}
		if len(control.Rows) > 0 || len(control.Missing) > 0 {
			c.in.Controls = append(c.in.Controls, control)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.controls)) {
		if c.options.Base == "" {
			continue
		}
		control := Control{Kind: ControlPositive, Base: c.options.Base, Head: name}
		if err := c.fill(s, &control); err != nil {
			return err
		}
		if len(control.Rows) > 0 {
			c.in.Controls = append(c.in.Controls, control)
		}
	}
	return nil
}

// unguarded are the scenarios that declare the control and have primary rows, but
// none of the control.
func (c *collector) unguarded(run *load.Run, control Control) []string {
	var names []string
	for _, s := range run.Manifest.Scenarios {
		declared := slices.ContainsFunc(s.Variants, func(v results.Variant) bool { return v.Name == control.Head && v.AAOf == control.Base })
		of := func(r Row) bool { return scenarioOf(r.Name) == s.Name }
		if declared && slices.ContainsFunc(c.in.Rows, of) && !slices.ContainsFunc(control.Rows, of) {
			names = append(names, s.Name)
		}
	}
	return names
}

// fill adds the rows that the input has for a control.
func (c *collector) fill(s load.Source, control *Control) error {
	if !c.variants[control.Base] || !c.variants[control.Head] {
		return nil
	}
	table, err := compare.Collect([]load.Source{s}, compare.Options{Base: control.Base, Head: control.Head})
	switch {
	case errors.Is(err, compare.ErrNothing):
		return nil // an input without this control
	case err != nil:
		return fmt.Errorf("control %s: %w", control.Head, err)
	}
	for _, r := range c.primary(table.Rows) {
		if len(r.Base.Values) == 0 || len(r.Head.Values) == 0 || few(r) > 0 || r.Better == units.Unknown {
			continue
		}
		control.Rows = append(control.Rows, c.row(r, true))
	}
	return nil
}
