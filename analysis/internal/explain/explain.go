package explain

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// Run explains the difference between two variants of a bundle. The error says what the
// bundle lacks.
func Run(run *load.Run, base, head string) (*Report, error) {
	if err := check(run, base, head); err != nil {
		return nil, err
	}
	r := &Report{Bundle: run.Label(), Base: base, Head: head, Environment: environment(run, base, head)}
	sections, err := collect(run, base, head)
	if err != nil {
		return nil, err
	}
	judgeAll(sections)
	for _, s := range sections {
		r.Sections = append(r.Sections, s.decide())
	}
	return r, nil
}

// environment names what differs and is no code: what load knows, and the parameters of
// the variants, which may be all that differs.
func environment(run *load.Run, base, head string) []string {
	all := append([]string{}, load.Environment([]load.Source{run}, base, head)...)
	for _, s := range run.Manifest.Scenarios {
		var params [2]map[string]string
		for _, v := range s.Variants {
			switch v.Name {
			case base:
				params[atBase] = v.Params
			case head:
				params[atHead] = v.Params
			}
		}
		keys := map[string]string{}
		maps.Copy(keys, params[atBase])
		maps.Copy(keys, params[atHead])
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			was, now := params[atBase][key], params[atHead][key]
			line := fmt.Sprintf("parameter %s: %q, head %q", key, was, now)
			if was != now && !slices.Contains(all, line) {
				all = append(all, line)
			}
		}
	}
	return all
}

// check finds what can be told without reading a profile.
func check(run *load.Run, base, head string) error {
	if base == "" || head == "" {
		return fmt.Errorf("%w: explain needs --base and --head, two variants of the bundle", compare.ErrUsage)
	}
	if base == head {
		return fmt.Errorf("%w: base and head are both %q", compare.ErrUsage, base)
	}
	var known []string
	for _, s := range run.Manifest.Scenarios {
		for _, v := range s.Variants {
			if !slices.Contains(known, v.Name) {
				known = append(known, v.Name)
			}
		}
	}
	for _, v := range []string{base, head} {
		if !slices.Contains(known, v) {
			return fmt.Errorf("%w: %s has no variant %q; it has %s", compare.ErrUsage, run.Label(), v, strings.Join(known, ", "))
		}
	}
	if len(run.Profiled) == 0 {
		return fmt.Errorf("%s has no profiled trials: make them with `assay run --resume --out %s --profile FILE...`; the scenario needs server.profile", run.Label(), plain.Shell(run.Label()))
	}
	return nil
}

// place is what is compared by itself.
type place struct {
	scenario, cell, server string
}

// collect reads the profiles of both variants, by scenario, cell and server.
func collect(run *load.Run, base, head string) ([]*section, error) {
	var order []place
	profiled, measured := map[place][]results.Trial{}, map[place][]results.Trial{}
	sideOf := func(t *results.Trial) (side, bool) {
		switch t.Variant {
		case base:
			return atBase, true
		case head:
			return atHead, true
		}
		return 0, false
	}
	sort := func(trials []results.Trial, into map[place][]results.Trial) {
		for _, t := range trials {
			if _, ok := sideOf(&t); !ok {
				continue
			}
			for _, s := range t.Servers {
				p := place{t.Scenario, cellOf(t.Matrix), s.Name}
				into[p] = append(into[p], t)
			}
		}
	}
	sort(run.ValidProfiled(), profiled)
	sort(run.Valid(), measured)
	for p := range profiled {
		order = append(order, p)
	}
	slices.SortFunc(order, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.scenario, b.scenario), cmp.Compare(a.cell, b.cell), cmp.Compare(a.server, b.server))
	})
	sidesOf := func(trials []results.Trial) (sides []side) {
		for i := range trials {
			s, _ := sideOf(&trials[i])
			sides = append(sides, s)
		}
		return sides
	}
	var all []*section
	for _, p := range order {
		trials := profiled[p]
		s := &section{scenario: p.scenario, matrix: trials[0].Matrix, server: p.server, index: newIndex()}
		observed, err := readTrials(run, trials, sidesOf(trials), p.server)
		if err != nil {
			return nil, err
		}
		s.trials = observed
		if s.merge(); s.tables[cpuMetric] == nil {
			continue // a server that is not profiled, beside one that is
		}
		s.phases = timeOf(run.Manifest, measured[p], sidesOf(measured[p]), p.server)
		s.use = costOf(run.Manifest, measured[p], trials, p.server)
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, errors.New(run.Label() + " has no profiled block with a valid trial of both " + base + " and " + head + " that was answered")
	}
	return all, nil
}

// merge gives all functions of the section common numbers, those of head last, and makes
// the tables.
func (s *section) merge() {
	for _, at := range []side{atBase, atHead} {
		for _, o := range s.trials {
			if o.side != at {
				continue
			}
			for _, kind := range slices.Sorted(maps.Keys(o.of)) {
				s.index.merge(o.of[kind])
			}
		}
	}
	for m := range metrics {
		s.tables[m] = s.tabulate(m)
	}
}

// judgeAll decides the verdicts of all rows, by family.
func judgeAll(sections []*section) {
	for m := range metrics {
		// Functions alone are many, and few of them are ever the answer: they are a family
		// of their own, so that they cost the others no power.
		var alone, family []*Row
		for _, s := range sections {
			t := s.tables[m]
			if t == nil {
				continue
			}
			family = append(family, t.total)
			for _, r := range t.rows {
				if r.Counts == CountsFlat {
					alone = append(alone, r)
				} else {
					family = append(family, r)
				}
			}
		}
		judge(family)
		judge(alone)
	}
	// Parts and endpoints share the requests that they are measured by.
	var times []*Row
	for _, s := range sections {
		times = slices.Concat(times, s.phases.parts, s.phases.endpoints)
		if s.phases.service != nil {
			times = append(times, s.phases.service)
		}
	}
	judge(times)
}

// cellOf names a combination of matrix values.
func cellOf(matrix map[string]string) string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(matrix)) {
		all = append(all, k+"="+matrix[k])
	}
	return strings.Join(all, ", ")
}
