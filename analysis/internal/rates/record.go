package rates

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// Parts of the folder of a complete check, as `assay bench-gate` leaves it.
const (
	noteFile  = "check" // KEY=VALUE lines: exit, seconds, base, head
	bundleDir = "run/bundle"
)

// foreignLimit is the CPU use of other programs, in CPUs, above which the harness voids a
// trial.
const foreignLimit = 0.20

var checkName = regexp.MustCompile(`^(aa|slow|load)-[0-9]{2}$`)

// Record reads the complete checks in a folder and gives them the compact form.
// Checks that did not end have folders of other names and are passed over.
func Record(runs string) (Recordings, error) {
	var rec Recordings
	entries, err := os.ReadDir(runs)
	if err != nil {
		return rec, fmt.Errorf("read checks: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() || !checkName.MatchString(e.Name()) {
			continue
		}
		c, m, err := recordCheck(filepath.Join(runs, e.Name()))
		if err != nil {
			return rec, err
		}
		machine := Machine{Commit: c.Base, Host: m.Host}
		machine.Host.LoadAverage = nil // of one moment
		if len(rec.Checks) == 0 {
			rec.Machine = machine
		}
		if rec.Machine.Commit != c.Base {
			return rec, fmt.Errorf("%s measured %s, and %s measured %s: rates are of one commit; remove %s to begin anew",
				rec.Checks[0].Name, rec.Machine.Commit, c.Name, c.Base, runs)
		}
		rec.Checks = append(rec.Checks, c)
	}
	if len(rec.Checks) == 0 {
		return rec, fmt.Errorf("%s: %w", runs, ErrNone)
	}
	return rec, nil
}

// recordCheck reads one complete check.
func recordCheck(dir string) (Check, *results.Manifest, error) {
	c := Check{Name: filepath.Base(dir)}
	c.Kind, _, _ = strings.Cut(c.Name, "-")
	if err := c.readNote(filepath.Join(dir, noteFile)); err != nil {
		return c, nil, err
	}
	run, err := load.OpenRun(filepath.Join(dir, bundleDir))
	if err != nil {
		return c, nil, fmt.Errorf("check %s: %w", c.Name, err)
	}
	in, err := gate.Collect([]load.Source{run}, gate.Options{Base: "base", Head: "head"})
	if err != nil {
		return c, nil, fmt.Errorf("check %s: %w", c.Name, err)
	}
	c.Planned, c.Doubts = in.Planned, in.Doubts
	for _, g := range in.Rows {
		r := Row{
			Name: g.Name, Config: g.Config, Unit: g.Unit, Family: g.Family, Better: g.Better.String(), Share: g.Share, Margin: g.Margin,
			Blocks: g.Blocks, Base: slices.Clone(g.Base), Head: slices.Clone(g.Head), Doubts: g.Doubts,
		}
		r.Marks = leaveOut(g, r.Base, r.Head)
		r.control(in)
		c.Rows = append(c.Rows, r)
	}
	for _, control := range in.Controls {
		if control.Kind == gate.ControlAA {
			c.Missing = append(c.Missing, control.Missing...)
		}
	}
	for _, t := range run.Void() {
		c.Void++
		if f := t.Host.Foreign; f != nil && *f > foreignLimit {
			c.Loaded = append(c.Loaded, loaded(run.Manifest, &t)...)
		}
	}
	return c, run.Manifest, c.valid()
}

// leaveOut removes the values of blocks in which something else delayed the generator, as
// the gate leaves them out: simulated checks are drawn from the others. It returns the
// other marks. Either side may be nil.
func leaveOut(g gate.Row, base, head Values) []string {
	var left []gate.Mark
	for _, m := range g.Marks {
		if m.Bias != compare.Delays || m.Blocks == nil {
			left = append(left, m)
			continue
		}
		for k, b := range g.Blocks {
			switch {
			case !slices.Contains(m.Blocks, b):
			case m.Base && base != nil:
				base[k] = math.NaN()
			case m.Head && head != nil:
				head[k] = math.NaN()
			}
		}
	}
	return texts(left)
}

