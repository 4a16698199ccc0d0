package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/results"
)

// display tells a person how a run is going: a bar on a terminal, else one line
// a trial. It writes to stderr alone, without colours.
type display struct {
	out      io.Writer
	terminal bool

	mu      sync.Mutex
	bars    *mpb.Progress
	bar     *mpb.Bar
	plan    []results.Planned
	ahead   []time.Duration // what each trial of the plan will still take
	took    []time.Duration // what each trial took; 0: not made yet
	total   int64           // of the bar
	current results.Planned
	began   time.Time
	text    string // what runs now
	speed   string // its newest second
}

func newDisplay(out io.Writer, plain bool) *display {
	d := &display{out: out}
	if f, ok := out.(*os.File); ok && !plain {
		info, err := f.Stat()
		d.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return d
}

// line prints one line, above the bar if there is one.
func (d *display) line(format string, args ...any) {
	s := fmt.Sprintf(format, args...) + "\n"
	if d.bars != nil {
		d.bars.Write([]byte(s))
		return
	}
	io.WriteString(d.out, s)
}

// warn prints a warning.
func (d *display) warn(format string, args ...any) {
	d.line("warning: "+format, args...)
}

// start begins the progress over the trials of a plan, which will take about as
// long as estimated.
func (d *display) start(plan []results.Planned, estimates []time.Duration) {
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
			return strings.TrimRight(fmt.Sprintf("ETA %s  %s  %s", shortly(d.left()), d.text, d.speed), " ")
		})))
}

// left is the time that the rest of the plan will take. Callers hold mu.
func (d *display) left() (total time.Duration) {
	for _, t := range d.ahead {
		total += t
	}
	if !d.began.IsZero() {
		total -= min(time.Since(d.began), d.ahead[d.current.Order-1])
	}
	return total
}

// begin shows the trial that runs now.
func (d *display) begin(p results.Planned, attempt int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current, d.began, d.speed = p, time.Now(), ""
	d.text = fmt.Sprintf("block %d  %s %s", p.Block, p.Scenario, cellText(p))
	if attempt > 1 {
		d.text += fmt.Sprintf(" (attempt %d)", attempt)
	}
}

// live shows the newest second.
func (d *display) live(l attack.Live) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.speed = fmt.Sprintf("%.0f/s", l.Rate)
	if l.P99 > 0 {
		d.speed += "  p99 " + number(float64(l.P99)/1e6) + " ms"
	}
}

// skip counts a trial that was finished before.
func (d *display) skip(p results.Planned) {
	d.mu.Lock()
	d.ahead[p.Order-1] = 0
	d.mu.Unlock()
	if d.bar != nil {
		d.bar.Increment()
	}
}

// end counts a finished trial, and prints it where there is no bar.
func (d *display) end(p results.Planned, t *results.Trial) {
	d.learn(p, time.Duration(t.Duration*float64(time.Second)))
	for _, w := range t.Warnings {
		d.warn("%s: %s", t.ID, w)
	}
	for _, s := range t.Servers {
		if s.Crashed {
			d.warn("%s: server %s ended during the attack (%s); that is an outcome of %s and is kept. Its last output:\n%s",
				t.ID, s.Name, s.Exit, t.Variant, s.LogTail)
		}
	}
	if d.bar != nil {
		d.bar.Increment()
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.line("%3d/%d  block %d  %s %s: %s  (%.1f s; %s left)", p.Order, len(d.plan), p.Block, p.Scenario, cellText(p),
		streamsText(t), t.Duration, shortly(d.left()))
}

// again expects the trials of a void block once more.
func (d *display) again(trials []results.Planned) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range trials {
		if d.ahead[p.Order-1] > 0 {
			continue // it was not reached
		}
		d.ahead[p.Order-1] = d.took[p.Order-1]
		d.total++
	}
	if d.bar != nil {
		d.bar.SetTotal(d.total, false)
	}
}

// learn expects of the same cell's trials to come what this one took.
func (d *display) learn(p results.Planned, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.began = time.Time{}
	for i, other := range d.plan {
		switch {
		case other.Order == p.Order:
			d.ahead[i], d.took[i] = 0, took
		case d.ahead[i] > 0 && other.Scenario == p.Scenario && cellText(other) == cellText(p):
			d.ahead[i] = took
		}
	}
}

func streamsText(t *results.Trial) string {
	var parts []string
	for _, s := range t.Streams {
		text := fmt.Sprintf("%.0f/s ok", s.Goodput)
		if p := s.Headline.P99; p != nil {
			text += ", p99 " + number(*p/1e6) + " ms"
		}
		if n := s.Outcomes.Total(); n > s.Outcomes.OK {
			text += fmt.Sprintf(", %.1f %% failed", 100*float64(n-s.Outcomes.OK)/float64(n))
		}
		if len(t.Streams) > 1 {
			text = s.Name + " " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func cellText(p results.Planned) string {
	s := p.Variant
	if m := matrixText(p.Matrix); m != "" {
		s += " " + m
	}
	return s
}

// close ends the bar.
func (d *display) close() {
	if d.bars == nil {
		return
	}
	if !d.bar.Completed() {
		d.bar.Abort(false)
	}
	d.bars.Wait()
	d.bars, d.bar = nil, nil
}

// next says what to do with the bundle.
func (d *display) next(w *results.Writer, state string, o *runOptions) {
	dir := w.Dir()
	switch state {
	case results.StateComplete:
		d.line("Bundle %s is complete. Next: bin/analysis report %s -o report.md", dir, dir)
	default:
		d.line("Bundle %s holds %s. Go on with the same command and: --out %s --resume", dir, count(len(w.Done()), "finished trial"), dir)
	}
}
