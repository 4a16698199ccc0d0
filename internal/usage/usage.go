// Package usage tells mistakes of the command line from everything else that can
// go wrong: a program ends with exit status 2 for them. Packages that know no
// command line can say with it that what they were asked for cannot be done.
package usage

import "fmt"

// Error is a command line, or an input that it names, that cannot be acted on.
type Error struct{ Err error }

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error without the mark.
func (e *Error) Unwrap() error { return e.Err }

// Mark returns err as an *Error; nil stays nil.
func Mark(err error) error {
	if err == nil {
		return nil
	}
	return &Error{err}
}

// Errorf is Mark with the error that fmt.Errorf makes.
func Errorf(format string, args ...any) error { return &Error{fmt.Errorf(format, args...)} }
