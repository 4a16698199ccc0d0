package actions

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// columns is the width of the plot. It is odd, so that "no change" has a column of its
// own.
const columns = 41

// widest is the largest loss that a plot makes room for, unless a margin is larger. Without
// it one extreme row would make all others look alike. Values beyond the edge are shown as
// arrows.
const widest = 0.5

// Plot writes the losses with their bounds as a plot of characters in a Markdown
// code block, on one scale for shares of base values and one for differences of
// shares. Rows without a loss are left out; without any, nothing is written.
func Plot(w io.Writer, rows []verdict.Row) error {
	var groups [2][]verdict.Row
	names := verdict.Names(rows)
	for i, r := range rows {
		r.Name = names[i]
		switch {
		case r.Loss == nil:
		case r.Effect == "difference":
			groups[1] = append(groups[1], r)
		default:
			groups[0] = append(groups[0], r)
		}
	}
	if len(groups[0])+len(groups[1]) == 0 {
		return nil
	}
	pad := 0
	for _, r := range slices.Concat(groups[0], groups[1]) {
		pad = max(pad, utf8.RuneCountInString(label(r)))
	}
	var b strings.Builder
	for _, g := range groups {
		draw(&b, g, pad)
	}
	_, err := fmt.Fprintf(w, "**Effects**\n\n```text\n%s\n● worse by   ┤ at most   ┊ margin\n```\n", b.String())
	return err
}

// label names a row. A backtick could end the code block.
func label(r verdict.Row) string {
	return strings.NewReplacer("`", "'", "\n", " ", "\r", " ").Replace(r.Name + " " + r.Unit)
}

// draw writes the rows of one scale, with its axis above them.
func draw(b *strings.Builder, rows []verdict.Row, pad int) {
	if len(rows) == 0 {
		return
	}
	// The scale reaches as far as the widest row, but not so far that the margin could
	// not be seen.
	reach, limit := 0.0, widest
	for _, r := range rows {
		reach = max(reach, 1.5*r.Margin, math.Abs(*r.Loss), math.Abs(bound(r)))
		limit = max(limit, 1.5*r.Margin)
	}
	reach = min(reach, limit)
	fmt.Fprintf(b, "%*s  %s\n", pad, "", axis(rows[0].Format(-reach), "no change", rows[0].Format(reach)))
	for _, r := range rows {
		text := r.Format(*r.Loss)
		if r.Bound != nil {
			text += ", at most " + r.Format(*r.Bound)
		}
		name := label(r)
		fmt.Fprintf(b, "%s%*s  %s  %s\n", name, pad-utf8.RuneCountInString(name), "", line(r, reach), text)
	}
}

// bound is the upper end of the line that is drawn for a row.
func bound(r verdict.Row) float64 {
	if r.Bound != nil {
		return *r.Bound
	}
	return *r.Loss
}

// axis is the line with the labels of the left end, the middle and the right end.
func axis(left, middle, right string) string {
	cells := []rune(strings.Repeat(" ", columns))
	copy(cells, []rune(left))
	copy(cells[columns/2-utf8.RuneCountInString(middle)/2:], []rune(middle))
	copy(cells[columns-utf8.RuneCountInString(right):], []rune(right))
	return string(cells)
}

// line draws one row on a scale from −reach to reach.
func line(r verdict.Row, reach float64) string {
	cells := []rune(strings.Repeat(" ", columns))
	at := func(x float64) int {
		x = min(max(x/reach, -2), 2) // as far outside as any other
		return int(math.Round((x + 1) / 2 * (columns - 1)))
	}
	put := func(i int, c rune) {
		if i >= 0 && i < columns {
			cells[i] = c
		}
	}
	put(columns/2, '│')
	put(at(r.Margin), '┊')
	loss, top := at(*r.Loss), at(bound(r))
	for i := loss; i <= top; i++ {
		put(i, '─')
	}
	put(top, '┤')
	put(loss, '●')
	if loss < 0 {
		put(0, '◀')
	}
	if top >= columns {
		put(columns-1, '▶')
	}
	return string(cells)
}
