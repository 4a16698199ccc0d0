package lane

import "errors"

// ErrNoConnection is the error of a request that waited until its deadline because all
// connections were in use.
var ErrNoConnection = errors.New("no free connection before the deadline")

// ErrUnasked is the error of a request whose connection carried an answer that nobody had
// asked for: an answer that arrived before the request was written, or two answers at
// once. Nobody can tell which of them answers the request.
var ErrUnasked = errors.New("answer before its request")

// HandshakeError says why a TLS handshake failed.
type HandshakeError struct{ Err error }

// Error returns the cause, and says that it concerns a handshake.
func (e *HandshakeError) Error() string { return "TLS handshake: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *HandshakeError) Unwrap() error { return e.Err }
