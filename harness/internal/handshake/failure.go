package handshake

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
)

// Kind is what kept client and server from speaking TLS, as a bundle counts it. The
// text is part of the bundle's format.
type Kind string

// What can be wrong. None of it goes away by waiting.
const (
	UnknownAuthority Kind = "TLS: certificate of an unknown authority"
	OtherName        Kind = "TLS: certificate for another name"
	Expired          Kind = "TLS: certificate expired or not yet valid"
	NotAccepted      Kind = "TLS: certificate not accepted"          // for another reason
	ClientRefused    Kind = "TLS: client certificate refused"        // by the server, or missing
	Refused          Kind = "TLS: handshake refused by the server"   // for another reason
	PlainServer      Kind = "TLS: the server speaks plain HTTP"      // an https URL, or tls, for it
	NoTLS            Kind = "TLS: the server does not speak TLS"     // nor HTTP
	PlainClient      Kind = "plain HTTP to a server that speaks TLS" // an http URL for it
)

// advice is what to do, in the words of a scenario file.
var advice = map[Kind]string{
	UnknownAuthority: "name the authority's certificate, or the server's own if it is self-signed, in `tls: {ca: FILE}`, or accept any with `tls: {insecure: true}`",
	OtherName:        "write a name that the certificate holds in `tls: {server_name: NAME}`, or make a certificate for this one",
	Expired:          "make a new certificate, or accept it with `tls: {insecure: true}`",
	NotAccepted:      "make another certificate, or accept it with `tls: {insecure: true}`",
	ClientRefused:    "name a certificate and key that the server accepts in `tls: {cert: FILE, key: FILE}`",
	Refused:          "see to the server's log; it may want a certificate (`tls: {cert: FILE, key: FILE}`), a name (`server_name`) or another version of TLS",
	PlainServer:      "write http:// in the url, or delete `tls` from a server with a command",
	NoTLS:            "correct the port, or write http:// in the url",
	PlainClient:      "write https:// in the url, or add `tls: {}` to a server with a command",
}

// A Failure is an attempt to speak with a server that fails in the same way as often
// as it is made.
type Failure struct {
	Kind Kind
	Err  error // what Go says of it
}

// Error says what is wrong and what to do in a scenario file.
func (f *Failure) Error() string { return f.Detail() + ": " + advice[f.Kind] }

// Detail says what is wrong, without what to do.
func (f *Failure) Detail() string {
	var name x509.HostnameError
	switch {
	case errors.As(f.Err, &name):
		return string(f.Kind) + " (" + strings.TrimPrefix(name.Error(), "x509: ") + ")"
	case f.Kind == PlainServer || f.Kind == PlainClient || f.Err == nil:
		return string(f.Kind)
	}
	return string(f.Kind) + " (" + innermost(f.Err).Error() + ")"
}

// Unwrap is what Go says of it.
func (f *Failure) Unwrap() error { return f.Err }

// innermost is the error without the operations and addresses around it.
func innermost(err error) error {
	var op *net.OpError
	var verification *tls.CertificateVerificationError
	switch {
	case errors.As(err, &verification):
		return verification.Err
	case errors.As(err, &op) && op.Op == remoteError:
		return op.Err
	}
	return err
}

// remoteError is the operation under which crypto/tls reports an alert of the other
// side. The alert itself has a type that is not exported, but texts that follow
// RFC 8446.
const remoteError = "remote error"

// FailureOf finds in an error what kept client and server from speaking TLS. It
// returns nil if it was something else, such as a server that is not there yet.
func FailureOf(err error) *Failure {
	if kind := kindOf(err); kind != "" {
		return &Failure{kind, err}
	}
	return nil
}

func kindOf(err error) Kind {
	var (
		unknown      x509.UnknownAuthorityError
		name         x509.HostnameError
		invalid      x509.CertificateInvalidError
		verification *tls.CertificateVerificationError
		record       tls.RecordHeaderError
		op           *net.OpError
	)
	switch {
	case errors.As(err, &unknown):
		return UnknownAuthority
	case errors.As(err, &name):
		return OtherName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Expired
	case errors.As(err, &verification):
		return NotAccepted
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return PlainServer
	case errors.As(err, &record):
		return NoTLS
	case errors.As(err, &op) && op.Op == remoteError:
		return alertKind(op.Err.Error())
	}
	return ""
}

// alertKind is what an alert of the server says. Servers that miss a client's
// certificate say so in one of several ways, in TLS 1.3 only after the handshake.
func alertKind(text string) Kind {
	switch strings.TrimPrefix(text, "tls: ") {
	case "certificate required", "bad certificate", "unsupported certificate", "revoked certificate", "expired certificate",
		"unknown certificate", "unknown certificate authority", "access denied":
		return ClientRefused
	case "internal error", "user canceled", "close notify":
		return "" // which the next attempt may not meet
	}
	return Refused
}

// SpokenAt tells whether the server at an address speaks TLS, whatever its certificate.
func SpokenAt(ctx context.Context, address string) bool {
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} // #nosec G402 -- nothing is sent
	conn, err := d.DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close() // it was opened for the handshake alone
		return true
	}
	var op *net.OpError
	return errors.As(err, &op) && op.Op == remoteError // an alert is TLS, too
}
