package attack

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// brokenAnswer marks an answer that began and cannot be read to its end.
type brokenAnswer struct {
	what string
	err  error
}

func (b *brokenAnswer) Error() string { return b.what + ": " + b.err.Error() }
func (b *brokenAnswer) Unwrap() error { return b.err }

// errNoConnection is the failure of a request that waited for one of the
// bounded connections until its deadline.
var errNoConnection = errors.New("no free connection before the deadline")

// transportFailure is the kind of a failure that has no name of its own.
const transportFailure = "transport failure"

// classifyFailure maps a request without a readable answer to its outcome and
// to the kind under which it is counted. An answer that broke off or cannot be
// parsed is an error of the server; everything else is a request that was not
// answered in time.
func classifyFailure(err error) (Outcome, string) {
	var broken *brokenAnswer
	var dns *net.DNSError
	switch {
	case errors.Is(err, errNoConnection):
		return Timeout, "timed out waiting for a connection"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return Timeout, "timed out"
	case errors.As(err, &broken):
		return Error, broken.what
	case errors.Is(err, syscall.ECONNREFUSED):
		return Timeout, "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Timeout, "connection reset"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return Timeout, "too many open files in the generator"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return Timeout, "no free local port in the generator"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Timeout, "connection closed without an answer"
	case errors.As(err, &dns):
		return Timeout, "name not resolved"
	}
	return Timeout, transportFailure
}
