package command

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/micro"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/internal/version"
)

// microCommand interleaves what go test would run one after the other. The order of the
// variants differs between blocks. The results are printed, or go into a bundle.
func microCommand() *cobra.Command {
	var o micro.Options
	var variants []string
	c := &cobra.Command{
		Use:   "micro [PKG...]",
		Short: "Run Go benchmarks in interleaved blocks, in Go benchmark format",
		Long: `Run the Go benchmarks of packages (default ./...), each once per block, so that
slow and fast moments of the machine affect all variants given by --variant alike.
The k-th result of a benchmark belongs to block k. If the bundle already has some
blocks, only the missing ones are added, provided that they are made in the same way.
A folder without a bundle becomes one that holds Go benchmarks alone.`,
		Example: `  assay micro ./server/... > new.txt
  assay micro --variant base=../base --variant head=. --out results/runs/check ./server/...`,
		RunE: func(c *cobra.Command, pkgs []string) error {
			var err error
			if o.SeedGiven, err = seed(c, &o.Seed); err != nil {
				return err
			}
			if o.Variants, err = microVariants(variants); err != nil {
				return err
			}
			if o.Packages = pkgs; len(pkgs) == 0 {
				o.Packages = []string{"./..."}
			}
			o.Tool, o.Command = "assay harness "+version.Source(), os.Args
			return micro.Run(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.Out, "out", "", "`BUNDLE` that gets the results as micro.txt, and is made if there is none (default: print them)")
	f.IntVar(&o.Blocks, "blocks", scenario.DefaultBlocks, "number of blocks")
	f.StringArrayVar(&variants, "variant", nil, "`NAME=DIR` of a source tree to compare (repeatable; default: the current directory)")
	f.StringVar(&o.Bench, "bench", ".", "run only benchmarks that match `REGEXP`")
	f.StringVar(&o.Benchtime, "benchtime", "1s", "time or number of iterations of every benchmark, as for go test")
	f.Uint64Var(&o.Seed, "seed", 0, "seed of the order (default: that of the bundle, else drawn at random)")
	return c
}

// microVariants parses the values of --variant. Without any, the current folder is a
// variant without a name, and nothing is compared. Names and folders are checked before
// anything is built.
func microVariants(flags []string) ([]micro.Variant, error) {
	if len(flags) == 0 {
		return []micro.Variant{{Dir: "."}}, nil
	}
	var all []micro.Variant
	seen := map[string]bool{}
	for _, f := range flags {
		name, dir, ok := strings.Cut(f, "=")
		if !ok || name == "" || dir == "" {
			return nil, usage.Errorf("--variant %s: want NAME=DIR, like base=../base", f)
		}
		if strings.ContainsAny(name, "/= \t-") {
			return nil, usage.Errorf("--variant %s: the name must not contain /, =, - or a space, because it becomes a part of benchmark names", f)
		}
		if seen[name] {
			return nil, usage.Errorf("--variant %s: a second variant of that name", f)
		}
		seen[name] = true
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, usage.Errorf("--variant %s: %s is not a folder", f, dir)
		}
		all = append(all, micro.Variant{Name: name, Dir: dir})
	}
	return all, nil
}
