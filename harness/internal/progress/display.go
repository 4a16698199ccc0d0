// Package progress shows people how a run is going.
package progress

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// Display shows how a run is going: as a progress bar on a terminal, otherwise as
// one line per trial. It writes to stderr only, without colours.
type Display struct {
	out      io.Writer
	terminal bool

	// mu guards what is below: the bar is drawn by a goroutine of its own.
	mu      sync.Mutex
	bars    *mpb.Progress
	bar     *mpb.Bar
	plan    []results.Planned
	ahead   []time.Duration // estimated duration of each trial that is still to come
	took    []time.Duration // duration of each trial; 0 if it was not made yet
	total   int64           // of the bar
	current results.Planned
	began   time.Time
	doing   string // the trial that is running
	speed   string // throughput in its latest second
}

// New returns a display that writes to out. With plain it prints lines even on a
// terminal.
func New(out io.Writer, plain bool) *Display {
	d := &Display{out: out}
	// A file that is no character device is a log, in which a bar would be thousands of
	// lines.
	if f, ok := out.(*os.File); ok && !plain {
		info, err := f.Stat()
		d.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return d
}

// Linef prints one line, above the bar if there is one.
func (d *Display) Linef(format string, args ...any) {
	s := plain.Text(fmt.Sprintf(format, args...)) + "\n"
	if d.bars != nil {
		d.bars.Write([]byte(s))
		return
	}
	io.WriteString(d.out, s)
}

// Warnf prints one warning.
func (d *Display) Warnf(format string, args ...any) {
	d.Linef("warning: "+format, args...)
}

// Start begins the progress over the trials of a plan, with an estimate of each
// trial's duration.
func (d *Display) Start(plan []results.Planned, estimates []time.Duration) {
	d.plan, d.ahead, d.took = plan, estimates, make([]time.Duration, len(plan))
	d.total = int64(len(plan))
	if !d.terminal {
		return
	}
	d.bars = mpb.New(mpb.WithOutput(d.out), mpb.WithWidth(24), mpb.WithRefreshRate(200*time.Millisecond))
	d.bar = d.bars.AddBar(int64(len(estimates)),
		mpb.PrependDecorators(decor.CountersNoUnit("%d/%d")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			d.mu.Lock()
			defer d.mu.Unlock()
			return strings.TrimRight(fmt.Sprintf("ETA %s  %s  %s", text.Duration(d.left()), d.doing, d.speed), " ")
		})))
}

// left returns how long the rest of the plan will take. The caller holds mu.
func (d *Display) left() (total time.Duration) {
	// The trial that is running counts with what is left of its estimate, and with
	// nothing once it takes longer.
	for _, t := range d.ahead {
		total += t
	}
	if !d.began.IsZero() {
		total -= min(time.Since(d.began), d.ahead[d.current.Order-1])
	}
	return total
}

// Begin shows which trial is starting.
func (d *Display) Begin(p results.Planned, attempt int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current, d.began, d.speed = p, time.Now(), ""
	d.doing = fmt.Sprintf("%s  %s %s", blockOf(p), p.Scenario, text.Cell(p.Variant, p.Matrix))
	if attempt > 1 {
		d.doing += fmt.Sprintf(" (attempt %d)", attempt)
	}
}

// blockOf names the block of a trial.
func blockOf(p results.Planned) string {
	if p.Profiled {
		return fmt.Sprintf("profiled block %d", p.Block)
	}
	return fmt.Sprintf("block %d", p.Block)
}

// Live shows the latest second of the trial.
func (d *Display) Live(l attack.Live) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.speed = text.Rate(l.Rate) + "/s"
	if l.P99 > 0 {
		d.speed += "  p99 " + text.Number(float64(l.P99)/1e6) + " ms"
	}
}

// Skip counts a trial that was finished in an earlier session.
func (d *Display) Skip(p results.Planned) {
	d.mu.Lock()
	d.ahead[p.Order-1] = 0
	d.mu.Unlock()
	if d.bar != nil {
		d.bar.Increment()
	}
}

// End counts a finished trial. Without a bar, it prints the trial.
func (d *Display) End(p results.Planned, t *results.Trial) {
	// Servers start, drain and stop in a time that no scenario states, so the first
	// trial of a cell is the best estimate for its others.
	d.learn(p, time.Duration(t.Duration*float64(time.Second)))
	for _, w := range t.Warnings {
		d.Warnf("%s: %s", t.ID, w)
	}
	for _, s := range t.Servers {
		if s.Crashed {
			last := "It wrote nothing."
			if s.LogTail != "" {
				last = "Its last output:\n" + s.LogTail
			}
			d.Warnf("%s: server %s exited during the attack (%s); that is an outcome of %s and is kept. %s", t.ID, s.Name, s.Exit, t.Variant, last)
		}
	}
	if d.bar != nil {
		d.bar.Increment()
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Linef("%3d/%d  %s  %s %s: %s  (%.1f s; %s left)", p.Order, len(d.plan), blockOf(p), p.Scenario, text.Cell(p.Variant, p.Matrix),
		Streams(t), t.Duration, text.Duration(d.left()))
}

// Again expects the trials of a void block a second time.
func (d *Display) Again(trials []results.Planned) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range trials {
		if d.ahead[p.Order-1] > 0 {
			continue // the trial was not reached
		}
		d.ahead[p.Order-1] = d.took[p.Order-1]
		d.total++
	}
	if d.bar != nil {
		d.bar.SetTotal(d.total, false)
	}
}

// learn corrects the estimates of the cell's remaining trials to the duration of
// this one.
func (d *Display) learn(p results.Planned, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.began = time.Time{}
	for i, other := range d.plan {
		switch {
		case other.Order == p.Order:
			d.ahead[i], d.took[i] = 0, took
		case d.ahead[i] > 0 && other.Scenario == p.Scenario && text.Cell(other.Variant, other.Matrix) == text.Cell(p.Variant, p.Matrix):
			d.ahead[i] = took
		}
	}
}

// Streams sums up the streams of a trial in one line.
func Streams(t *results.Trial) string {
	var parts []string
	for _, s := range t.Streams {
		said := text.Rate(s.Goodput) + "/s ok"
		if p := s.Headline.At(0.99); p != nil {
			said += ", p99 " + text.Number(*p/1e6) + " ms"
		}
		if n := s.Outcomes.Total(); n > s.Outcomes.OK {
			said += fmt.Sprintf(", %.1f %% failed", 100*float64(n-s.Outcomes.OK)/float64(n)) + wrong(&s)
		}
		if s.GeneratorLimited != "" {
			said += ", generator-limited"
		}
		if len(t.Streams) > 1 {
			said = s.Name + " " + said
		}
		parts = append(parts, said)
	}
	return strings.Join(parts, "; ")
}

// wrong names the most frequent reason why answers were wrong; empty if none was. Of
// equally frequent reasons it names the first by name.
func wrong(s *results.StreamResult) string {
	most := ""
	for _, reason := range slices.Sorted(maps.Keys(s.Wrong)) {
		if most == "" || s.Errors[reason] > s.Errors[most] {
			most = reason
		}
	}
	if most == "" {
		return ""
	}
	return fmt.Sprintf(" (%d %s)", s.Errors[most], most)
}

// Close removes the bar.
func (d *Display) Close() {
	if d.bars == nil {
		return
	}
	if !d.bar.Completed() {
		d.bar.Abort(false)
	}
	d.bars.Wait()
	d.bars, d.bar = nil, nil
}
