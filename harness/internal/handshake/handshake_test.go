package handshake

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/handshake/certificate"
)

// serve starts a server of TLS that shows a certificate; with edit, of another kind.
func serve(t *testing.T, shown certificate.SelfSigned, edit func(*tls.Config)) (url, caFile string) {
	t.Helper()
	dir := t.TempDir()
	if err := shown.Write(dir); err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(dir, certificate.CertFile)
	pair, err := tls.LoadX509KeyPair(ca, filepath.Join(dir, certificate.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	if edit != nil {
		edit(s.TLS)
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL, ca
}

// get asks once with settings.
func get(t *testing.T, url string, s *Settings) error {
	t.Helper()
	c, err := s.Config()
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: c}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(url)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

// What is wrong has a name and a way out, and the right settings have none.
func TestFailures(t *testing.T) {
	url, ca := serve(t, certificate.SelfSigned{}, nil)
	named, namedCA := serve(t, certificate.SelfSigned{Name: "api.test"}, nil)
	old, oldCA := serve(t, certificate.SelfSigned{Expired: true}, nil)
	wants, wantsCA := serve(t, certificate.SelfSigned{}, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert })
	earlier, earlierCA := serve(t, certificate.SelfSigned{}, func(c *tls.Config) {
		c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
	})
	modern, modernCA := serve(t, certificate.SelfSigned{}, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 }) // #nosec G402 -- refused is what it must be
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	key := filepath.Join(filepath.Dir(ca), certificate.KeyFile)
	for _, c := range []struct {
		name, url string
		settings  *Settings
		want      Kind   // empty: it works
		do        string // a part of what to do
	}{
		{"its own authority", url, &Settings{CA: ca}, "", ""},
		{"insecure", url, &Settings{Insecure: true}, "", ""},
		{"by name", named, &Settings{CA: namedCA, ServerName: "api.test"}, "", ""},
		{"expired, insecure", old, &Settings{Insecure: true}, "", ""},
		{"with a certificate", wants, &Settings{CA: wantsCA, Cert: ca, Key: key}, "", ""},
		{"unknown", url, nil, UnknownAuthority, "tls: {ca: FILE}"},
		{"of another authority", url, &Settings{CA: namedCA}, UnknownAuthority, "tls: {insecure: true}"},
		{"another name", named, &Settings{CA: namedCA}, OtherName, "server_name"},
		{"expired", old, &Settings{CA: oldCA}, Expired, "new certificate"},
		{"no client certificate", wants, &Settings{CA: wantsCA}, ClientRefused, "cert: FILE, key: FILE"},
		{"no client certificate in TLS 1.2", earlier, &Settings{CA: earlierCA}, Refused, "cert: FILE, key: FILE"},
		{"old version", modern, &Settings{CA: modernCA}, Refused, "log"},
		{"plain HTTP", "https" + strings.TrimPrefix(plain.URL, "http"), nil, PlainServer, "http://"},
	} {
		f := FailureOf(get(t, c.url, c.settings))
		switch {
		case f == nil && c.want != "":
			t.Errorf("%s: no failure, want %q", c.name, c.want)
		case f != nil && (f.Kind != c.want || !strings.Contains(f.Error(), c.do)):
			t.Errorf("%s: %v, want %q and %q", c.name, f, c.want, c.do)
		}
	}
	if f := FailureOf(errors.New("connection refused")); f != nil {
		t.Errorf("a server that is not there: %v", f)
	}
	for url, want := range map[string]bool{url: true, wants: true, plain.URL: false} {
		if got := SpokenAt(t.Context(), url); got != want {
			t.Errorf("%s speaks TLS: %v", url, got)
		}
	}
}

// Files say what is wrong with them.
func TestFiles(t *testing.T) {
	cert, key, err := certificate.SelfSigned{}.PEM()
	if err != nil {
		t.Fatal(err)
	}
	_, otherKey, err := certificate.SelfSigned{}.PEM()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(cert)
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})
	encrypted := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")})
	badKey := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})
	for _, c := range []struct {
		name      string
		cert, key []byte
		want      string
	}{
		{"right", cert, key, ""},
		{"both in one file", append(append([]byte{}, key...), cert...), key, ""},
		{"nothing", nil, key, "the file holds no certificate in PEM form"},
		{"text", []byte("hello"), key, "the file holds no certificate in PEM form"},
		{"DER", block.Bytes, key, "DER form"},
		{"key for certificate", key, key, "no certificate, but a private key"},
		{"certificate for key", cert, cert, "no private key, but a certificate"},
		{"broken certificate", append(append([]byte{}, cert...), broken...), key, "certificate 2 of the file cannot be read"},
		{"encrypted", cert, encrypted, "encrypted"},
		{"broken key", cert, badKey, "cannot be read"},
		{"another's key", cert, otherKey, "not that of the certificate"},
	} {
		_, err := Pair(c.cert, c.key)
		var wrong *FileError
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!errors.As(err, &wrong) || !strings.Contains(wrong.What, c.want) || wrong.Do == ""):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A file that is gone since the scenario was read is told of with its key.
func TestConfigNamesTheKey(t *testing.T) {
	dir := t.TempDir()
	if err := (certificate.SelfSigned{}).Write(dir); err != nil {
		t.Fatal(err)
	}
	none, cert := filepath.Join(dir, "none.pem"), filepath.Join(dir, certificate.CertFile)
	for want, s := range map[string]Settings{
		"tls.ca: open":   {CA: none},
		"tls.cert: open": {Cert: none, Key: none},
		"tls.key: open":  {Cert: cert, Key: none},
		"tls.key":        {Cert: cert, Key: cert},
	} {
		if _, err := s.Config(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", s, err, want)
		}
	}
}

// FuzzFiles asserts that no bytes make the readers of files panic, and that whatever
// they refuse has a reason and a way out.
func FuzzFiles(f *testing.F) {
	cert, key, err := certificate.SelfSigned{}.PEM()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(cert, key)
	f.Add(key, cert)
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), []byte{0x30})
	f.Fuzz(func(t *testing.T, cert, key []byte) {
		_, pairErr := Pair(cert, key)
		_, caErr := Authorities(cert)
		for _, err := range []error{pairErr, caErr} {
			var wrong *FileError
			if err != nil && (!errors.As(err, &wrong) || wrong.What == "" || wrong.Do == "") {
				t.Errorf("refused with %v", err)
			}
		}
	})
}
