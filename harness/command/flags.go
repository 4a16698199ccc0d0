package command

import (
	"math/rand/v2"
	"os"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/internal/version"
)

// inputFlags adds the flags of commands that take scenario files. The files themselves
// are arguments, which the command takes.
func inputFlags(c *cobra.Command, in *campaign.Inputs) {
	f := c.Flags()
	remoteFlag(c, &in.AllowRemote)
	f.IntVar(&in.Blocks, "blocks", 0, "number of blocks (default: as each scenario says)")
	f.StringVar(&in.Only, "only", "", "run only `SCENARIO[/VARIANT]`; both may be globs")
	f.BoolVar(&in.Quick, "quick", false, "3 blocks with windows of at most 2 s; the bundle is marked as quick")
}

// hostFlags adds the flags of a run on several hosts. Without --on, all others are
// wrong.
func hostFlags(c *cobra.Command, h *campaign.Hosts) {
	f := c.Flags()
	f.StringVar(&h.On, "on", "", "run on several hosts, by `ENGINE`: local (processes here, to try), ssh, slurm, kubernetes")
	f.IntVar(&h.Generators, "generators", 0, "how many generators share every load (default: 1, or the nodes that --host generators= names)")
	f.StringVar(&h.ServerOn, "server-on", "", "`NODE` of the servers")
	f.StringArrayVar(&h.Nodes, "host", nil, "`NAME=NODE`: where the servers stand whose host: is NAME; generators=NODE,… for the generators (repeatable)")
	f.StringVar(&h.Listen, "listen", "", "`HOST[:PORT]` at which the nodes reach this process (default: the first address of this machine)")
	f.StringVar(&h.Worker, "worker", "", "`PATH` of this program on the nodes (default: the same as here; in an image /assay)")
	f.StringVar(&h.Image, "image", "", "`NAME` of the image of pods, which holds this program and the servers' (default: that of the pod in which this process runs)")
	f.StringVar(&h.Namespace, "namespace", "", "`NAME` of the namespace of pods (default: that of kubectl's context)")
	f.StringArrayVar(&h.Resources, "resources", nil, "`NAME=CPU,MEMORY` of a pod, requested and the limit; NAME as for --host (default: 1,1Gi; repeatable)")
}

// remoteFlag adds the flag that permits an attack on another machine. It wants the host
// by name, so that a permission never covers more than was meant.
func remoteFlag(c *cobra.Command, hosts *[]string) {
	c.Flags().StringArrayVar(hosts, "allow-remote", nil, "`HOST` beyond loopback that may be attacked (repeatable)")
}

// bundleFlags adds the flags of commands that make a bundle. The seed is filled in by
// [complete], since 0 is a seed that somebody may choose.
func bundleFlags(c *cobra.Command, o *campaign.Options) {
	c.Flags().StringVar(&o.Out, "out", "", "`DIR` of the bundle (default: a folder in results/runs/ named after the time)")
	c.Flags().Uint64Var(&o.Seed, "seed", 0, "seed of the run, 0 … 2⁶³−1 (default: drawn at random and recorded)")
}

// complete fills in the options that are not flags. It is called once, before the
// options are used. The error is wrong usage.
func complete(c *cobra.Command, o *campaign.Options, files []string) (err error) {
	o.Files = files
	o.Tool, o.Command = "assay harness "+version.Source(), os.Args
	o.SeedGiven, err = seed(c, &o.Seed)
	return err
}

// seed checks the flag --seed, or draws a value if the flag was not given. given tells a
// seed that was chosen from one that was drawn: only a chosen one must be that of a
// bundle which is continued.
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

// drawSeed draws a seed that fits into a signed number, which most programs that read
// JSON have.
func drawSeed() uint64 { return rand.Uint64() >> 1 }
