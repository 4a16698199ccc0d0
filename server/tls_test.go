package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfSigned writes a certificate for 127.0.0.1 and its key into files.
func selfSigned(t *testing.T) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	write := func(name, kind string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", certificate), write("key.pem", "PRIVATE KEY", private), roots
}

func TestServesTLS(t *testing.T) {
	certFile, keyFile, roots := selfSigned(t)
	addr, admin, stop := started(t, "-tls-cert="+certFile, "-tls-key="+keyFile, "-admin-addr=127.0.0.1:0", "-shutdown-timeout=10s")
	for _, test := range []struct {
		name  string
		http2 bool
		major int
	}{{"HTTP/1.1", false, 1}, {"HTTP/2", true, 2}} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: test.http2}
		for _, path := range []string{"/api/v1/patients?id=P00042", "/fhir/Patient/P00042", "/health"} {
			response, err := (&http.Client{Transport: transport}).Get("https://" + addr + path)
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || response.StatusCode != http.StatusOK || response.ProtoMajor != test.major || response.Header.Get("Server-Timing") == "" {
				t.Errorf("%s %s: %s %s, %v", test.name, path, response.Proto, body, err)
			}
		}
		// A deadline beyond the usual limit on answers goes over HTTP/2 as well.
		request, err := http.NewRequest(http.MethodGet, "https://"+addr+"/api/v1/patients?id=P00042", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Query-Class", "batch")
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: class batch: %v, %v", test.name, response, err)
		}
		response.Body.Close()
		transport.CloseIdleConnections()
	}
	if status, body := fetch(t, "http://"+addr+"/health"); status != http.StatusBadRequest {
		t.Errorf("plain HTTP to the address of HTTPS: %d %s", status, body)
	}
	if status, _ := fetch(t, "http://"+admin+"/health"); status != http.StatusOK {
		t.Errorf("the administrative address, which is loopback and plain: %d", status)
	}
	old := &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11} // #nosec G402 -- refused is what it must be
	if connection, err := tls.Dial("tcp", addr, old); err == nil {
		connection.Close()
		t.Error("TLS 1.1 was accepted")
	}
	if status, log := stop(); status != 0 {
		t.Errorf("status %d, log:\n%s", status, log)
	}
}

func TestWrongCertificates(t *testing.T) {
	certFile, keyFile, _ := selfSigned(t)
	_, otherKey, _ := selfSigned(t)
	for _, test := range []struct{ cert, key, reason string }{
		{"missing.pem", keyFile, "no such file"},
		{certFile, "missing.pem", "no such file"},
		{certFile, otherKey, "does not match"},
		{keyFile, keyFile, "PEM"},
	} {
		_, err := parse([]string{"-tls-cert=" + test.cert, "-tls-key=" + test.key}, nil)
		if err == nil {
			t.Errorf("%s and %s were accepted", test.cert, test.key)
			continue
		}
		for _, part := range []string{"-tls-cert", "-tls-key", test.reason} {
			if !strings.Contains(err.Error(), part) && (part != "no such file" || !strings.Contains(err.Error(), "cannot find")) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
	}
}
