package command

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/internal/usage"
)

// workerCommand is the part of a run on another host. Engines start it; people do not, so
// it is not listed.
func workerCommand() *cobra.Command {
	var seat string
	c := &cobra.Command{
		Use:   "worker",
		Short: "Take part in a run on several hosts; started by run --on",
		Long: `Take part in a run on several hosts. An engine starts workers (see run --on); people
do not. The worker reads from its standard input how to reach the run, and ends, with
everything that it started, when that input ends or the run cannot be reached.`,
		Example: `  assay run --on local --generators 2 scenarios/steady-open.yaml`,
		Hidden:  true,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if seat == "" {
				return usage.Errorf("worker: no --seat: workers are started by `run --on`")
			}
			return serveRun(c.Context(), seat, c.InOrStdin())
		},
	}
	c.Flags().StringVar(&seat, "seat", "", "`NAME` of the seat to take")
	return c
}

// serveRun takes a seat of a run until the run is over.
func serveRun(ctx context.Context, seat string, in io.Reader) error {
	config, err := work.ReadConfig(in)
	if err != nil {
		return err
	}
	build, err := work.Build()
	if err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() {
		_, _ = io.Copy(io.Discard, in)
		end(work.ErrInput)
	}()
	return (&work.Worker{Config: config, Seat: seat, Build: build, Load: campaign.Shipped, Lock: host.Lock}).Run(ctx)
}
