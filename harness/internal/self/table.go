package self

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/harness/internal/trial"
)

// row is one line of the table.
type row struct {
	what, bar, ours, vegeta, wrk string
	verdict                      verdict
}

// verdict of a row against its bar.
type verdict int

const (
	none      verdict = iota // there is no bar
	met                      // it is reached
	missed                   // it is not
	notJudged                // it does not apply, for the reason that the row tells
)

// judge is the verdict on a row that has a bar.
func judge(ok bool) verdict {
	if ok {
		return met
	}
	return missed
}

// unsteady is the spread of wrk's own figures above which a machine is not fit to
// judge the generator by.
const unsteady = 0.20

// Print writes the figures beside those to be reached, as a table of Markdown.
func (f *Figures) Print(w io.Writer) error {
	lines := [][]string{{"what", "to reach", "Assay", "vegeta", "wrk", "verdict"}}
	for _, s := range sections() {
		if !s.has(f) {
			continue
		}
		for _, r := range s.rows(f) {
			lines = append(lines, []string{r.what, r.bar, r.ours, dash(r.vegeta), dash(r.wrk), f.say(s.name, r.verdict)})
		}
	}
	var b bytes.Buffer
	table(&b, lines)
	fmt.Fprintf(&b, "\nMedians of %d interleaved rounds; ratios are medians of the rounds' ratios, with the least and the greatest of them.\n", f.Rounds)
	machine := []string{f.Host.CPUModel, f.Host.OS + " " + f.Host.Kernel, f.Host.GoVersion}
	if f.Nginx != "" { // it was asked only where it was measured
		machine = append(machine, f.Nginx)
	}
	fmt.Fprintf(&b, "%s; one CPU for the server and one for the tools. A dash: the tool does not offer this.\n", strings.Join(machine, ", "))
	for _, why := range f.Failures {
		fmt.Fprintf(&b, "\nNot measured in %s\n", why)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// say puts a verdict in words. If a bar was missed on an unfit machine, it stays
// missed, and the row says what is wrong with the machine.
func (f *Figures) say(section string, v verdict) string {
	switch v {
	case met:
		return "met"
	case notJudged:
		return "not judged"
	case missed:
		if why := f.unfit(section); why != "" {
			return "missed; " + why
		}
		return "missed"
	}
	return ""
}

// unfit says what is wrong with the machine; empty: nothing.
func (f *Figures) unfit(section string) string {
	if all := f.Steal[section]; len(all) > 0 && slices.Max(all) > trial.MaxSteal {
		return fmt.Sprintf("the hypervisor took up to %.0f %% of a CPU", 100*slices.Max(all))
	}
	if s := f.wrkSpread(); s > unsteady {
		return fmt.Sprintf("the machine: wrk's own figures are %.0f %% apart", 100*s)
	}
	return ""
}

// wrkSpread is how far apart the rounds of wrk are, where they are furthest.
func (f *Figures) wrkSpread() float64 {
	most := spread(over(f.Rates, func(r *rateRound) float64 { return r.Wrk }))
	for _, c := range f.Costs {
		most = max(most, spread(over(c, func(r *costRound) float64 { return r.Wrk.CPU })))
	}
	return most
}

// dash stands for a cell without a text.
func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// table writes lines as a table of Markdown that can be read as it is.
func table(b *bytes.Buffer, lines [][]string) {
	width := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, cell := range l {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	write := func(l []string) {
		for i, cell := range l {
			fmt.Fprintf(b, "| %s%s ", cell, strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)))
		}
		b.WriteString("|\n")
	}
	write(lines[0])
	for _, w := range width {
		fmt.Fprintf(b, "| %s ", strings.Repeat("-", w))
	}
	b.WriteString("|\n")
	for _, l := range lines[1:] {
		write(l)
	}
}

// within tells a ratio with the range of the rounds.
func within(all []float64) string {
	return fmt.Sprintf("%.2f × (%.2f … %.2f)", median(all), slices.Min(all), slices.Max(all))
}

// micros prints a time in microseconds.
func micros(seconds float64) string { return fmt.Sprintf("%.1f µs", 1e6*seconds) }

// list formats several figures in the same way. A figure that does not exist, because
// the percentile falls among time-outs, is a dash.
func list(format string, v ...float64) string {
	parts := make([]string, len(v))
	for i := range v {
		parts[i] = "–"
		if !math.IsNaN(v[i]) {
			parts[i] = fmt.Sprintf(format, v[i])
		}
	}
	return strings.Join(parts, ", ")
}
