package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Error is one error in a scenario file.
type Error struct {
	File         string // the scenario, or a file that it names
	Line, Column int    // from 1; columns count characters
	Message      string // what is wrong and what was expected
	Suggestion   string // what to write instead; may be empty
}

// Error formats e as "file:line:column: message (suggestion)".
func (e *Error) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	if e.Suggestion != "" {
		s += " (" + e.Suggestion + ")"
	}
	return s
}

// Errors are all errors of the files given to one [Load], in the order of the files,
// then by line and column.
type Errors []*Error

// Error returns one error per line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// mark is the position of a value in the file. The zero mark belongs to a value that
// was not given.
type mark struct {
	line, column int
}

// given reports whether the file has the value.
func (m mark) given() bool { return m.line > 0 }

// problem is an error without its position, as the parser of a scalar reports it.
type problem struct {
	message, suggestion string
}

// asError returns the problem of a text that was found only when a trial was under
// way, or nil.
func (p *problem) asError() error {
	switch {
	case p == nil:
		return nil
	case p.suggestion == "":
		return errors.New(p.message)
	}
	return fmt.Errorf("%s (%s)", p.message, p.suggestion)
}

// maxErrors is how many errors of a file are reported. A file with more is not a
// scenario.
const maxErrors = 1000

// reporter collects the errors of one file.
type reporter struct {
	file   string
	errors Errors
	silent map[mark]bool // places at which nothing more is reported
}

// report adds an error. Where nothing can be said of a place, such as a key that is
// missing in an empty file, the place is the beginning of the file.
func (r *reporter) report(at mark, message, suggestion string) {
	if r.silent[at] || len(r.errors) >= maxErrors {
		return
	}
	r.errors = append(r.errors, &Error{
		File: r.file, Line: max(at.line, 1), Column: max(at.column, 1),
		Message: message, Suggestion: suggestion,
	})
}

// sorted returns the errors in the order of their positions, without repetitions.
func (r *reporter) sorted() Errors {
	slices.SortStableFunc(r.errors, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(r.errors, func(a, b *Error) bool { return *a == *b })
}

// place sets the mark of the struct that embeds it.
func (m *mark) place(at mark) { *m = at }
