package benchbisect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/perfbisect"
	"github.com/assay-bench/assay/internal/inpage"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// part is the place of the table in a page.
const part = "bisect"

// slower is what the slow commit loses.
const slower = 0.1

// Command returns the command `assay bench-bisect`. analysis makes the commands of the
// analysis, whose gate judges the simulated searches.
func Command(analysis func() []*cobra.Command) *cobra.Command {
	b := &bench{analysis: analysis}
	cmd := &cobra.Command{
		Use:   "bench-bisect",
		Short: "Measure how well perf-bisect finds a slow commit, in histories that are known",
		Long: `Measure how well perf-bisect finds a slow commit: searches of made histories of 12
commits, one of which is 10 % slower. Half of the real ones are searched by Go
benchmarks, half by a short HTTP scenario; the simulated ones draw measurements with a
coefficient of variation of 3 % and of 5 %, and have the gate judge them.

Finished searches are recorded and not made again, so an interrupted command goes on
where it was. A real search takes 5 to 15 minutes on a quiet machine.

Exit status: 0 done; 1 a search could not be made; 2 usage; 130 interrupted.`,
		Example: `  assay bench-bisect --simulated 1000 --real 0
  assay bench-bisect --into analysis/EXPLAIN.md`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if b.real < 0 || b.simulated < 0 {
				return usage.Errorf("want 0 or more searches, not --real %d --simulated %d", b.real, b.simulated)
			}
			return b.run(cmd)
		},
	}
	f := cmd.Flags()
	f.StringVar(&b.from, "records", "results/bisect", "`DIR` of the records")
	f.StringVar(&b.work, "runs", "results/runs/bisect", "`DIR` for the real searches while they are made")
	f.IntVar(&b.real, "real", 10, "`number` of real searches, half of either kind")
	f.IntVar(&b.simulated, "simulated", 300, "`number` of simulated searches of each kind")
	f.StringVar(&b.foreign, "foreign-limit", "", "`SHARE` of a CPU that other programs may take, for real searches by a scenario")
	f.StringVar(&b.into, "into", "", "Markdown `file` that gets the table between its markers; else it is printed")
	return cmd
}

// bench is a series of searches.
type bench struct {
	from, work, into, foreign string
	real, simulated           int
	analysis                  func() []*cobra.Command

	child  *child.Runner
	self   string
	stderr io.Writer
	records
}

// say writes a line of progress to stderr.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, "bench-bisect: "+format+"\n", args...)
}

// run makes the missing searches, and then the table. An interrupt ends with status 130,
// so that scripts stop too.
func (b *bench) run(cmd *cobra.Command) error {
	ctx, signals := child.Catch(context.WithoutCancel(cmd.Context()))
	defer signals.Release()
	b.child, b.stderr = &child.Runner{Again: signals.Again()}, cmd.ErrOrStderr()
	var err error
	if b.self, err = child.Self(); err != nil {
		return err
	}
	if err := b.measure(ctx); err != nil {
		var signal *child.Interrupted
		if errors.As(context.Cause(ctx), &signal) {
			b.say("interrupted; start it again to go on")
			return &program.Status{Code: 130}
		}
		return err
	}
	if b.into == "" {
		_, err := io.WriteString(cmd.OutOrStdout(), b.markdown())
		return err
	}
	return inpage.Files{Read: results.ReadRegular, Write: results.WriteFile}.Replace(b.into, part, b.markdown())
}

// measure makes the searches that are missing. Simulated searches come first, because
// they need no quiet machine. Both kinds of real ones alternate, so that an interrupted
// series has as many of either.
func (b *bench) measure(ctx context.Context) error {
	kept, err := readRecords(b.from)
	if err != nil {
		return usage.Mark(err)
	}
	b.records = *kept
	for number := 1; number <= b.simulated; number++ {
		for _, err := range []error{b.simulate(ctx, calm, 0.03, number), b.simulate(ctx, noisy, 0.05, number)} {
			if err != nil {
				return err
			}
		}
	}
	for i := range b.real {
		kind := []string{byBenchmarks, byScenario}[i%2]
		if err := b.search(ctx, kind, 1+i/2); err != nil {
			return err
		}
	}
	return nil
}

// simulate makes a simulated search. The number of the search is its seed.
func (b *bench) simulate(ctx context.Context, kind string, cv float64, number int) error {
	if b.has(kind, number) {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	temp, err := os.MkdirTemp("", "bench-bisect-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	s := perfbisect.Simulation{Commits: commits, CV: cv, Slower: slower, Seed: uint64(number), Temp: temp, Analysis: b.analysis}
	got, err := s.Run(ctx)
	if err != nil {
		return err
	}
	if number%10 == 0 {
		b.say("%s: search %d", kind, number)
	}
	return b.add(record{kind, number, got.Outcome, got.Right, got.Checks})
}

// flagsOf are those of perf-bisect for a kind of search.
func flagsOf(kind string) []string {
	if kind == byBenchmarks {
		return []string{"--micro=./...", "--benchtime=100ms"}
	}
	return []string{"--scenarios=perf/short.yaml"}
}

// search makes a real search. The repository is made anew, byte for byte as before, so
// that an interrupted search can go on with its checks.
func (b *bench) search(ctx context.Context, kind string, number int) error {
	if b.has(kind, number) {
		return nil
	}
	b.say("%s: search %d", kind, number)
	dir, err := filepath.Abs(filepath.Join(b.work, fmt.Sprintf("%d-%02d", slices.Index(kinds, kind), number)))
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, "repository")); err != nil {
		return err
	}
	m, err := build(ctx, b.child, filepath.Join(dir, "repository"), number, commits)
	if err != nil {
		return err
	}
	one, err := b.bisect(ctx, m, filepath.Join(dir, "search"), kind)
	if err != nil {
		return err
	}
	one.Number = number
	return b.add(one)
}

// bisect runs perf-bisect on a repository. A search that found nothing, or could not
// tell, is a result; wrong usage is an error.
func (b *bench) bisect(ctx context.Context, m made, out, kind string) (record, error) {
	flags := flagsOf(kind)
	if b.foreign != "" {
		flags = append(flags, "--foreign-limit="+b.foreign)
	}
	args := slices.Concat([]string{"perf-bisect", "--repo", m.dir, "--out", out}, flags, []string{m.good, m.bad})
	cmd := exec.Command(b.self, args...)
	cmd.Args[0] = "assay"
	cmd.Stdout, cmd.Stderr = b.stderr, b.stderr
	failure := b.child.Run(ctx, cmd)
	if ctx.Err() != nil {
		return record{}, failure
	}
	if child.Status(failure) == program.Wrong {
		return record{}, fmt.Errorf("assay perf-bisect: %w", failure)
	}
	kept, err := perfbisect.ReadAnswer(out)
	if err != nil {
		return record{}, err
	}
	return record{Kind: kind, Outcome: kept.Outcome, Right: slices.Contains(kept.Suspects, m.slow), Checks: kept.Checks}, nil
}
