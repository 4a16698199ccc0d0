package scenario

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/harness/internal/handshake/certificate"
)

// secureFolder has the files of two servers, and some that are wrong.
func secureFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	other := filepath.Join(dir, "other")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{dir, other} {
		if err := (certificate.SelfSigned{}).Write(folder); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "words.txt"), []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// secureFile is a scenario with TLS; each case of the tests changes its server.
const secureFile = `version: 1
name: secure
server:
  %
variants: [{name: a, params: {of: .}}, {name: b, params: {of: other}}]
load: {closed: {clients: 1, requests: 1}}
targets: [{path: "/${of}"}]
`

func secureScenario(dir, server string) (*Scenario, error) {
	file := filepath.Join(dir, "f")
	s, err := Parse(file, []byte(strings.Replace(secureFile, "%", server, 1)), Options{})
	var errs Errors
	if errors.As(err, &errs) {
		for _, e := range errs {
			e.File = "f"
		}
	}
	return s, err
}

func TestBrokenTLS(t *testing.T) {
	dir := secureFolder(t)
	const url = "url: https://127.0.0.1:9\n  tls: "
	for _, c := range []struct{ name, server, want string }{
		{"plain", "url: http://127.0.0.1:9\n  tls: {}", `f:4:8: server.url: "http://127.0.0.1:9" is plain HTTP, for which tls means nothing (write https://127.0.0.1:9, or delete tls)`},
		{"no mapping", url + "true", `f:5:8: server.tls: expected a mapping, found a single value (write key: value pairs)`},
		{"unknown key", url + "{caa: cert.pem}", `f:5:9: unknown key "caa" in server.tls (did you mean ca?)`},
		{"ca and insecure", url + "{ca: cert.pem, insecure: true}", `f:5:33: server.tls: ca and insecure cannot both be given (keep ca: insecure would accept any certificate)`},
		{"insecure", url + "{insecure: True}", `f:5:19: server.tls.insecure: "True" is neither true nor false (did you mean true?)`},
		{"parameter", url + `{insecure: "${of}"}`, `f:5:19: server.tls.insecure: "." is neither true nor false in a`},
		{"no key", url + "{cert: cert.pem}", `f:5:15: server.tls.cert has no key (add key: with the file of its private key)`},
		{"no cert", url + "{key: key.pem}", `f:5:14: server.tls.key has no cert (add cert: with the file of its certificate)`},
		{"no file", url + "{ca: none.pem}", `f:5:13: server.tls.ca: there is no file "none.pem" (the path is relative to the scenario file)`},
		{"no file in one", url + `{ca: "${of}/../${of}.pem"}`, `f:5:13: server.tls.ca: there is no file "./../..pem" in a (the path is relative to the scenario file)`},
		{"a key", url + "{ca: key.pem}", `f:5:13: server.tls.ca: "key.pem": the file holds no certificate, but a private key (name the file of the certificate)`},
		{"words", url + "{ca: words.txt}", `f:5:13: server.tls.ca: "words.txt": the file holds no certificate in PEM form (PEM begins with -----BEGIN)`},
		{"swapped", url + "{cert: key.pem, key: cert.pem}", "f:5:15: server.tls.cert: \"key.pem\": the file holds no certificate, but a private key (name the file of the certificate)\n" +
			`f:5:29: server.tls.key: "cert.pem": the file holds no private key, but a certificate (name the file of the private key)`},
		{"another's key", url + "{cert: cert.pem, key: other/key.pem}", `f:5:30: server.tls.key: "other/key.pem": the key is not that of the certificate (name the key that the certificate was made with)`},
		{"name", url + "{server_name: https://api.test}", `f:5:22: server.tls.server_name: "https://api.test" is not the name of a host (like api.test, without scheme and port)`},
	} {
		_, err := secureScenario(dir, c.server)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// Settings resolve to files beside the scenario, and a server that is started is asked
// by https.
func TestResolveTLS(t *testing.T) {
	dir := secureFolder(t)
	for _, c := range []struct {
		server, variant string
		url, ready      string
		want            *handshake.Settings
	}{
		{"url: https://127.0.0.1:9", "a", "https://127.0.0.1:9", "https://127.0.0.1:9/", nil},
		{`command: [x, "${port}"]` + "\n  tls: {}", "a", "https://127.0.0.1:7", "https://127.0.0.1:7/", &handshake.Settings{}},
		{`command: [x, "${port}"]` + "\n  tls: {insecure: true}\n  ready: {path: \"http://127.0.0.1:8/\"}", "a", "https://127.0.0.1:7", "http://127.0.0.1:8/", &handshake.Settings{Insecure: true}},
		{"url: https://127.0.0.1:9\n  tls: {ca: \"${of}/cert.pem\", insecure: false, cert: cert.pem, key: key.pem, server_name: \"${of}.test\"}", "b", "https://127.0.0.1:9", "https://127.0.0.1:9/", &handshake.Settings{
			CA: filepath.Join(dir, "other/cert.pem"), Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), ServerName: "other.test",
		}},
	} {
		s, err := secureScenario(dir, c.server)
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range s.Cells() {
			if cell.Variant != c.variant {
				continue
			}
			r, err := s.Resolve(cell, Env{Ports: map[string]int{"server": 7}})
			if err != nil {
				t.Fatal(err)
			}
			v := r.Servers[0]
			if d := cmp.Diff(c.want, v.TLS); d != "" || v.URL != c.url || v.Ready != c.ready {
				t.Errorf("%s: url %s, ready %s\n%s", c.server, v.URL, v.Ready, d)
			}
			if _, err := v.TLS.Config(); err != nil {
				t.Error(err)
			}
		}
		if len(s.Inputs) != 0 {
			t.Errorf("inputs %v: they say whom to trust, not what is sent", s.Inputs)
		}
		if stream := s.Record().Streams[0]; !stream.TLS || stream.Insecure != strings.Contains(c.server, "insecure: true") || stream.NoReuse {
			t.Errorf("%s: recorded as %+v", c.server, stream)
		}
	}
}

// A connection for every request is recorded; to keep them is the rule.
func TestReuse(t *testing.T) {
	for text, want := range map[string]bool{"": false, "reuse: true": false, "reuse: false": true} {
		s, err := Parse("f", []byte(strings.Replace(base, "targets:", "  "+text+"\ntargets:", 1)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s.Streams[0].NoReuse != want || s.Record().Streams[0].NoReuse != want {
			t.Errorf("%q: no reuse %v", text, s.Streams[0].NoReuse)
		}
	}
}