// control adds the values of the A/A control to a row, if the control has the row. The
// values are in the order of the row's blocks.
func (r *Row) control(in gate.Input) {
	for _, c := range in.Controls {
		if c.Kind != gate.ControlAA {
			continue
		}
		i := slices.IndexFunc(c.Rows, func(g gate.Row) bool { return g.Name == r.Name && g.Config == r.Config && g.Unit == r.Unit })
		if i < 0 {
			continue
		}
		g := c.Rows[i]
		r.Again = make(Values, len(r.Blocks))
		for i, b := range r.Blocks {
			r.Again[i] = math.NaN()
			if k := slices.Index(g.Blocks, b); k >= 0 {
				r.Again[i] = g.Head[k]
			}
		}
		// The row of the control has the copy as its head.
		g.Blocks = r.Blocks
		r.AgainMarks, r.AgainDoubts = leaveOut(g, nil, r.Again), g.Doubts
		return
	}
}

// loaded returns the figures of a voided trial under the names of the gate's rows.
func loaded(m *results.Manifest, t *results.Trial) []Trial {
	var all []Trial
	for i := range t.Streams {
		s := &t.Streams[i]
		name := strings.TrimPrefix(results.BenchName(t, s, results.ServerOf(m, t, s)), "Benchmark")
		figures := results.Figures(m, t, s)
		values := map[string]float64{}
		for _, unit := range []string{"p50-sec", "p99-sec", "within-slo-ratio", "goodput/s"} {
			if v, ok := figures[unit]; ok {
				values[unit] = v
			}
		}
		all = append(all, Trial{Name: strings.Replace(name, "/variant="+t.Variant, "", 1), Values: values})
	}
	return all
}

// readNote reads what was noted about the check when it was made.
func (c *Check) readNote(path string) error {
	data, err := results.ReadRegular(path)
	if err != nil {
		return fmt.Errorf("check %s: %w", c.Name, err)
	}
	note := map[string]string{}
	for line := range strings.Lines(string(data)) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), "=")
		note[k] = v
	}
	c.Base, c.Head = note["base"], note["head"]
	if c.Exit, err = strconv.Atoi(note["exit"]); err != nil {
		return fmt.Errorf("%s: exit: %w", path, err)
	}
	if c.Seconds, err = strconv.ParseFloat(note["seconds"], 64); err != nil {
		return fmt.Errorf("%s: seconds: %w", path, err)
	}
	return nil
}

// verdicts names the exit statuses of a check.
var verdicts = map[int]string{0: gate.Pass, 1: gate.Regression, 3: gate.Inconclusive}

// Verdict is the verdict that the exit status of a check stands for.
func (c Check) Verdict() string { return verdicts[c.Exit] }

// Line sums a check up in one line.
func (c Check) Line() string {
	var rows []string
	v := gate.Judge(c.input())
	for _, j := range v.Rows {
		if j.Outcome != gate.Pass {
			rows = append(rows, fmt.Sprintf("%s %s %+.1f %% (bound %+.1f %%) %s", j.Name, j.Unit, 100*j.Loss, 100*j.Bound, j.Outcome))
		}
	}
	if len(rows) == 0 {
		rows = v.Reasons
	}
	if len(rows) == 0 {
		rows = []string{fmt.Sprintf("all %d rows within their margins", len(c.Rows))}
	}
	return fmt.Sprintf("%s %s, exit %d, %.0f s, %d blocks, %d void: %s", c.Name, c.Verdict(), c.Exit, c.Seconds, c.Planned, c.Void, strings.Join(rows, "; "))
}

// texts are what marks say.
func texts(marks []gate.Mark) []string {
	var all []string
	for _, m := range marks {
		all = append(all, m.Text)
	}
	return all
}
