package self

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

// Bench says what is compared, and where.
type Bench struct {
	Servers            knownanswer.Place // one CPU for servers, and one for this process and every tool
	Vegeta, Wrk, Nginx string            // programs
	Rounds             int               // how often everything is measured
	Only               []string          // names of sections; empty: all
	Progress           io.Writer         // gets a word for every section

	short bool // for tests, which check that everything works and need no good figures
}

// window returns how long a load lasts: d, or less in tests.
func (b *Bench) window(d time.Duration) time.Duration {
	if b.short {
		return min(d, time.Second) // the shortest that wrk knows
	}
	return d
}

// section measures some rows of the table.
type section struct {
	name string
	once bool // measured once, after the rounds, because it takes long and varies little
	// measure measures one round. It only adds to the figures when the whole round
	// has succeeded, so that the figures of a round belong together.
	measure func(ctx context.Context, b *Bench, f *Figures, round int) error
	// has tells whether there are figures, and rows shows them.
	has  func(*Figures) bool
	rows func(*Figures) []row
	// uses lists the programs that the section needs besides Assay.
	uses []tool
}

// sections are in the order of the table.
func sections() []section {
	all := costSections()
	return append(all, targetsSection(), flowsSection(), rateSection(), lagSection(), stallSection(), speedSection(), shapesSection(),
		memorySection(), connectionsSection(), booksSection())
}

// Names returns the names of the sections that can be measured, for Bench.Only.
func Names() (names []string) {
	for _, s := range sections() {
		if s.measure != nil {
			names = append(names, s.name)
		}
	}
	return names
}

// chosen returns the sections that have to be measured.
func (b *Bench) chosen() (all []section, err error) {
	names := Names()
	for _, name := range b.Only {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("there is no row %q: the rows are %s", name, strings.Join(names, ", "))
		}
	}
	for _, s := range sections() {
		if s.measure != nil && (len(b.Only) == 0 || slices.Contains(b.Only, s.name)) {
			all = append(all, s)
		}
	}
	return all, nil
}

// Run measures what is chosen. A section that fails in a round has no figures of that
// round, and the others go on: Figures.Failures tells. If ctx ends, Run returns what
// was measured until then beside the error.
func (b *Bench) Run(ctx context.Context) (*Figures, error) {
	chosen, err := b.chosen()
	if err != nil {
		return nil, err
	}
	f := &Figures{Host: host.Facts(b.Servers.Placement), Costs: map[string][]costRound{}, Steal: map[string][]float64{}}
	// A round measures every section once, so that slow and fast moments of the machine
	// meet all tools alike.
	for round := range b.Rounds {
		fmt.Fprintf(b.Progress, "round %d of %d:", round+1, b.Rounds)
		if err := b.each(ctx, f, chosen, round, false); err != nil {
			return f, err
		}
		f.Rounds++
	}
	fmt.Fprint(b.Progress, "once:")
	return f, b.each(ctx, f, chosen, 0, true)
}

// each measures the sections of a round, or those that are measured once.
func (b *Bench) each(ctx context.Context, f *Figures, chosen []section, round int, once bool) error {
	defer fmt.Fprintln(b.Progress)
	for _, s := range chosen {
		if s.once != once {
			continue
		}
		fmt.Fprintf(b.Progress, " %s", s.name)
		// What a hypervisor took is kept by section: a bar that was missed while it
		// took CPU time says nothing of the generator.
		watch := host.Begin(b.Servers.Placement)
		if err := s.measure(ctx, b, f, round); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			fmt.Fprint(b.Progress, " (failed)")
			f.Failures = append(f.Failures, fmt.Sprintf("round %d, %s: %v", round+1, s.name, err))
			continue
		}
		if steal := watch.End(-1, 0).Steal; steal != nil {
			f.Steal[s.name] = append(f.Steal[s.name], *steal)
		}
	}
	return nil
}

// inTurn calls every function once, and begins with another one in each round.
func inTurn(round int, all ...func() error) error {
	// Whoever runs first meets colder caches and a clock that may still rise, so the
	// order turns from round to round.
	for i := range all {
		if err := all[(i+round)%len(all)](); err != nil {
			return err
		}
	}
	return nil
}
