// Package doctor says whether a machine is fit to measure: it looks at what can be
// seen of the environment, measures the generator's pacing and cost, and makes the
// known-answer tests of package answer. Each item has a verdict and, if that is not
// good, what to do about it.
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

	"github.com/assay-bench/assay/harness/internal/answer"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// Verdicts on one item.
const (
	good    = "good"
	caution = "caution" // differences may drown in noise; numbers are still right
	unfit   = "unfit"   // numbers would be wrong, or most blocks void
)

// item is one thing that was looked at.
type item struct {
	Name    string `json:"name"`
	Figure  string `json:"figure"`
	Verdict string `json:"verdict"`
	Advice  string `json:"advice,omitempty"` // what to do; empty: nothing
}

// examination is everything doctor found.
type examination struct {
	Fit     bool             `json:"fit"`
	Machine results.Host     `json:"machine"`
	Items   []item           `json:"items"`
	Pacing  []*answer.Result `json:"pacing"`
	Cost    *answer.Cost     `json:"cost"`
	Answers []*answer.Result `json:"known_answers"`
}

func (e *examination) add(i ...item) { e.Items = append(e.Items, i...) }

// unfit names what speaks against measuring here.
func (e *examination) unfit() (names []string) {
	for _, i := range e.Items {
		if i.Verdict == unfit {
			names = append(names, i.Name)
		}
	}
	return names
}

// Examine looks at the machine, measures, keeps the known answers for later runs,
// and says on stdout what it found: as text, or as JSON. What it does meanwhile goes
// to stderr. The error of a machine that is not fit comes after what was found.
func Examine(ctx context.Context, asJSON bool, stdout, stderr io.Writer) error {
	release, err := host.Lock()
	if err != nil {
		return err
	}
	defer release()
	placement := host.Place()
	e := &examination{Machine: host.Facts(placement)}
	e.add(environment(e.Machine, host.ChildFileLimit())...)
	if err := host.Settle(placement); err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program, to start it as a server: %w", err)
	}
	place := answer.Place{Executable: exe, Placement: placement}
	if err := e.measure(ctx, place, stderr); err != nil {
		return err
	}
	if err := answer.Save(e.Machine, time.Now(), e.Answers); err != nil {
		return err
	}
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

// paces are the rates at which pacing is tested.
var paces = [...]float64{1000, 5000}

// measure makes the tests, and watches meanwhile what else the machine does.
func (e *examination) measure(ctx context.Context, p answer.Place, progress io.Writer) error {
	watch := host.Begin(host.Placement{Server: e.Machine.ServerCPUs, Generator: e.Machine.GeneratorCPUs})
	servers := 0.0 // CPU seconds
	used := func(s float64) {
		if s < 0 || servers < 0 {
			s, servers = 0, -1
		}
		servers += s
	}
	for _, rate := range paces {
		fmt.Fprintf(progress, "pacing at %.0f/s\n", rate)
		r, err := answer.Run(ctx, p, answer.Steady(rate, 2*time.Second))
		if err != nil {
			return err
		}
		used(r.ServerCPU)
		e.Pacing = append(e.Pacing, r)
		e.add(pacing(rate, r))
	}
	fmt.Fprintln(progress, "cost of a request")
	var err error
	if e.Cost, err = answer.MeasureCost(ctx, p, 64, 2*time.Second); err != nil {
		return err
	}
	used(e.Cost.ServerCPU)
	e.add(cost(e.Cost))
	shapes := answer.Shapes()
	for i, s := range shapes {
		fmt.Fprintf(progress, "known-answer test %d of %d: %s\n", i+1, len(shapes), s.Name)
		r, err := answer.Settle(ctx, p, s)
		if err != nil {
			return err
		}
		used(r.ServerCPU)
		e.Answers = append(e.Answers, r)
		e.add(knownAnswer(r))
	}
	e.add(disturbance(watch.End(servers, 0))...)
	return nil
}
