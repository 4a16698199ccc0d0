// Package table lays rows of cells out as plain text, Markdown or CSV. It knows
// nothing of what the cells mean.
package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/internal/plain"
)

// cell keeps a cell of a pipe table in its place.
var cell = strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ")

// Table is a heading and rows. Short rows are filled with empty cells.
type Table struct {
	// Head has a name for each column. A row has at most as many cells.
	Head []string
	Left map[int]bool // columns aligned left; the first one always is
	// Rows are the cells: markup for Markdown, else plain text.
	Rows [][]string
}

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Text writes aligned columns, two spaces apart.
// Whatever a cell holds stays in its line, and neither a terminal nor GitHub Actions obeys
// it.
func (t *Table) Text(w io.Writer) error {
	widths := make([]int, len(t.Head))
	rows := t.all()
	for _, row := range rows {
		for i := range row {
			row[i] = plain.Line(row[i])
		}
	}
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, c := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			// Widths are counted in characters and not in bytes: µ and ± are one wide.
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if t.left(i) {
				line.WriteString(c + pad)
			} else {
				line.WriteString(pad + c)
			}
		}
		if _, err := fmt.Fprintln(w, plain.Line(strings.TrimRight(line.String(), " "))); err != nil {
			return err
		}
	}
	return nil
}

// Markdown writes a pipe table. Bars in cells are escaped, and the end of a line, which
// would end the row. The cells are markup: text from outside is escaped before.
func (t *Table) Markdown(w io.Writer) error {
	var b strings.Builder
	for r, row := range t.all() {
		for _, c := range row {
			b.WriteString("| " + cell.Replace(c) + " ")
		}
		b.WriteString("|\n")
		if r > 0 {
			continue
		}
		// The second line of a Markdown table says how the columns are aligned.
		for i := range t.Head {
			if t.left(i) {
				b.WriteString("| --- ")
			} else {
				b.WriteString("| ---: ")
			}
		}
		b.WriteString("|\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// CSV writes comma-separated values. Text that a spreadsheet would take for a formula gets
// an apostrophe in front, by which spreadsheets know it for text; numbers stay as they are.
func (t *Table) CSV(w io.Writer) error {
	rows := t.all()
	for _, row := range rows {
		for i, c := range row {
			row[i] = inert(plain.Line(c))
		}
	}
	c := csv.NewWriter(w)
	if err := c.WriteAll(rows); err != nil {
		return err
	}
	return c.Error()
}

// inert is a cell that a spreadsheet does not compute.
func inert(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

// left reports whether a column is aligned left.
func (t *Table) left(column int) bool { return column == 0 || t.Left[column] }

// all are the heading and the rows, with short rows filled.
func (t *Table) all() [][]string {
	rows := make([][]string, 0, len(t.Rows)+1)
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		full := make([]string, len(t.Head))
		copy(full, row)
		rows = append(rows, full)
	}
	return rows
}
