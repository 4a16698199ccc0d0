package self

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
)

const (
	namedTargets = 10
	answerBytes  = 1 << 10
)

// Bars of the section, as multiples of the CPU time of a load with one target.
const (
	namedBar   = 1.05
	checkedBar = 2.0
)

// targetsRound is what a request costs with one target, with several that have results of
// their own, and with one whose answers are checked.
type targetsRound struct {
	One     cost `json:"one"`
	Named   cost `json:"named"`
	Checked cost `json:"checked"`
}

// targetsSection compares what a request costs with one target, with several, and with
// checks of the answer.
func targetsSection() section {
	return section{
		name: "targets", measure: measureTargets, rows: targetRows,
		has: func(f *Figures) bool { return len(f.Targets) > 0 },
	}
}

// measureTargets measures the CPU time per request at full speed, at a server that is
// faster than the generator.
func measureTargets(ctx context.Context, b *Bench, f *Figures, round int) error {
	s, err := b.start(ctx, knownanswer.Behaviour{Bytes: answerBytes})
	if err != nil {
		return err
	}
	defer s.Stop()
	d := b.window(costTime)
	var r targetsRound
	measure := func(into *cost, targets int, checked bool) func() error {
		return func() (err error) {
			*into, err = costOf(ctx, s, d, func() (used, error) {
				res, u, err := b.run(ctx, load{URL: s.url(), Connections: connections, Duration: d, Targets: targets, Checked: checked})
				if err == nil && res.Result.Outcomes.Error > 0 {
					err = fmt.Errorf("%d answers were wrong: %v", res.Result.Outcomes.Error, res.Result.Errors)
				}
				return u, err
			})
			return err
		}
	}
	if err := inTurn(round, measure(&r.One, 1, false), measure(&r.Named, namedTargets, false), measure(&r.Checked, 1, true)); err != nil {
		return err
	}
	f.Targets = append(f.Targets, r)
	return nil
}

// targetRows shows the cost of one target, and what results by target and checks add.
func targetRows(f *Figures) []row {
	one := over(f.Targets, func(r *targetsRound) float64 { return r.One.CPU })
	ratio := func(what string, bar float64, of func(*targetsRound) float64) row {
		r := ratios(over(f.Targets, of), one)
		return row{what: what, bar: fmt.Sprintf("≤ %.2f ×", bar), ours: within(r), verdict: judge(median(r) <= bar)}
	}
	return []row{
		{what: fmt.Sprintf("CPU per request, closed, %d connections, one target, answers of 1 KiB", connections), ours: micros(median(one))},
		ratio(fmt.Sprintf("its CPU with %d named targets", namedTargets), namedBar, func(r *targetsRound) float64 { return r.Named.CPU }),
		ratio("its CPU with contains and one JSON check", checkedBar, func(r *targetsRound) float64 { return r.Checked.CPU }),
	}
}

// aim gives an attack the targets of a scenario, as a trial does, if the load has any.
func (l *load) aim(cfg *attack.Config) error {
	if l.Targets == 0 {
		return nil
	}
	s, err := scenario.Parse("self", []byte(l.scenario()), scenario.Options{})
	if err != nil {
		return fmt.Errorf("targets of %s: %w", LoadCommand, err)
	}
	r, err := s.Resolve(s.Cells()[0], scenario.Env{})
	if err != nil {
		return fmt.Errorf("targets of %s: %w", LoadCommand, err)
	}
	return trial.Aim(cfg, r.Streams[0].Targets, 1)
}

// scenario is a scenario with the targets of the load, or with a flow of them.
func (l *load) scenario() string {
	var text strings.Builder
	text.WriteString("version: 1\nname: self\nserver: {url: \"http://127.0.0.1\"}\nload: {closed: {clients: 1, duration: " + time.Second.String() + "}}\n")
	key, more := "targets", ""
	if l.Flow {
		key = "flow"
	}
	if l.Checked {
		more = `, expect: {body: [{contains: Lovelace}, {json: $.patient.id, equals: P12345}]}`
	}
	text.WriteString(key + ":\n")
	for i := range l.Targets {
		path, extract := path, ""
		switch {
		case l.Extract && i == 0:
			extract = `, extract: {id: {json: $.patient.id}}`
		case l.Extract && i == 1:
			path += "&again=${id}"
		}
		fmt.Fprintf(&text, "  - {name: t%d, path: %q%s%s}\n", i, path, more, extract)
	}
	return text.String()
}
