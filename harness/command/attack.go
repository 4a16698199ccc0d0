package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/internal/program"
)

// attackOptions are the flags of `harness attack`.
type attackOptions struct {
	url         string
	pattern     string
	concurrency int
	requests    int
	duration    time.Duration
	rate        float64
	workers     int
	queueSize   int
	json        bool
	allowRemote []string
}

// articlePatterns is what --pattern all compares: the three of the published
// study, in its order.
var articlePatterns = []string{"naive", "workerpool", "optimized"}

func attackCommand() *cobra.Command {
	var o attackOptions
	c := &cobra.Command{
		Use:   "attack",
		Short: "Compare the built-in patterns, or load a URL, once and without a file",
		Long: `Load the built-in server in each pattern, or a server that already runs, once.

It is a first look: one trial each, one after the other, no warm-up, no interval.
Write a scenario to conclude anything.`,
		Example: `  harness attack --concurrency 100 --requests 1000
  harness attack --url http://127.0.0.1:9090/items --rate 500 --duration 10s --json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("duration") && !c.Flags().Changed("requests") {
				o.requests = 0
			}
			return runAttack(c.Context(), &o, c)
		},
	}
	f := c.Flags()
	f.StringVar(&o.url, "url", "", "load this `URL`, which is already served, instead of the built-in server")
	f.StringVar(&o.pattern, "pattern", "all", "pattern of the built-in server, or several with commas; all: "+strings.Join(articlePatterns, ", "))
	f.IntVar(&o.concurrency, "concurrency", 100, "closed loop: number of clients; open loop: most connections")
	f.IntVar(&o.requests, "requests", 1000, "closed loop: number of requests; 0: no limit, by --duration (and so if only that is given)")
	f.DurationVar(&o.duration, "duration", 0, "length of the load; with --requests the upper bound")
	f.Float64Var(&o.rate, "rate", 0, "open loop at this many requests per second, for --duration (default 10s)")
	f.IntVar(&o.workers, "workers", 20, "workers of the built-in server")
	f.IntVar(&o.queueSize, "queue-size", 100, "queue of the built-in server")
	f.BoolVar(&o.json, "json", false, "print a JSON array instead of a table")
	f.StringArrayVar(&o.allowRemote, "allow-remote", nil, "`HOST` beyond loopback that may be attacked (repeatable)")
	return c
}

func runAttack(ctx context.Context, o *attackOptions, c *cobra.Command) error {
	if err := o.check(); err != nil {
		return err
	}
	s, err := o.scenario()
	if err != nil {
		return err
	}
	release, err := host.Lock()
	if err != nil {
		return err
	}
	defer release()
	d := newDisplay(c.ErrOrStderr(), true)
	all := []work{{s, s.Cells()}}
	var reports []attackReport
	for _, t := range order(all, randomSeed()) {
		res, err := trial.Run(ctx, trial.Spec{
			Scenario: s, Cell: all[0].cells[t.Cell], Planned: t.Planned, Attempt: 1, Lenient: true, RunStart: time.Now(),
		})
		if err != nil {
			return o.inFlags(err)
		}
		for _, sv := range res.Trial.Servers {
			if sv.Crashed {
				d.warn("%s: the server ended during the attack (%s); its last output:\n%s", t.Variant, sv.Exit, sv.LogTail)
			}
		}
		reports = append(reports, reportOf(&res.Trial))
		if !res.Trial.Valid {
			return fmt.Errorf("the attack on %s cannot be trusted: %s", t.Variant, strings.Join(res.Trial.Invalid, "; "))
		}
	}
	slices.SortStableFunc(reports, func(a, b attackReport) int {
		return slices.Index(o.patterns(), a.Pattern) - slices.Index(o.patterns(), b.Pattern)
	})
	if o.json {
		e := json.NewEncoder(c.OutOrStdout())
		e.SetIndent("", "  ")
		return e.Encode(reports)
	}
	for _, r := range reports {
		for _, w := range r.Warnings {
			d.warn("%s: %s", r.Pattern, w)
		}
	}
	return writeAttack(c, o, reports)
}

// inFlags words what only a scenario could mend for those who wrote none.
func (o *attackOptions) inFlags(err error) error {
	var status *process.StatusError
	if o.url != "" && errors.As(err, &status) {
		return fmt.Errorf("--url %s: it answers %d, want 2xx or 3xx: correct the URL, or see to its server", o.url, status.Status)
	}
	return err
}

func (o *attackOptions) check() error {
	switch {
	case o.concurrency < 1:
		return program.Usagef("--concurrency %d: want 1 or more", o.concurrency)
	case o.requests < 0:
		return program.Usagef("--requests %d: want 0 or more", o.requests)
	case o.duration < 0:
		return program.Usagef("--duration %v: want more than nothing", o.duration)
	case o.rate < 0:
		return program.Usagef("--rate %v: want requests per second", o.rate)
	case o.rate == 0 && o.requests == 0 && o.duration == 0:
		return program.Usagef("--requests 0 wants a --duration: every load ends")
	}
	return nil
}

func (o *attackOptions) patterns() []string {
	switch {
	case o.url != "":
		return []string{"url"}
	case o.pattern == "all":
		return articlePatterns
	}
	return strings.Split(o.pattern, ",")
}

// scenario writes the flags as a scenario, so that an ad hoc attack goes the
// same way, checks included, as any other.
func (o *attackOptions) scenario() (*scenario.Scenario, error) {
	doc := map[string]any{"version": 1, "name": "attack", "warmup": "0s", "blocks": 1}
	target := map[string]any{"method": "GET"}
	load := map[string]any{"connections": o.concurrency}
	if o.url != "" {
		base, path, err := splitURL(o.url)
		if err != nil {
			return nil, err
		}
		target["path"] = path
		if strings.HasPrefix(base, "https:") {
			load["transport"] = "std"
		}
		doc["server"] = map[string]any{"url": base, "ready": map[string]any{"path": path}}
	} else {
		server, err := besideThis("server")
		if err != nil {
			return nil, err
		}
		doc["server"] = map[string]any{
			"command": []string{server, "-addr=127.0.0.1:${port}", "-pattern=${variant}", "-seed=${seed}",
				fmt.Sprintf("-workers=%d", o.workers), fmt.Sprintf("-queue-size=%d", o.queueSize)},
			"ready":   map[string]any{"path": "/health"},
			"metrics": "/metrics?format=prometheus",
		}
		doc["vars"] = map[string]any{"id": map[string]any{"sequence": []int{0, 9999}, "format": "P%05d"}}
		target["path"] = "/api/v1/patients?id=${id}"
	}
	var variants []map[string]any
	for _, p := range o.patterns() {
		variants = append(variants, map[string]any{"name": p})
	}
	doc["variants"], doc["targets"] = variants, []any{target}
	duration := o.duration
	if o.rate > 0 {
		if duration == 0 {
			duration = 10 * time.Second
		}
		load["open"] = map[string]any{"rate": fmt.Sprintf("%g/s", o.rate), "duration": duration.String()}
	} else {
		closed := map[string]any{"clients": o.concurrency, "backoff": "0s"}
		if o.requests > 0 {
			closed["requests"] = o.requests
		} else {
			closed["duration"] = duration.String()
		}
		load["closed"] = closed
	}
	doc["load"] = load
	text, err := yaml.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("attack: %w", err)
	}
	s, err := scenario.Parse("attack", text, scenario.Options{AllowRemote: o.allowRemote})
	if err != nil {
		var wrong scenario.Errors
		if errors.As(err, &wrong) { // its places are in a file that nobody wrote
			return nil, program.Usagef("%s (%s)", wrong[0].Message, wrong[0].Suggestion)
		}
		return nil, err
	}
	if o.rate == 0 && o.requests > 0 {
		s.Streams[0].Closed.Duration = duration // whichever comes first
	}
	return s, nil
}

// splitURL divides a URL into the server's address and what is asked of it, which
// begins with a slash whether or not the URL has one.
func splitURL(url string) (base, path string, err error) {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return "", "", program.Usagef("--url %s: want a URL like http://127.0.0.1:9090/items", url)
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	return strings.ToLower(scheme) + "://" + rest[:end], "/" + strings.TrimPrefix(rest[end:], "/"), nil
}

// besideThis finds another program of the same build.
func besideThis(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	path := filepath.Join(filepath.Dir(self), name+filepath.Ext(self))
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("find the built-in server: %w: run `make build`", err)
	}
	return path, nil
}
