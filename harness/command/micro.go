package command

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/micro"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/results"
)

// microOptions are the flags of `harness micro`.
type microOptions struct {
	out       string
	blocks    int
	variants  []string
	benchtime string
	bench     string
	seed      uint64
	seedGiven bool
}

func microCommand() *cobra.Command {
	var o microOptions
	c := &cobra.Command{
		Use:   "micro [PKG...]",
		Short: "Run Go benchmarks in interleaved blocks, in Go benchmark format",
		Long: `Run the Go benchmarks of packages (default ./...), each once a block, so that the
variants given by --variant meet the same moments of the machine. The k-th
result of a name is that of block k. A bundle that has some blocks gets those
that are lacking, if they are made as these were.`,
		Example: `  harness micro ./server/... > new.txt
  harness micro --variant base=../base --variant head=. --out results/runs/check ./server/...`,
		RunE: func(c *cobra.Command, pkgs []string) error {
			o.seedGiven = c.Flags().Changed("seed")
			return runMicro(c.Context(), &o, pkgs, c)
		},
	}
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "`BUNDLE` that gets the results as micro.txt (default: print them)")
	f.IntVar(&o.blocks, "blocks", 10, "number of blocks")
	f.StringArrayVar(&o.variants, "variant", nil, "`NAME=DIR` of a source tree to compare (repeatable; default: the current directory)")
	f.StringVar(&o.bench, "bench", ".", "run only benchmarks that match `REGEXP`")
	f.StringVar(&o.benchtime, "benchtime", "1s", "time or count of every benchmark, as for go test")
	f.Uint64Var(&o.seed, "seed", 0, "seed of the order (default: the bundle's, else drawn)")
	return c
}

func runMicro(ctx context.Context, o *microOptions, pkgs []string, c *cobra.Command) error {
	variants, err := microVariants(o.variants)
	if err != nil {
		return err
	}
	if o.blocks < 1 {
		return program.Usagef("--blocks %d: want 1 or more", o.blocks)
	}
	if len(pkgs) == 0 {
		pkgs = []string{"./..."}
	}
	made := microMade(o, variants, pkgs)
	var had microResults
	if o.out != "" {
		if had, err = readMicro(o, variants, &made); err != nil {
			return err
		}
		if had.blocks == o.blocks { // as a run that is gone on with when it is whole
			newDisplay(c.ErrOrStderr(), true).line("--out %s holds %s already: nothing is left to do", o.out, count(had.blocks, "block"))
			return nil
		}
	}
	release, err := host.Lock()
	if err != nil {
		return err
	}
	defer release()
	d := newDisplay(c.ErrOrStderr(), true)
	suite, err := micro.New(ctx, micro.Spec{Variants: variants, Packages: pkgs, Bench: o.bench, Benchtime: o.benchtime})
	if err != nil {
		return err
	}
	defer suite.Close()
	done := had.text
	keep := func() error {
		switch {
		case len(done) == len(had.text):
			return nil
		case o.out == "":
			_, err := c.OutOrStdout().Write(done)
			return err
		case had.blocks == 0:
			if err := results.RecordMicro(o.out, made); err != nil {
				return err
			}
		}
		return results.AddMicro(o.out, done)
	}
	for i, b := range microPlan(variants, o.blocks, made.Seed)[had.blocks:] {
		if i == 0 || b.layouts != nil {
			err = suite.Link(ctx, b.layouts)
		}
		if i == 0 && err == nil {
			d.line("%s in %s, %s", count(suite.Benchmarks(), "benchmark"), count(len(variants), "variant"), count(o.blocks, "block"))
		}
		var text []byte
		if err == nil {
			text, err = suite.Block(ctx, b.order)
		}
		if err == nil {
			err = had.sameRows(o, text, i == 0 && had.blocks > 0)
		}
		if err != nil {
			return errors.Join(err, keep())
		}
		done = append(done, text...)
		d.line("block %d of %d done", b.number, o.blocks)
	}
	return keep()
}

func microVariants(flags []string) ([]micro.Variant, error) {
	if len(flags) == 0 {
		return []micro.Variant{{Dir: "."}}, nil
	}
	var all []micro.Variant
	seen := map[string]bool{}
	for _, f := range flags {
		name, dir, ok := strings.Cut(f, "=")
		if !ok || name == "" || dir == "" {
			return nil, program.Usagef("--variant %s: want NAME=DIR, like base=../base", f)
		}
		if strings.ContainsAny(name, "/= \t-") {
			return nil, program.Usagef("--variant %s: a name in a benchmark's name holds no /, =, - or space", f)
		}
		if seen[name] {
			return nil, program.Usagef("--variant %s: a second variant of that name", f)
		}
		seen[name] = true
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, program.Usagef("--variant %s: %s is no folder", f, dir)
		}
		all = append(all, micro.Variant{Name: name, Dir: dir})
	}
	return all, nil
}
