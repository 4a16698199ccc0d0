package hostlab

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// authority signs the certificates of a cluster.
type authority struct {
	lab    *Lab
	dir    string // of the files, in the folder of the lab
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	serial int64
}

// newAuthority makes the certificate authority of a cluster, and the keys by which it signs
// the tokens of service accounts.
func (l *Lab) newAuthority(dir string) (*authority, error) {
	a := &authority{lab: l, dir: dir, serial: 1}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a.key = key
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test cluster"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	if err := a.write("ca", a.cert, key); err != nil {
		return nil, err
	}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		return nil, err
	}
	if err := a.pem("sa.key", "PRIVATE KEY", private); err != nil {
		return nil, err
	}
	return a, a.pem("sa.pub", "PUBLIC KEY", public)
}

// issue makes NAME.crt and NAME.key for a user, its group, and the names and addresses of a
// server.
func (a *authority) issue(name, user, group string, names []string, addresses ...string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	a.serial++
	c := &x509.Certificate{
		SerialNumber: big.NewInt(a.serial), Subject: pkix.Name{CommonName: user},
		NotBefore: a.cert.NotBefore, NotAfter: a.cert.NotAfter, DNSNames: names,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if group != "" {
		c.Subject.Organization = []string{group}
	}
	for _, text := range addresses {
		c.IPAddresses = append(c.IPAddresses, net.ParseIP(text))
	}
	return a.write(name, c, key)
}

// write signs a certificate and writes it with its key.
func (a *authority) write(name string, c *x509.Certificate, key *ecdsa.PrivateKey) error {
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := a.pem(name+".crt", "CERTIFICATE", der); err != nil {
		return err
	}
	return a.pem(name+".key", "PRIVATE KEY", private)
}

// pem writes a certificate or a key, which only root can read.
func (a *authority) pem(name, kind string, der []byte) error {
	_, err := a.lab.write(a.dir+"/"+name, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})), 0o600)
	return err
}

// path returns the path of a file of the authority.
func (a *authority) path(name string) string { return a.lab.config.Dir + "/" + a.dir + "/" + name }

// kubeconfig writes the configuration by which a user with a certificate, or with a token,
// reaches a server, and returns its path.
func (a *authority) kubeconfig(name, server, token string) (string, error) {
	user := fmt.Sprintf("{client-certificate: %s, client-key: %s}", a.path(name+".crt"), a.path(name+".key"))
	if token != "" {
		user = fmt.Sprintf("{token: %s}", token)
	}
	return a.lab.write(a.dir+"/"+name+".kubeconfig", fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: %q, certificate-authority: %s}}]
users: [{name: lab, user: %s}]
contexts: [{name: lab, context: {cluster: lab, user: lab, namespace: assay}}]
current-context: lab
`, server, a.path("ca.crt"), user), 0o600)
}
