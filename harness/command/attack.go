package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/adhoc"
	"github.com/assay-bench/assay/internal/usage"
)

// attackCommand makes one comparison without a file. Its flags are those of the
// published study's load test, with ours beside them. Nothing is stored. It fails if a
// server does not start, or if what was measured cannot be trusted; refusals and errors
// of the server are results.
func attackCommand() *cobra.Command {
	var o adhoc.Options
	var data string
	c := &cobra.Command{
		Use:   "attack [URL]",
		Short: "Compare the built-in patterns, or load a URL, once, without a scenario file",
		Long: `Load the built-in server in each pattern, or a server that already runs, once.

This is a first look: each pattern gets one trial, one after the other, without a
warm-up and without an interval. To draw conclusions, write a scenario.`,
		Example: `  assay attack --concurrency 100 --requests 1000
  assay attack http://127.0.0.1:9090/items --rate 500 --duration 10s --json
  assay attack http://127.0.0.1:9090/items -H 'Content-Type: application/json' -d '{"id": 7}'`,
		Args: cobra.ArbitraryArgs, // the command checks them: one URL at most
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usage.Errorf("attack takes one URL, not %q too (see `%s --help`)", args[1], c.CommandPath())
			case len(args) == 1 && o.URL != "":
				return usage.Errorf("the URL is given twice: %s and --url %s", args[0], o.URL)
			case len(args) == 1:
				o.URL = args[0]
			}
			// An empty body is a body too: the flag counts as given by its presence, not
			// by its value.
			if c.Flags().Changed("data") {
				o.Request.Data = &data
			}
			o.Request.Stdin = c.InOrStdin()
			// Whoever gives only a duration means that time, and not the default number
			// of requests within it.
			if c.Flags().Changed("duration") && !c.Flags().Changed("requests") {
				o.Requests = 0
			}
			// The order of the patterns is drawn anew each time, since there are no
			// blocks in which every pattern could come first.
			o.Seed = drawSeed()
			return adhoc.Run(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.URL, "url", "", "load this `URL` of a server that already runs, instead of the built-in server")
	f.StringVar(&o.Socket, "unix-socket", "", "`file` of the Unix domain socket on which the server of the URL listens, as for curl; unix:///FILE:/PATH says the same as a URL")
	f.StringVarP(&o.Request.Method, "request", "X", "", "`method` of the request to the URL (default GET, or POST with --data)")
	f.StringArrayVarP(&o.Request.Headers, "header", "H", nil, "`header` of the request, like 'Accept: text/plain'; may be given several times")
	f.StringVarP(&data, "data", "d", "", "`body` of the request, or @FILE (@-: the standard input), whose bytes are sent as they are; its Content-Type is that of a form unless --header gives another")
	f.BoolVarP(&o.Insecure, "insecure", "k", false, "accept any certificate of a server at an https URL")
	f.StringVar(&o.CA, "ca", "", "PEM `file` with the certificates to trust for an https URL, instead of the system's")
	f.StringVar(&o.Pattern, "pattern", "all", "pattern of the built-in server, or several separated by commas; all means "+strings.Join(adhoc.ArticlePatterns, ", "))
	f.IntVar(&o.Concurrency, "concurrency", 100, "closed loop: number of clients; open loop: maximum number of connections")
	f.IntVar(&o.Requests, "requests", 1000, "closed loop: number of requests; 0: no limit but --duration (the default if only --duration is given)")
	f.DurationVar(&o.Duration, "duration", 0, "length of the load; an upper bound if --requests is given too")
	rateFlag(f, &o.Rate)
	f.IntVar(&o.Workers, "workers", 20, "workers of the built-in server")
	f.IntVar(&o.QueueSize, "queue-size", 100, "queue of the built-in server")
	f.BoolVar(&o.JSON, "json", false, "print a JSON array instead of a table")
	remoteFlag(c, &o.AllowRemote)
	return c
}
