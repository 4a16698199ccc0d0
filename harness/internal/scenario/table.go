package scenario

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	plain "github.com/assay-bench/assay/harness/internal/text"
)

// table reads a CSV file: RFC 4180, separated by commas, with the names of the columns
// in its first row. It returns one variable for each column, named NAME.COLUMN. If the
// file is wrong, it reports the errors at their place in that file, and returns a
// variable that stands for any column.
func (c *checker) table(v variable, t text, what string) []variable {
	unread := v
	unread.unread = true
	data, ok := c.input(t, what)
	if !ok {
		return []variable{unread}
	}
	in := &csvFile{reporter: reporter{file: beside(c.dir, t.value)}, what: what}
	columns, rows := in.read(data)
	c.errors = append(c.errors, in.errors...)
	if len(in.errors) > 0 {
		return []variable{unread}
	}
	all := make([]variable, len(columns))
	for i, name := range columns {
		all[i] = v
		all[i].name = v.name + "." + name
		all[i].items = make([]string, len(rows))
		for k, row := range rows {
			all[i].items[k] = row[i]
		}
	}
	return all
}

// csvFile reads one CSV file and reports what is wrong with it.
type csvFile struct {
	reporter
	what string
}

// wrong reports a mistake in the file, with the key that names the file.
func (f *csvFile) wrong(at mark, message, suggestion string) {
	f.report(at, f.what+": "+message, suggestion)
}

// read returns the names of the columns and the rows.
func (f *csvFile) read(data []byte) (columns []string, rows [][]string) {
	data, encoding := plain.Decode(data)
	if encoding != nil {
		f.wrong(mark{encoding.Line, encoding.Column}, encoding.Message, encoding.Suggestion)
		return nil, nil
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1 // the number of fields is checked below, where the message can say more
	columns, err := r.Read()
	if errors.Is(err, io.EOF) {
		f.wrong(mark{1, 1}, "the file is empty, expected the names of the columns and rows", "")
		return nil, nil
	}
	if err == nil {
		f.header(columns)
	}
	ragged := 0
	for err == nil {
		var row []string
		if row, err = r.Read(); err != nil {
			break
		}
		if len(row) != len(columns) {
			if ragged++; ragged == 1 {
				line, _ := r.FieldPos(0)
				f.wrong(mark{line, 1}, fmt.Sprintf("the row has %s, and the first row names %s", plain.Count(len(row), "field"), plain.Count(len(columns), "column")), `put a value that holds a comma into "..."`)
			}
		}
		rows = append(rows, row)
	}
	var syntax *csv.ParseError
	switch {
	case errors.As(err, &syntax):
		at := mark{syntax.Line, max(syntax.Column, 1)}
		if syntax.StartLine < syntax.Line {
			at = mark{syntax.StartLine, 1} // a quote that is not closed ends with the file
		}
		f.wrong(at, syntax.Err.Error(), `close every ", and write "" for a " inside "..."`)
	case !errors.Is(err, io.EOF):
		f.wrong(mark{1, 1}, err.Error(), "")
	case len(rows) == 0:
		f.wrong(mark{1, 1}, "the file has no rows after the names of the columns", "")
	case ragged > 1:
		f.errors[len(f.errors)-1].Message += fmt.Sprintf("; %d rows differ from the first one", ragged)
	}
	return columns, rows
}

// header checks the names of the columns, and removes the blanks around them.
func (f *csvFile) header(columns []string) {
	for i, name := range columns {
		name = strings.TrimSpace(name)
		columns[i] = name
		if name != "" && slices.Contains(columns[:i], name) {
			f.wrong(mark{1, 1}, fmt.Sprintf("two columns are named %q", name), "rename one of them")
		}
	}
}

// noColumn explains why ${name} is not a column of a table, if what stands before the
// dot is one, or returns "".
func (s *site) noColumn(name string) (message, suggestion string) {
	table, column, dotted := strings.Cut(name, ".")
	var known []string
	for _, v := range s.vars {
		if of, ok := strings.CutPrefix(v.name, table+"."); ok {
			known = append(known, of)
		}
	}
	switch {
	case len(known) == 0:
		return "", ""
	case !dotted:
		return fmt.Sprintf("${%s} is a whole row of a CSV file, expected one of its columns", name), "like ${" + table + "." + known[0] + "}"
	case len(known) == 1 && strings.ContainsAny(known[0], ";\t"):
		return fmt.Sprintf("%s has no column %q, but only %q", table, column, known[0]), "separate the columns by commas"
	}
	return fmt.Sprintf("%s has no column %q", table, column), didYouMean(column, known)
}
