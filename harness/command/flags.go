package command

import (
	"math/rand/v2"
	"os"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/internal/version"
)

// inputFlags are the flags of commands that take scenario files.
func inputFlags(c *cobra.Command, in *campaign.Inputs) {
	f := c.Flags()
	remoteFlag(c, &in.AllowRemote)
	f.IntVar(&in.Blocks, "blocks", 0, "number of blocks (default: the scenarios' own)")
	f.StringVar(&in.Only, "only", "", "run only `SCENARIO[/VARIANT]`; both may be globs")
	f.BoolVar(&in.Quick, "quick", false, "3 blocks, windows cut to 2 s; the bundle is marked so")
}

func remoteFlag(c *cobra.Command, hosts *[]string) {
	c.Flags().StringArrayVar(hosts, "allow-remote", nil, "`HOST` beyond loopback that may be attacked (repeatable)")
}

// bundleFlags are the flags of commands that make a bundle.
func bundleFlags(c *cobra.Command, o *campaign.Options) {
	c.Flags().StringVar(&o.Out, "out", "", "`DIR` of the bundle (default: results/runs/ and the time)")
	c.Flags().Uint64Var(&o.Seed, "seed", 0, "seed of the run, 0 … 2⁶³−1 (default: drawn, and recorded)")
}

// complete adds to the options what is no flag.
func complete(c *cobra.Command, o *campaign.Options, files []string) (err error) {
	o.Files = files
	o.Tool, o.Command = "assay harness "+version.Source(), os.Args
	o.SeedGiven, err = seed(c, &o.Seed)
	return err
}

// seed checks the flag of that name, or draws a value where it was not given.
func seed(c *cobra.Command, value *uint64) (given bool, err error) {
	switch {
	case !c.Flags().Changed("seed"):
		*value = drawSeed()
	case *value>>63 != 0:
		return true, usage.Errorf("--seed %d: want 0 … 2⁶³−1", *value)
	default:
		given = true
	}
	return given, nil
}

func drawSeed() uint64 { return rand.Uint64() >> 1 }
