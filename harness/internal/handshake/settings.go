package handshake

import (
	"crypto/tls"
	"fmt"

	"github.com/assay-bench/assay/results"
)

// Settings are how a client speaks TLS with one server. The zero value trusts the
// authorities of the system and shows no certificate.
type Settings struct {
	// CA is a PEM file with the certificates of the authorities to trust, instead of
	// those of the system. For a self-signed server it contains the server's certificate.
	CA string
	// Insecure accepts whatever certificate the server shows. It excludes CA.
	Insecure bool
	// Cert and Key are PEM files with the certificate and the private key that the
	// client shows to a server which asks for them; both or neither are given.
	Cert, Key string
	// ServerName is the name that the client asks for and that the server's certificate
	// has to contain. If it is empty, the host of the URL is used.
	ServerName string
}

// Config reads the files and returns the configuration of a client. For nil settings it
// returns nil, which means the defaults to Go's clients. Every call reads the files again,
// because the certificates of a test server may be replaced between two trials.
func (s *Settings) Config() (*tls.Config, error) {
	if s == nil {
		return nil, nil
	}
	c := &tls.Config{
		ServerName: s.ServerName, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: s.Insecure, // #nosec G402 -- the user asked for it, and the report says so
	}
	if s.CA != "" {
		data, err := results.ReadRegular(s.CA)
		if err != nil {
			return nil, fmt.Errorf("tls.ca: %w", err)
		}
		if c.RootCAs, err = Authorities(data); err != nil {
			return nil, fmt.Errorf("tls.ca: %s: %w", s.CA, err)
		}
	}
	if s.Cert == "" {
		return c, nil
	}
	cert, err := results.ReadRegular(s.Cert)
	if err != nil {
		return nil, fmt.Errorf("tls.cert: %w", err)
	}
	key, err := results.ReadRegular(s.Key)
	if err != nil {
		return nil, fmt.Errorf("tls.key: %w", err)
	}
	pair, err := Pair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("tls.cert %s, tls.key %s: %w", s.Cert, s.Key, err)
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}
