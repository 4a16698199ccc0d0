package command

import (
	"os"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/internal/usage"
)

// runCommand measures scenarios. What can go wrong goes wrong before the first trial:
// files, flags, the folder, the machine's lock. Its status is 0 if every planned block
// was measured. A void block is repeated; if too many are void, the run fails and keeps
// the blocks that it has.
func runCommand() *cobra.Command {
	var o campaign.Options
	c := &cobra.Command{
		Use:   "run FILE...",
		Short: "Run scenarios in interleaved blocks and record the trials in a bundle",
		Long: `Run scenarios and record the trials in a bundle, a folder that holds everything
about the run.

Every trial starts its server afresh. A block holds one trial of every variant, in
a balanced order drawn from the seed. Each finished trial is on disk before the
next one starts: Ctrl-C keeps all of them, and --resume continues a run that was
stopped.

A block that other programs disturbed is void and is repeated; the message names the
programs. On a machine that is busy now and then, --wait-quiet waits for it.`,
		Example: `  assay run scenarios/steady-open.yaml
  assay run --out /tmp/run --seed 42 --blocks 20 scenarios/*.yaml`,
		Args: someFiles,
		RunE: func(c *cobra.Command, args []string) error {
			if err := complete(c, &o, args); err != nil {
				return err
			}
			if o.Quiet < 0 {
				return usage.Errorf("--wait-quiet %v: want a duration of 0 or more, like 10m", o.Quiet)
			}
			// The default of the option is 0, which asks for no profiles, so the flag
			// counts by its presence.
			if c.Flags().Changed("profile") {
				if err := takeNumber(&o); err != nil {
					return err
				}
			}
			return campaign.Run(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	hostFlags(c, &o.Hosts)
	inputFlags(c, &o.Inputs)
	bundleFlags(c, &o)
	f := c.Flags()
	f.BoolVar(&o.Resume, "resume", false, "continue the bundle in --out; of the options only --blocks and --profile may change, and only grow")
	foreignFlag(f, &o.Foreign)
	f.DurationVar(&o.Quiet, "wait-quiet", 0, "before each block wait until the machine is quiet, at most `D` in all")
	f.IntVar(&o.Profile, "profile", 0, "after the measured blocks, make `N` more in which the servers are profiled, for `assay explain`; 6 or more for conclusions")
	f.Lookup("profile").NoOptDefVal = strconv.Itoa(campaign.DefaultProfile)
	f.BoolVar(&o.Plain, "no-progress", false, "print plain lines instead of a progress bar")
	return c
}

// takeNumber makes `--profile 6 FILE` mean what `--profile=6 FILE` means. The value of
// the flag may be left out, so that the parser takes a number after a blank for a file.
func takeNumber(o *campaign.Options) error {
	if o.Profile < 1 {
		return usage.Errorf("--profile=%d: want 1 or more blocks, 6 or more for conclusions", o.Profile)
	}
	for i, name := range o.Files {
		n, err := strconv.Atoi(name)
		if err != nil || n < 1 {
			continue
		}
		if _, err := os.Stat(name); err == nil {
			continue // a scenario file with such a name
		}
		o.Profile, o.Files = n, slices.Concat(o.Files[:i], o.Files[i+1:])
		break
	}
	if len(o.Files) == 0 {
		return usage.Errorf("want a scenario file; `assay init` writes a first one")
	}
	return nil
}
