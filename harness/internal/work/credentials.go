package work

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/assay-bench/assay/results"
)

// coordinatorName is the name in the certificate of every coordinator. Workers verify it
// instead of an address, because a coordinator may be reached by several.
const coordinatorName = "coordinator.assay.internal"

// Config is what a worker needs to know to reach the coordinator. It is a secret.
type Config struct {
	URL   string `json:"url"`   // of the coordinator
	CA    string `json:"ca"`    // PEM
	Token string `json:"token"` // worth nothing after the run
}

// mostConfig is the largest size of a Config as JSON, in bytes.
const mostConfig = 64 << 10

// ReadConfig reads a Config, which is one line of JSON. It reads no further than the end
// of that line.
func ReadConfig(r io.Reader) (c Config, err error) {
	var line []byte
	for one := make([]byte, 1); len(line) < mostConfig; {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' {
			break
		}
		line = append(line, one[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c, fmt.Errorf("read how to reach the coordinator: %w", err)
		}
	}
	if json.Unmarshal(line, &c) != nil || c.URL == "" || c.CA == "" || c.Token == "" {
		// What was read may be a secret, so the error does not show it.
		return c, errors.New("read how to reach the coordinator: no line of JSON with url, ca and token: a worker is started by `run --on`, not by hand")
	}
	return c, nil
}

// ReadConfigFile reads a Config from a file, which no other user may be able to read.
func ReadConfigFile(path string) (c Config, err error) {
	f, err := results.OpenRegular(path)
	if err != nil {
		return c, fmt.Errorf("read how to reach the coordinator: %w: the file has to be in a folder that this host shares with the coordinator", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return c, fmt.Errorf("read how to reach the coordinator: %w", err)
	}
	// A Secret that Kubernetes mounts belongs to root, and to a group of the pod alone.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && mode != 0o440 {
		return c, fmt.Errorf("read how to reach the coordinator: %s has mode %04o, so other users can read it: its mode has to be 0600", path, mode)
	}
	return ReadConfig(f)
}

// Write writes c as one line of JSON.
func (c Config) Write(w io.Writer) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// client returns the TLS configuration of a worker, which accepts this coordinator alone.
func (c Config) client() (*tls.Config, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(c.CA)) {
		return nil, errors.New("the certificate authority of the coordinator cannot be read")
	}
	return &tls.Config{RootCAs: roots, ServerName: coordinatorName, MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}}, nil
}

// lifetime is how long the certificates of a run are valid. They begin earlier, because
// clocks of hosts differ.
const lifetime = 30 * 24 * time.Hour

// credentials makes a certificate authority, a certificate of the coordinator and a token.
// The key of the authority is not kept.
func credentials() (pair tls.Certificate, c Config, err error) {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "assay run"},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(lifetime),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair, c, fmt.Errorf("make the run's authority: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return pair, c, fmt.Errorf("make the run's authority: %w", err)
	}
	c.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: coordinatorName}, DNSNames: []string{coordinatorName},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair, c, fmt.Errorf("make the coordinator's certificate: %w", err)
	}
	der, err = x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), authorityKey)
	if err != nil {
		return pair, c, fmt.Errorf("make the coordinator's certificate: %w", err)
	}
	token := make([]byte, 32)
	if _, err := rand.Read(token); err != nil {
		return pair, c, fmt.Errorf("make the run's token: %w", err)
	}
	c.Token = hex.EncodeToString(token)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, c, nil
}
