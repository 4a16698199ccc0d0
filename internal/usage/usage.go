// Package usage distinguishes mistakes on the command line from all other errors: a
// program ends with exit status 2 for them. Packages that know nothing of the
// command line can use it to say that a request cannot be carried out.
package usage

import "fmt"

// Error means that the command line, or an input that it names, is wrong.
type Error struct{ Err error }

// Error returns the message of the underlying error, without a mark of its own.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the underlying error.
func (e *Error) Unwrap() error { return e.Err }

// Mark returns err as an *Error. It returns nil for nil.
func Mark(err error) error {
	if err == nil {
		return nil
	}
	return &Error{err}
}

// Errorf marks an error that it makes like fmt.Errorf.
func Errorf(format string, args ...any) error { return &Error{fmt.Errorf(format, args...)} }
