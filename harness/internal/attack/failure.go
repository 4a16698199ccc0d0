package attack

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/assay-bench/assay/harness/internal/attack/lane"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/harness/internal/reach"
)

// brokenAnswer is an answer that began and cannot be read to its end.
type brokenAnswer struct {
	what string
	err  error
}

// Error says what was wrong, and where reading stopped.
func (b *brokenAnswer) Error() string { return b.what + ": " + b.err.Error() }

// Unwrap returns the error of reading.
func (b *brokenAnswer) Unwrap() error { return b.err }

// errNoConnection is the failure of a request that waited until its deadline for one
// of the bounded connections.
var errNoConnection = lane.ErrNoConnection

// transportFailure is the kind of failures that have no kind of their own.
const transportFailure = "transport failure"

// wrongAnswers are the errors of an answer that had begun.
var wrongAnswers = [...]error{message.ErrTruncated, message.ErrMalformed, message.ErrOversizedHeader, message.ErrOversizedBody, lane.ErrUnasked}

// handshakeFailed is the kind of a handshake that failed for a reason without a name.
const handshakeFailed = "TLS: handshake failed"

// classifyFailure maps a request without a readable answer to its outcome and
// to the kind under which it is counted. An answer that broke off or cannot be
// parsed is an error of the server; everything else is a request that was not
// answered in time.
func classifyFailure(err error) (Outcome, string) {
	if err == errNoConnection {
		return Timeout, "timed out waiting for a connection" // there may be many
	}
	for _, wrong := range wrongAnswers {
		if errors.Is(err, wrong) {
			return Error, wrong.Error()
		}
	}
	var broken *brokenAnswer
	var failed *lane.HandshakeError
	var dns *net.DNSError
	var away *reach.Error
	switch {
	case errors.As(err, &away):
		return Timeout, "host not allowed"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return Timeout, "timed out"
	case errors.As(err, &broken):
		return Error, broken.what
	case errors.As(err, &failed):
		return Timeout, tlsFailure(failed.Err, handshakeFailed)
	case errors.Is(err, syscall.ECONNREFUSED):
		return Timeout, "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Timeout, "connection reset"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return Timeout, "too many open files in the generator (raise `ulimit -n`)"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return Timeout, "no free local port in the generator"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Timeout, "connection closed without an answer"
	case errors.As(err, &dns):
		return Timeout, "name not resolved"
	}
	return Timeout, tlsFailure(err, transportFailure)
}

// tlsFailure is the kind of a failure if it is one of TLS that has a name, else the
// other.
func tlsFailure(err error, other string) string {
	if f := handshake.FailureOf(err); f != nil {
		return string(f.Kind)
	}
	return other
}
