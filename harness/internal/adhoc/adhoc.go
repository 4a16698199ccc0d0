// Package adhoc makes one comparison without a scenario file. It loads the built-in
// server in several patterns, or a URL, once each, one after the other. It turns its
// options into a scenario, so that they get the same checks and the same treatment
// as any other load. It stores nothing. One trial of each pattern allows no
// conclusion.
package adhoc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/progress"
	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/internal/usage"
)

// Options say what is loaded and how. The errors about them use the names of the
// command line's flags.
type Options struct {
	URL         string  // empty for the built-in server; unix:///FILE:/PATH for a server on a socket
	Socket      string  // file of the Unix domain socket on which the server at URL listens
	Request     Request // what is sent to URL
	Insecure    bool    // accept any certificate of the server at URL
	CA          string  // PEM file with the certificates to trust at URL; empty for those of the system
	Pattern     string  // a pattern of the built-in server, several separated by commas, or "all"
	Concurrency int     // clients of a closed loop, or the maximum number of connections of an open one; from 1
	Requests    int     // requests of a closed loop; 0 if only Duration bounds it
	// Duration is the length of the load, and of a closed loop with Requests the
	// longest; 0 leaves it to Requests.
	Duration    time.Duration
	Rate        float64  // requests per second of an open loop; 0 for a closed loop
	Workers     int      // of the built-in server
	QueueSize   int      // of the built-in server
	JSON        bool     // print the reports as JSON, else as a table
	AllowRemote []string // hosts beyond loopback that may be attacked
	Seed        uint64   // decides the order of the patterns
}

// ArticlePatterns are the patterns that "all" compares: the three of the published
// study, in its order.
var ArticlePatterns = []string{"naive", "workerpool", "optimized"}

// Run makes the comparison and writes it to stdout; warnings go to stderr. It
// returns an error if the options are wrong, if a server does not start, or if a
// trial is invalid.
func Run(ctx context.Context, o Options, stdout, stderr io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	s, err := o.scenario()
	if err != nil {
		return err
	}
	machine, err := host.Lock()
	if err != nil {
		return err
	}
	defer machine.Release()
	// Of the CPUs that it was given, as a run does: the server has its own.
	p := host.Place()
	facts := host.Facts(p) // of the machine as doctor saw it, before this process moves
	if err := host.Settle(p); err != nil {
		return err
	}
	d := progress.New(stderr, true)
	if beyond := knownanswer.BeyondHeld(facts, s.PeakRate()); beyond != "" {
		d.Warnf("%s", beyond)
	}
	reports, err := o.measure(ctx, s, p, d)
	if err != nil {
		return err
	}
	// Patterns ran in a drawn order, and are shown in the order in which they were
	// asked for.
	slices.SortStableFunc(reports, func(a, b report) int {
		return slices.Index(o.patterns(), a.Pattern) - slices.Index(o.patterns(), b.Pattern)
	})
	if o.JSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		return e.Encode(reports)
	}
	for _, r := range reports {
		for _, w := range r.Warnings {
			d.Warnf("%s: %s", r.Pattern, w)
		}
	}
	return o.write(stdout, reports, p)
}

// measure makes one trial of each pattern. A busy machine gives warnings and no error,
// since there is no second trial. Any other failed check is an error.
func (o *Options) measure(ctx context.Context, s *scenario.Scenario, p host.Placement, d *progress.Display) ([]report, error) {
	// One block in which every pattern has one trial: the order is drawn as for a run,
	// so that the first pattern of the list has no advantage.
	var reports []report
	all := campaign.Work{Scenario: s, Chosen: s.Cells()}
	for _, t := range campaign.Order([]campaign.Work{all}, o.Seed) {
		res, err := trial.Run(ctx, trial.Spec{
			Scenario: s, Cell: all.Chosen[t.Cell], Planned: t.Planned, Attempt: 1, Placement: p, Foreign: trial.MaxForeign, Lenient: true, RunStart: time.Now(),
			Tell: func(line string) { d.Linef("%s", line) },
		})
		if err != nil {
			return nil, o.inFlags(err)
		}
		for _, sv := range res.Trial.Servers {
			if sv.Crashed {
				d.Warnf("%s: the server exited during the attack (%s); its last output:\n%s", t.Variant, sv.Exit, sv.LogTail)
			}
		}
		reports = append(reports, reportOf(&res.Trial))
		if !res.Trial.Valid {
			return nil, fmt.Errorf("the attack on %s cannot be trusted: %s", t.Variant, strings.Join(res.Trial.Invalid, "; "))
		}
	}
	return reports, nil
}

