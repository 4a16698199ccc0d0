package actions

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// columns is the width of the plot; odd, so that no change has a column.
const columns = 41

// widest is the effect beyond which a plot does not grow: a ratio of e to it, so
// that one broken row does not press all others flat. Arrows show what is cut.
const widest = 0.7

// interval is a row's effect on the plot's scale, where no change is 0: logarithms
// of ratios, or differences of shares.
type interval struct {
	label, text       string
	low, center, high float64
	margin            float64
}

// Plot writes the effects with their intervals as a plot of characters in a
// Markdown code block, ratios and differences of shares on scales of their own.
// Rows without an effect are left out; without any, nothing is written.
func Plot(w io.Writer, rows []verdict.Row) error {
	var ratios, shares []interval
	for _, r := range rows {
		if r.Center == nil {
			continue
		}
		if r.Difference() {
			shares = append(shares, difference(r))
		} else if *r.Center > 0 {
			ratios = append(ratios, ratio(r))
		}
	}
	var b strings.Builder
	draw(&b, ratios, func(x float64) string { return fmt.Sprintf("×%.2f", math.Exp(x)) })
	draw(&b, shares, func(x float64) string { return fmt.Sprintf("%+.1f pp", 100*x) })
	if b.Len() == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "```text\n%s```\n", b.String())
	return err
}

func ratio(r verdict.Row) interval {
	i := interval{label: label(r), center: math.Log(*r.Center), text: fmt.Sprintf("×%.3f", *r.Center), margin: math.Log1p(metric.Margin(r.Unit))}
	i.low, i.high = i.center, i.center
	if r.Low != nil && r.High != nil && *r.Low > 0 {
		i.low, i.high = math.Log(*r.Low), math.Log(*r.High)
		i.text += fmt.Sprintf(" [%.3f, %.3f]", *r.Low, *r.High)
	}
	return i
}

func difference(r verdict.Row) interval {
	i := interval{label: label(r), low: *r.Center, center: *r.Center, high: *r.Center, text: fmt.Sprintf("%+.2f pp", 100**r.Center), margin: metric.Margin(r.Unit)}
	if r.Low != nil && r.High != nil {
		i.low, i.high = *r.Low, *r.High
		i.text += fmt.Sprintf(" [%+.2f, %+.2f]", 100*i.low, 100*i.high)
	}
	return i
}

// label names a row and says which way it gets better. A backtick could end the
// code block.
func label(r verdict.Row) string {
	s := r.Name + " " + r.Unit
	switch r.Better {
	case "lower":
		s += " ↓"
	case "higher":
		s += " ↑"
	}
	return strings.NewReplacer("`", "'", "\n", " ", "\r", " ").Replace(s)
}

func draw(b *strings.Builder, rows []interval, tick func(float64) string) {
	if len(rows) == 0 {
		return
	}
	reach, pad := 0.0, 0
	for _, r := range rows {
		reach = max(reach, 1.5*r.margin, math.Abs(r.low), math.Abs(r.high))
		pad = max(pad, utf8.RuneCountInString(r.label))
	}
	reach = min(reach, widest)
	fmt.Fprintf(b, "%*s  %s\n", pad, "", axis(tick(-reach), tick(0), tick(reach)))
	for _, r := range rows {
		fmt.Fprintf(b, "%s%*s  %s  %s\n", r.label, pad-utf8.RuneCountInString(r.label), "", r.line(reach), r.text)
	}
}

// axis puts the three ticks to the left, in the middle and to the right.
func axis(left, middle, right string) string {
	line := []rune(strings.Repeat(" ", columns))
	copy(line, []rune(left))
	copy(line[columns/2-utf8.RuneCountInString(middle)/2:], []rune(middle))
	copy(line[columns-utf8.RuneCountInString(right):], []rune(right))
	return string(line)
}

// line draws one interval: │ is no change, ┊ the margins, ● the estimate.
func (r interval) line(reach float64) string {
	at := func(x float64) int { return int(math.Round((x/reach + 1) / 2 * (columns - 1))) }
	cells := []rune(strings.Repeat(" ", columns))
	put := func(i int, c rune) {
		if i >= 0 && i < columns {
			cells[i] = c
		}
	}
	put(at(-r.margin), '┊')
	put(at(r.margin), '┊')
	put(columns/2, '│')
	low, high := max(at(max(r.low, -9)), -1), min(at(min(r.high, 9)), columns)
	for i := low; i <= high; i++ {
		put(i, '─')
	}
	put(low, '├')
	put(high, '┤')
	if low < 0 {
		put(0, '◀')
	}
	if high >= columns {
		put(columns-1, '▶')
	}
	put(at(min(max(r.center, -reach), reach)), '●')
	return string(cells)
}
