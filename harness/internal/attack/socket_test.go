package attack

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/harness/internal/schedule"
)

// onSocket starts a server on a Unix domain socket, and returns its URL and what a client
// has to know of its certificate.
func onSocket(t *testing.T, secure bool, h http.Handler) (string, *tls.Config) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", file)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(h)
	srv.Listener.Close()
	srv.Listener, srv.Config.ErrorLog = l, log.New(io.Discard, "", 0)
	t.Cleanup(srv.Close)
	if !secure {
		srv.Start()
		return reach.Socket(file, false), nil
	}
	srv.StartTLS()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	return reach.Socket(file, true), &tls.Config{RootCAs: roots, ServerName: "example.com"}
}

// Every transport sends to a socket as it does to an address, with the header Host of this
// machine, under both kinds of load.
func TestLoadsOfSockets(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "localhost" || (r.TLS != nil) != (r.URL.Path == "/secure") {
			w.WriteHeader(http.StatusTeapot)
		}
		fmt.Fprint(w, r.URL.Path)
	})
	plain, _ := onSocket(t, false, echo)
	secure, trust := onSocket(t, true, echo)
	for _, c := range []struct {
		name string
		edit func(*Config)
		tls  bool
	}{
		{"fast", func(*Config) {}, false},
		{"fast with TLS", func(*Config) {}, true},
		{"fast without reuse", func(c *Config) { c.NoReuse = true }, false},
		{"lean", func(c *Config) { c.lean = true }, false},
		{"std", func(c *Config) { c.Standard = true }, false},
		{"std with TLS", func(c *Config) { c.Standard = true }, true},
		{"std without reuse", func(c *Config) { c.Standard, c.NoReuse = true, true }, false},
	} {
		for _, open := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, open %v", c.name, open), func(t *testing.T) {
				cfg := Config{URL: plain, Timeout: time.Minute, Connections: 3, Clients: 3, Requests: 60, Request: func(m *Message, _ uint64) {
					m.Method, m.Path = http.MethodGet, append(m.Path[:0], "/plain"...)
				}}
				if c.tls {
					cfg.URL, cfg.TLS = secure, trust
					cfg.Request = func(m *Message, _ uint64) { m.Method, m.Path = http.MethodGet, append(m.Path[:0], "/secure"...) }
				}
				if open {
					cfg.Clients, cfg.Requests, cfg.Duration = 0, 0, 300*time.Millisecond
					var err error
					if cfg.Schedule, err = schedule.New([]schedule.Stage{schedule.Flat(200, cfg.Duration)}, schedule.Constant, 1); err != nil {
						t.Fatal(err)
					}
				}
				c.edit(&cfg)
				a, err := New(cfg)
				if err != nil {
					t.Fatal(err)
				}
				if err := a.Connect(t.Context()); err != nil {
					a.Close()
					t.Fatal(err)
				}
				res, err := a.Run(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if res.Recorded != 60 || res.Outcomes.OK != 60 {
					t.Errorf("%d recorded, outcomes %+v, statuses %v, errors %v", res.Recorded, res.Outcomes, res.Statuses, res.Errors)
				}
			})
		}
	}
}

// A socket on which nobody listens is named in the error.
func TestASocketOfNobody(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none")
	for _, lean := range []bool{false, true} {
		a, err := New(Config{URL: reach.Socket(file, false), Clients: 1, Requests: 1, Connections: 1, Timeout: time.Minute, Request: get, lean: lean})
		if err != nil {
			t.Fatal(err)
		}
		err = a.Connect(t.Context())
		a.Close()
		want := fmt.Sprintf("open connection 1 of 1 to %s: dial unix %[1]s: connect: no such file or directory", file)
		if err == nil || err.Error() != want {
			t.Errorf("error %v\nwant  %s", err, want)
		}
	}
}
