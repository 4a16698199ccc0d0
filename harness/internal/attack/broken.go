package attack

import (
	"errors"
	"io"
	"net"
	"net/textproto"
	"strings"

	"github.com/assay-bench/assay/harness/internal/attack/message"
)

// net/http has no names for most mistakes of an answer. These functions find from its
// errors what the fast transport would call them, so that a server is told the same by
// both.

// brokenHead returns the failure of a request whose answer has no readable header. sent
// says that it had its connection, and begun that a byte of an answer arrived.
func brokenHead(err error, sent, begun bool) error {
	outcome, what := classifyFailure(err)
	unread := sent && outcome == Timeout && what == transportFailure
	switch {
	case strings.Contains(err.Error(), "response headers exceeded"):
		return &brokenAnswer{message.ErrOversizedHeader.Error(), err}
	case begun && endedEarly(err):
		return &brokenAnswer{message.ErrTruncated.Error(), err}
	case unread:
		// The network is not at fault, and the request was sent: net/http could not
		// parse the answer.
		return &brokenAnswer{message.ErrMalformed.Error(), err}
	}
	return err
}

// brokenBody returns the failure of a request whose answer broke off after its header.
func brokenBody(err error) error {
	var protocol textproto.ProtocolError
	text := err.Error()
	switch {
	case endedEarly(err):
	case strings.Contains(text, "long trailer"):
		return &brokenAnswer{message.ErrOversizedHeader.Error(), err}
	case errors.As(err, &protocol), strings.Contains(text, "chunk"), strings.Contains(text, "trailer key"):
		return &brokenAnswer{message.ErrMalformed.Error(), err}
	}
	return &brokenAnswer{message.ErrTruncated.Error(), err}
}

// endedEarly reports whether an answer is incomplete because its connection ended.
func endedEarly(err error) bool {
	var failed *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &failed) && !failed.Timeout() ||
		strings.Contains(err.Error(), "unexpected EOF reading trailer")
}
