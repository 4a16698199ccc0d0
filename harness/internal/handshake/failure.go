package handshake

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// Kind is a reason for which client and server cannot speak TLS. A bundle counts failed
// requests by this text, so the text is part of the bundle's format.
type Kind string

// The kinds of failures. Waiting does not make any of them go away.
const (
	UnknownAuthority Kind = "TLS: certificate of an unknown authority"
	OtherName        Kind = "TLS: certificate for another name"
	Expired          Kind = "TLS: certificate expired or not yet valid"
	NotAccepted      Kind = "TLS: certificate not accepted"          // by the client, for any other reason
	ClientRefused    Kind = "TLS: client certificate refused"        // the server refuses it, or misses one
	Refused          Kind = "TLS: handshake refused by the server"   // for any other reason
	PlainServer      Kind = "TLS: the server speaks plain HTTP"      // the scenario says https or tls
	NoTLS            Kind = "TLS: the server does not speak TLS"     // and no HTTP either
	PlainClient      Kind = "plain HTTP to a server that speaks TLS" // the scenario says http
)

// advice says what to change in a scenario file.
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

// A Failure is the error of an attempt to connect that will fail in the same way however
// often it is repeated.
type Failure struct {
	Kind Kind  // the reason
	Err  error // the error of package tls or net/http
}

// Error returns what is wrong, and what to change in the scenario file.
func (f *Failure) Error() string { return f.Detail() + ": " + advice[f.Kind] }

// Detail returns what is wrong, without advice.
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

// Unwrap returns the error of package tls or net/http.
func (f *Failure) Unwrap() error { return f.Err }

// innermost returns an error without the operations and addresses that wrap it.
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

// remoteError is the operation in the error by which crypto/tls reports an alert of the
// other side. The type of the alert is not exported, so its text has to be compared; the
// texts follow RFC 8446.
const remoteError = "remote error"

// FailureOf returns the failure that an error contains. It returns nil if the error has
// another cause, for example a server that is not up yet.
func FailureOf(err error) *Failure {
	if kind := kindOf(err); kind != "" {
		return &Failure{kind, err}
	}
	return nil
}

// kindOf returns the kind of a failure, or "" if the error is not one.
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

// alertKind returns the kind that an alert of the server means. A server that misses the
// client's certificate sends one of several alerts; with TLS 1.3 it does so only after the
// handshake.
func alertKind(text string) Kind {
	switch strings.TrimPrefix(text, "tls: ") {
	case "certificate required", "bad certificate", "unsupported certificate", "revoked certificate", "expired certificate",
		"unknown certificate", "unknown certificate authority", "access denied":
		return ClientRefused
	case "internal error", "user canceled", "close notify":
		return "" // the next attempt may succeed
	}
	return Refused
}

// SpokenAt reports whether the server with a URL speaks TLS, whatever its certificate.
func SpokenAt(ctx context.Context, raw string) bool {
	address, err := reach.Address(raw)
	if err != nil {
		return false
	}
	conn, err := reach.For(raw).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	secure := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // #nosec G402 -- nothing is sent
	if err = secure.HandshakeContext(ctx); err == nil {
		return true
	}
	var op *net.OpError
	return errors.As(err, &op) && op.Op == remoteError // a server that sends an alert speaks TLS
}
