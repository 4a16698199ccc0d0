// Package certificate makes certificates for the servers that tests start. It is for tests
// only, because nobody keeps its keys secret.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Files that Write makes.
const (
	CertFile = "cert.pem"
	KeyFile  = "key.pem"
)

// SelfSigned describes a certificate that is its own authority. The zero value describes
// a certificate for 127.0.0.1 that is valid now.
type SelfSigned struct {
	Name    string // host name that the certificate is for, instead of 127.0.0.1
	Expired bool   // the certificate was valid until yesterday
}

// PEM makes the certificate and its private key, and returns them as the contents of PEM
// files.
func (s SelfSigned) PEM() (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	from, until := time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	if s.Expired {
		from, until = from.Add(-48*time.Hour), from.Add(-24*time.Hour)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "assay test"}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true,
	}
	if s.Name != "" {
		template.DNSNames = []string{s.Name}
	} else {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, nil, fmt.Errorf("make a certificate: %w", err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("encode a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}), nil
}

// Write makes the certificate, and writes it and its key to CertFile and KeyFile in a
// folder.
func (s SelfSigned) Write(dir string) error {
	cert, key, err := s.PEM()
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, CertFile), cert, 0o600),
		os.WriteFile(filepath.Join(dir, KeyFile), key, 0o600),
	)
}

// Pair makes the certificate for a server, and the pool of authorities with which a client
// accepts the server.
func (s SelfSigned) Pair() (pair tls.Certificate, roots *x509.CertPool, err error) {
	cert, key, err := s.PEM()
	if err != nil {
		return pair, nil, err
	}
	if pair, err = tls.X509KeyPair(cert, key); err != nil {
		return pair, nil, fmt.Errorf("read what was made: %w", err)
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	return pair, roots, nil
}