// inFlags turns errors that suggest a change of the scenario into suggestions about
// flags.
func (o *Options) inFlags(err error) error {
	var status *process.StatusError
	var wrong *handshake.Failure
	if o.URL != "" && errors.As(err, &wrong) {
		return fmt.Errorf("--url %s: %s%s", o.URL, wrong.Detail(), flagFor[wrong.Kind])
	}
	if o.URL != "" && errors.As(err, &status) {
		return fmt.Errorf("--url %s: the server answers %d, want 2xx or 3xx: correct the URL or the server", o.URL, status.Status)
	}
	return err
}

// flagFor is what to do about a server with which TLS cannot be spoken.
var flagFor = map[handshake.Kind]string{
	handshake.UnknownAuthority: ": name the authority's certificate with --ca FILE (the server's own if it is self-signed), or accept any with --insecure",
	handshake.OtherName:        ": use a name that the certificate holds, or accept any with --insecure",
	handshake.Expired:          ": make a new certificate, or accept this one with --insecure",
	handshake.NotAccepted:      ": make another certificate, or accept this one with --insecure",
	handshake.ClientRefused:    ": write a scenario, whose `tls: {cert: FILE, key: FILE}` names a certificate",
	handshake.PlainServer:      ": write http:// instead",
	handshake.NoTLS:            ": correct the port, or write http:// instead",
	handshake.PlainClient:      ": write https:// instead",
}

// check finds the mistakes that the scenario's own checks would report in words that no
// flag has. Every error is wrong usage.
func (o *Options) check() error {
	switch {
	case o.URL == "" && o.Socket != "":
		return usage.Errorf("--unix-socket %s: give a URL too, like http://localhost/items", o.Socket)
	case o.Socket != "" && reach.OnSocket(o.URL):
		return usage.Errorf("--unix-socket %s: the URL %s names a socket already", o.Socket, o.URL)
	case o.URL == "" && (o.Insecure || o.CA != ""):
		return usage.Errorf("--insecure and --ca are for --url with an https URL")
	case o.URL == "" && o.Request.given():
		return usage.Errorf("-X, -H and -d are for a URL: give one")
	case o.Insecure && o.CA != "":
		return usage.Errorf("--insecure and --ca cannot both be given: --insecure would accept any certificate")
	case o.Concurrency < 1:
		return usage.Errorf("--concurrency %d: want 1 or more", o.Concurrency)
	case o.Requests < 0:
		return usage.Errorf("--requests %d: want 0 or more", o.Requests)
	case o.Duration < 0:
		return usage.Errorf("--duration %v: want more than 0", o.Duration)
	// The condition is written so that it rejects NaN, for which every comparison is
	// false.
	case !(o.Rate >= 0) || math.IsInf(o.Rate, 0):
		return usage.Errorf("--rate %v: want requests per second", o.Rate)
	case o.Rate > schedule.MaxRate:
		return usage.Errorf("--rate %g: want at most %d requests per second, more than any machine sends", o.Rate, schedule.MaxRate)
	case o.Rate == 0 && o.Requests == 0 && o.Duration == 0:
		return usage.Errorf("--requests 0 needs a --duration, because every load must end")
	}
	return nil
}

// patterns are the variants of the comparison, in the order of the output.
func (o *Options) patterns() []string {
	switch {
	case o.URL != "":
		return []string{"url"}
	case o.Pattern == "all":
		return ArticlePatterns
	}
	return strings.Split(o.Pattern, ",")
}
