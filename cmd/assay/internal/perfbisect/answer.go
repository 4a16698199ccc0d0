package perfbisect

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/assay-bench/assay/internal/looks"
	"github.com/assay-bench/assay/internal/plain"
)

// comparedLevel is what a step may err that compares two intervals: the loss of one commit
// is bounded from above and that of another from below, at 2.5 %.
const comparedLevel = 0.025

// sure is the largest share of searches that name a harmless commit, if one commit changed
// the speed by at least the margin, none of the others did, and every check keeps its
// level. steps is the share in which some step errs; it is 1 if that is not asked for.
//
// To be named, a harmless commit has to be called slower in the check against its parent,
// and that happens in at most looks.Level of such checks, for each of them that is made.
// If there is one suspect, it is harmless only if a step before has erred: each calls a
// harmless commit slower, or passes one that is slower by the margin, in at most
// looks.Level of checks, and never both, because its commit is on one side only. The steps
// add up, and the last check is made of measurements of its own.
func sure(a *Answer) (wrong, steps float64) {
	for i := range a.Steps {
		if a.Steps[i].Place == unclear {
			continue // it decided nothing
		}
		steps += looks.Level
		if a.Steps[i].Compared {
			steps += comparedLevel
		}
	}
	if steps == 0 || a.open() {
		steps = 1
	}
	steps = min(1, steps)
	return min(1, looks.Level*float64(max(1, len(a.Direct)))) * steps, steps
}

// open reports whether the steps left several suspects.
func (a *Answer) open() bool { return a.Outcome == found && a.several }

// tell writes the answer for people.
func tell(w io.Writer, h *history, a Answer) error {
	var b strings.Builder
	line := func(format string, args ...any) {
		fmt.Fprintf(&b, "%s\n", plain.Line(fmt.Sprintf(format, args...)))
	}
	switch a.Outcome {
	case found:
		line("%s made it slower", h.called(a.Suspects[0]))
	case doubtful:
		line("not confirmed: the checks lead to %s, but its own check is no regression: %s", h.called(a.Suspects[0]), a.Direct[0].Verdict)
		line("Several small losses can add up to one, and so can an error of a check: compare more commits by assay perf-check.")
	case narrowed:
		line("narrowed: one of these %d commits made it slower", len(a.Suspects))
		for _, c := range a.Suspects {
			line("  %s", h.called(c))
		}
		if d := a.Direct[len(a.Direct)-1]; d.Verdict != regression {
			line("The check of all of them together is no regression: %s.", d.Verdict)
		}
	case notSlower:
		line("nothing to find: BAD (%s) is not slower than GOOD (%s)", h.bad, h.good)
		line("If it was slower before, GOOD may be slow already: choose an older one. Otherwise choose scenarios or benchmarks that show it.")
	case untold:
		line("cannot tell: BAD (%s) is not known to be slower than GOOD (%s)", h.bad, h.good)
		line("Check the two by assay perf-check on a quieter machine, with longer windows, or with benchmarks that show it.")
	}
	tellChecks(line, h, a)
	tellSkipped(line, h, a)
	if a.Outcome == found {
		tellSure(line, a)
	}
	if n := len(a.Direct); n > 0 && a.Direct[n-1].Told != "" && a.Direct[n-1].Verdict == regression {
		fmt.Fprintf(&b, "\n%s", a.Direct[n-1].Told)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tellChecks lists the checks and what they said.
func tellChecks(line func(string, ...any), h *history, a Answer) {
	line("")
	line("Checks:")
	for i := range a.Steps {
		s := &a.Steps[i]
		line("  %s against GOOD: %s", h.called(s.Head), s.said())
	}
	for i := range a.Direct {
		d := &a.Direct[i]
		if d.Base == h.parent(d.Head) {
			line("  %s against its parent %s: %s", h.called(d.Head), short(d.Base), d.said())
		} else {
			line("  %s against %s: %s", h.called(d.Head), h.called(d.Base), d.said())
		}
	}
}

// said is a verdict with the row that shows most.
func (s *step) said() string {
	text := s.Verdict
	if s.Compared {
		text += ", and without the loss of the slow commits"
	}
	var worst *Row
	for i := range s.Rows {
		if r := &s.Rows[i]; r.Verdict == regression && r.Loss != nil && (worst == nil || *r.Loss > *worst.Loss) {
			worst = r
		}
	}
	if worst == nil {
		return text
	}
	unit := "%"
	if worst.Effect == "difference" {
		unit = "pp"
	}
	text += fmt.Sprintf(", %s %s worse by %.1f %s", worst.Name, worst.Unit, 100**worst.Loss, unit)
	if low, high, ok := worst.interval(); ok {
		text += fmt.Sprintf(" [%.1f, %.1f]", 100*low, 100*high)
	}
	return text
}

// interval returns the interval of the row's loss.
func (r *Row) interval() (low, high float64, ok bool) {
	neutral := 1.0
	if r.Effect == "difference" {
		neutral = 0
	}
	switch {
	case r.Low == nil || r.High == nil:
		return 0, 0, false
	case r.Better == "higher":
		return neutral - *r.High, neutral - *r.Low, true
	}
	return *r.Low - neutral, *r.High - neutral, true
}

// tellSkipped names the commits that could not be told.
func tellSkipped(line func(string, ...any), h *history, a Answer) {
	for i := range a.Steps {
		s := &a.Steps[i]
		switch {
		case s.Verdict == broken:
			line("Skipped, because it does not build: %s: %s", h.called(s.Head), firstLine(s.Why))
		case s.Place == unclear:
			line("Skipped, because its check could not tell: %s", h.called(s.Head))
		}
	}
}

// firstLine is a text up to its first line feed.
func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// tellSure says how sure the answer is.
func tellSure(line func(string, ...any), a Answer) {
	wrong, steps := sure(&a)
	level := percent(looks.Level)
	line("")
	switch {
	case a.open():
		line("How sure: the checks against GOOD left several commits, and this is the one that is slower than its parent. A check")
		line("calls a harmless commit slower in at most %s of cases, and %d such checks were made: at most %s of searches name a wrong one.", level, len(a.Direct), percent(wrong))
	case steps == 1:
		line("How sure: it is the only commit between the two, and a check calls a harmless commit slower in at most %s of cases.", level)
	default:
		line("How sure: its check against its parent is one of its own, and calls a harmless commit slower in at most %s of cases.", level)
		line("A harmless commit comes that far only if a step before errs too, which happens in at most %s of searches. If one commit", percent(steps))
		line("made it slower by more than the margin and no other changed it, at most %s of searches name a wrong one.", percent(wrong))
	}
	if steps < 1 || a.open() {
		line("If several did, this is one of them, and there may be another.")
	}
}

// percent prints a share with as many digits as it needs.
func percent(share float64) string {
	p := math.Round(1000*share) / 10
	return strings.TrimSuffix(fmt.Sprintf("%.1f", p), ".0") + " %"
}
