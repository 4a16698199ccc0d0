package lane

import "errors"

// ErrNoConnection is the failure of a request that waited for one of the
// bounded connections until its deadline.
var ErrNoConnection = errors.New("no free connection before the deadline")

// ErrUnasked is the failure of a request on whose connection an answer came that
// nobody had asked for: it came in before the request was written, or with another
// one behind it. Which of them answers the request cannot be told.
var ErrUnasked = errors.New("answer before its request")

// HandshakeError says why no secure connection could be made.
type HandshakeError struct{ Err error }

func (e *HandshakeError) Error() string { return "TLS handshake: " + e.Err.Error() }
func (e *HandshakeError) Unwrap() error { return e.Err }
