package handshake

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

// A FileError says what is wrong with the content of a PEM file (What) and what to do
// about it (Do).
type FileError struct{ What, Do string }

// Error says what is wrong, and then what to do.
func (e *FileError) Error() string { return e.What + ": " + e.Do }

// Authorities reads the certificates to trust. The error is a *FileError.
func Authorities(data []byte) (*x509.CertPool, error) {
	all, err := certificates(data)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, c := range all {
		pool.AddCert(c)
	}
	return pool, nil
}

// Pair reads the certificate that a client shows, with its chain, and its private key.
// The error is a *FileError, which names the file at fault.
func Pair(cert, key []byte) (tls.Certificate, error) {
	if err := CheckCertificate(cert); err != nil {
		return tls.Certificate{}, err
	}
	if err := CheckKey(key); err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	switch {
	case err == nil:
		return pair, nil
	case strings.Contains(err.Error(), "does not match"): // crypto/tls has no type for it
		return pair, &FileError{"the key is not that of the certificate", "name the key that the certificate was made with"}
	}
	return pair, &FileError{fmt.Sprintf("the private key cannot be read (%v)", err), "make it anew"}
}

// CheckCertificate returns an error, a *FileError, unless the file contains a certificate.
// The chain of the certificate may follow it.
func CheckCertificate(data []byte) error {
	_, err := certificates(data)
	return err
}

// CheckKey returns an error, a *FileError, unless the file contains a private key that is
// not encrypted. It does not read the key itself.
func CheckKey(data []byte) error {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case !strings.HasSuffix(block.Type, "PRIVATE KEY"):
		case block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return &FileError{"the private key is encrypted", "write it without a passphrase, like openssl pkey -in FILE -out plain.pem"}
		default:
			return nil
		}
	}
	return missing(data, "private key")
}

// certificates reads every certificate of a PEM file. It skips everything else in the
// file, because people keep the chain and the key in one file.
func certificates(data []byte) (all []*x509.Certificate, err error) {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &FileError{fmt.Sprintf("certificate %d of the file cannot be read (%v)", len(all)+1, err), "export it anew"}
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, missing(data, "certificate")
	}
	return all, nil
}

// missing returns the error for a file that does not contain what it should. It says what
// the file contains instead.
func missing(data []byte, want string) error {
	block, _ := pem.Decode(data)
	switch {
	case block != nil:
		return &FileError{fmt.Sprintf("the file holds no %s, but a %s", want, strings.ToLower(block.Type)), "name the file of the " + want}
	case len(data) > 0 && data[0] == 0x30: // an ASN.1 sequence, which every DER file is
		return &FileError{"the file is in DER form, expected PEM", "convert it, like openssl x509 -inform der -in FILE -out cert.pem"}
	}
	return &FileError{fmt.Sprintf("the file holds no %s in PEM form", want), "PEM begins with -----BEGIN"}
}
