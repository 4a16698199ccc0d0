// Package doctor finds out whether a machine is fit to measure: it inspects the
// environment, measures the pacing and the cost of the generator, and runs the
// known-answer tests of package knownanswer. Each item gets a verdict and, if the
// verdict is not good, advice.
package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/results"
)

// Verdicts on one item.
const (
	good    = "good"
	caution = "caution" // small differences may be lost in noise, but the numbers are right
	unfit   = "unfit"   // numbers would be wrong, or most blocks would be void
)

// item is one thing that was examined.
type item struct {
	// Name is what was examined, and Figure what was found, in words. Verdict is one of
	// the verdicts above.
	Name    string `json:"name"`
	Figure  string `json:"figure"`
	Verdict string `json:"verdict"`
	Advice  string `json:"advice,omitempty"` // what to do; empty if there is nothing to do
}

// examination is everything that doctor found out.
type examination struct {
	// Fit says that no item is unfit. Machine is as it was before the measurements.
	Fit     bool         `json:"fit"`
	Machine results.Host `json:"machine"`
	Items   []item       `json:"items"`
	// Pacing has loads on a server that answers at once, one for each rate.
	Pacing []*knownanswer.Result `json:"pacing"`
	Cost   *knownanswer.Cost     `json:"cost"`
	// Rate is the highest open rate that the generator held; 0 if none was.
	Rate    float64               `json:"highest_rate_per_second"`
	Answers []*knownanswer.Result `json:"known_answers"` // one for each latency shape
}

// add appends what was found.
func (e *examination) add(i ...item) { e.Items = append(e.Items, i...) }

// unfit names the items that make this machine unfit.
func (e *examination) unfit() (names []string) {
	for _, i := range e.Items {
		if i.Verdict == unfit {
			names = append(names, i.Name)
		}
	}
	return names
}

// Examine examines the machine, makes the measurements and stores the known answers
// for later runs. It writes its findings to stdout, as text or as JSON, and its
// progress to stderr. If the machine is not fit, it returns an error after it has
// written the findings.
func Examine(ctx context.Context, asJSON bool, stdout, stderr io.Writer) error {
	// Two measurements at once would disturb each other, and doctor is one.
	machine, err := host.Lock()
	if err != nil {
		return err
	}
	defer machine.Release()
	placement := host.Place()
	e := &examination{Machine: host.Facts(placement)}
	// The environment is read before Settle changes what can be changed of it.
	e.add(environment(e.Machine, host.ChildFileLimit())...)
	if err := host.Settle(placement); err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program, to start it as a server: %w", err)
	}
	place := knownanswer.Place{Executable: exe, Placement: placement}
	if err := e.measure(ctx, place, stderr); err != nil {
		return err
	}
	// The answers are kept even on an unfit machine: bundles that are made there carry
	// them, and their reports say so.
	e.add(kept(knownanswer.Save(e.Machine, time.Now(), e.Answers, e.Rate))...)
	bad := e.unfit()
	e.Fit = len(bad) == 0
	if asJSON {
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(e)
	} else {
		err = e.print(stdout)
	}
	if err == nil && !e.Fit {
		err = errors.New("this machine is not fit to measure: " + strings.Join(bad, ", "))
	}
	return err
}

// kept says so if the answers could not be kept for later runs. What was found out about
// the machine holds all the same.
func kept(err error) []item {
	if err == nil {
		return nil
	}
	return []item{{"kept for later runs", "no: " + errors.Unwrap(err).Error(), caution,
		"bundles that are made here lack the known answers: set HOME or XDG_CACHE_HOME to a folder that can be written, and run doctor again"}}
}

// paces are the rates at which pacing is tested, in requests per second.
var paces = [...]float64{1000, 5000}

// aboveClosed is the upper end of the open rates that are tried, against the rate of a
// closed loop. An open load has more answers in each turn of the generator, which makes
// it a little cheaper.
const aboveClosed = 1.25

// measure makes the tests, and watches what else the machine does meanwhile.
func (e *examination) measure(ctx context.Context, p knownanswer.Place, progress io.Writer) error {
	cpus := host.Placement{Server: e.Machine.ServerCPUs, Generator: e.Machine.GeneratorCPUs}
	programs, watch := host.ReadPrograms(), host.Begin(cpus)
	servers := 0.0 // CPU seconds that the servers of the tests used
	test := watch
	var tests []results.HostWatch
	used := func(s float64) {
		tests = append(tests, test.End(s, 0))
		test = host.Begin(cpus)
		// If the CPU time of one server is unknown, that of all is, and nothing can be
		// told apart from foreign programs.
		if s < 0 || servers < 0 {
			s, servers = 0, -1
		}
		servers += s
	}
	for _, rate := range paces {
		fmt.Fprintf(progress, "pacing at %.0f/s\n", rate)
		r, err := knownanswer.Run(ctx, p, knownanswer.Steady(rate, 2*time.Second))
		if err != nil {
			return err
		}
		used(r.ServerCPU)
		e.Pacing = append(e.Pacing, r)
		e.add(pacing(rate, r))
	}
	fmt.Fprintln(progress, "cost of a request")
	var err error
	if e.Cost, err = knownanswer.MeasureCost(ctx, p, 64, 2*time.Second); err != nil {
		return err
	}
	used(e.Cost.ServerCPU)
	e.add(cost(e.Cost))
	fmt.Fprintln(progress, "highest rate")
	var cpu float64
	if e.Rate, cpu, err = knownanswer.HighestRate(ctx, p, aboveClosed*e.Cost.Rate); err != nil {
		return err
	}
	used(cpu)
	e.add(highest(e.Rate))
	shapes := knownanswer.Shapes()
	for i, s := range shapes {
		fmt.Fprintf(progress, "known-answer test %d of %d: %s\n", i+1, len(shapes), s.Name)
		r, err := knownanswer.Settle(ctx, p, s)
		if err != nil {
			return err
		}
		used(r.ServerCPU)
		e.Answers = append(e.Answers, r)
		e.add(knownAnswer(r))
	}
	whole := watch.End(servers, 0)
	whole.Programs = watch.Busiest(programs)
	e.add(disturbance(whole)...)
	e.add(expected(tests))
	return nil
}
