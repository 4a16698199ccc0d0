package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/adhoc"
)

func attackCommand() *cobra.Command {
	var o adhoc.Options
	c := &cobra.Command{
		Use:   "attack",
		Short: "Compare the built-in patterns, or load a URL, once and without a file",
		Long: `Load the built-in server in each pattern, or a server that already runs, once.

It is a first look: one trial each, one after the other, no warm-up, no interval.
Write a scenario to conclude anything.`,
		Example: `  assay attack --concurrency 100 --requests 1000
  assay attack --url http://127.0.0.1:9090/items --rate 500 --duration 10s --json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("duration") && !c.Flags().Changed("requests") {
				o.Requests = 0
			}
			o.Seed = drawSeed()
			return adhoc.Run(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.URL, "url", "", "load this `URL`, which is already served, instead of the built-in server")
	f.BoolVar(&o.Insecure, "insecure", false, "accept whatever certificate the server at an https URL shows")
	f.StringVar(&o.CA, "ca", "", "PEM `file` with the certificates to trust at an https URL instead of the system's")
	f.StringVar(&o.Pattern, "pattern", "all", "pattern of the built-in server, or several with commas; all: "+strings.Join(adhoc.ArticlePatterns, ", "))
	f.IntVar(&o.Concurrency, "concurrency", 100, "closed loop: number of clients; open loop: most connections")
	f.IntVar(&o.Requests, "requests", 1000, "closed loop: number of requests; 0: no limit, by --duration (and so if only that is given)")
	f.DurationVar(&o.Duration, "duration", 0, "length of the load; with --requests the upper bound")
	f.Float64Var(&o.Rate, "rate", 0, "open loop at this many requests per second, for --duration (default 10s)")
	f.IntVar(&o.Workers, "workers", 20, "workers of the built-in server")
	f.IntVar(&o.QueueSize, "queue-size", 100, "queue of the built-in server")
	f.BoolVar(&o.JSON, "json", false, "print a JSON array instead of a table")
	remoteFlag(c, &o.AllowRemote)
	return c
}
