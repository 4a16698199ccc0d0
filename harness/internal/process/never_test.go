package process

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// What cannot come is not waited for to the end, and the error says what was seen. What may
// still come is.
func TestReadinessThatNeverComes(t *testing.T) {
	quiet := func(srv *httptest.Server) *httptest.Server {
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		t.Cleanup(srv.Close)
		return srv
	}
	status := func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusOK
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &code)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(code)
	}
	plain := quiet(httptest.NewServer(http.HandlerFunc(status)))
	secure := quiet(httptest.NewTLSServer(http.HandlerFunc(status)))
	strict := quiet(httptest.NewUnstartedServer(http.HandlerFunc(status)))
	strict.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	strict.StartTLS()
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	trust := &tls.Config{RootCAs: roots}
	banner := bannerServer(t)

	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	swap := func(raw, scheme string) string {
		_, rest, _ := strings.Cut(raw, "://")
		return scheme + "://" + rest
	}
	_, port, _ := net.SplitHostPort(mustURL(t, secure.URL).Host)
	for _, c := range []struct {
		name, url string
		secure    *tls.Config
		want      string // in the error; empty: it is waited for
	}{
		{"unknown authority", secure.URL, nil, "certificate of an unknown authority"},
		{"other name", "https://localhost:" + port, trust, "certificate for another name"},
		{"client certificate", strict.URL, &tls.Config{InsecureSkipVerify: true}, "client certificate refused"},
		{"TLS to plain", swap(plain.URL, "https"), nil, "the server speaks plain HTTP"},
		{"plain to TLS", swap(secure.URL, "http"), nil, "plain HTTP to a server that speaks TLS"},
		{"TLS to what is no HTTP", swap(banner, "https"), nil, "the server does not speak TLS"},
		{"no socket", reach.Socket(file, false) + ":/", nil, "is not a socket"},
		{"no socket by connection", reach.Socket(file, false), nil, "is not a socket"},
		{"not found", plain.URL + "/404", nil, "it answers 404"},
		{"bad request", plain.URL + "/400", nil, "it answers 400"},
		{"not acceptable", plain.URL + "/406", nil, "it answers 406"},
		{"teapot", plain.URL + "/418", nil, "it answers 418"},
		{"a method that nobody serves", plain.URL + "/501", nil, "it answers 501"},
		{"over TLS", secure.URL + "/403", trust, "it answers 403"},

		{"too many requests", plain.URL + "/429", nil, ""},
		{"too early", plain.URL + "/425", nil, ""},
		{"starting", plain.URL + "/503", nil, ""},
		{"failing", plain.URL + "/500", nil, ""},
		{"nobody", "http://127.0.0.1:1", nil, ""},
		{"no socket yet", reach.Socket(filepath.Join(dir, "later"), false) + ":/", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			limit := 30 * time.Second
			if c.want == "" {
				limit = 300 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			_, err := await(ctx, c.url, c.secure, nil, 20*time.Millisecond)
			var never *NeverError
			if errors.As(err, &never) != (c.want != "") || err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.url) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	for _, path := range []string{"/200", "/204", "/301", "/304"} {
		if _, err := await(t.Context(), plain.URL+path, nil, nil, time.Minute); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// bannerServer is a server that greets like one of mail, and returns its URL.
func bannerServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "220 mail.test ready\r\n")
			_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
			_, _ = c.Read(make([]byte, 1))
			c.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

// The folder of a socket is nobody else's, and nothing of it remains.
func TestPlaceOfASocket(t *testing.T) {
	s, err := NewSocket()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", s.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	info, err := os.Stat(filepath.Dir(s.Path))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	s.Remove()
	if _, err := os.Stat(filepath.Dir(s.Path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), strings.Repeat("x", 100)))
	if err := os.Mkdir(os.Getenv("TMPDIR"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := NewSocket(); err == nil || !strings.Contains(err.Error(), "set TMPDIR to a folder with a shorter path") {
		t.Errorf("error %v", err)
	}
}
