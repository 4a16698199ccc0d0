package command

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/launch"
	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/internal/usage"
)

// workerCommand is the part of a run on another host. Engines start it; people do not,
// so it is not listed. It returns when the run is over, and an error if it was lost.
func workerCommand() *cobra.Command {
	var seat, config string
	c := &cobra.Command{
		Use:   "worker",
		Short: "Take part in a run on several hosts; started by run --on",
		Long: `Take part in a run on several hosts. An engine starts workers (see run --on); people
do not. The worker reads from its standard input how to reach the run, and ends, with
everything that it started, when that input ends or the run cannot be reached. With
--config it reads that from a file, which no other user may be able to read.`,
		Example: `  assay run --on local --generators 2 scenarios/steady-open.yaml`,
		Hidden:  true,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if seat == "" {
				return usage.Errorf("worker: no --seat: workers are started by `run --on`")
			}
			seat, node, err := launch.Seat(seat, os.Getenv)
			if err != nil {
				return err
			}
			w := &work.Worker{Seat: seat, Node: node, Load: campaign.Shipped, Lock: host.Lock}
			if config == "" {
				return serveRun(c.Context(), w, c.InOrStdin())
			}
			if w.Config, err = work.ReadConfigFile(config); err != nil {
				return err
			}
			return follow(c.Context(), w)
		},
	}
	c.Flags().StringVar(&seat, "seat", "", "`NAME` of the seat to take; of several, NAME,… or NAME@NODE,…, the engine says which")
	c.Flags().StringVar(&config, "config", "", "`FILE` that says how to reach the run (default: standard input)")
	return c
}

// serveRun takes a seat of a run until the run is over, or the input ends. The
// configuration comes first in the input; whatever follows is ignored. The end of the
// input ends the worker, because it means that the process which started the worker is
// gone.
func serveRun(ctx context.Context, w *work.Worker, in io.Reader) (err error) {
	if w.Config, err = work.ReadConfig(in); err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() {
		_, _ = io.Copy(io.Discard, in)
		end(work.ErrInput)
	}()
	return follow(ctx, w)
}

// follow takes a seat of a run until the run is over. Every process that the worker
// started has ended when it returns. The coordinator refuses a worker of another build.
func follow(ctx context.Context, w *work.Worker) (err error) {
	if w.Build, err = work.Build(); err != nil {
		return err
	}
	return w.Run(ctx)
}
