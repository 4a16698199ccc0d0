package attack

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/lane"
	"github.com/assay-bench/assay/results"
)

// secure returns a server of TLS that ends connections which are idle for so long,
// and what a client has to know of it.
func secure(t *testing.T, idle time.Duration, h http.HandlerFunc) (*httptest.Server, *tls.Config) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.IdleTimeout = idle
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // some clients here hang up
	srv.EnableHTTP2 = true                           // which a lane does not speak, and must not be given
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	return srv, &tls.Config{RootCAs: roots}
}

// A load over TLS has the ledger that a plain one has. Its handshakes are made before
// it, one for each connection, and none is resumed.
func TestLanesSpeakTLS(t *testing.T) {
	var resumed atomic.Int64
	long := make([]byte, 300<<10)
	srv, client := secure(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.DidResume || r.ProtoMajor != 1 {
			resumed.Add(1)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) != len(long) && len(body) != 0 {
			t.Errorf("a body of %d bytes came, %v", len(body), err)
		}
		w.Header().Set("Server-Timing", "store;dur=1")
		if r.FormValue("k") == "7" {
			w.Header().Set("Connection", "close")
		}
		w.Write(long[:len(long)/3])
		w.(http.Flusher).Flush()
		w.Write(long[len(long)/3:])
	})
	client.ClientSessionCache = tls.NewLRUClientSessionCache(10)
	for _, tls12 := range []bool{false, true} {
		cfg := client.Clone()
		if tls12 {
			cfg.MaxVersion = tls.VersionTLS12
		}
		a, err := New(Config{
			URL: srv.URL, TLS: cfg, Clients: 3, Requests: 60, Timeout: time.Minute, Connections: 3,
			Request: func(m *Message, k uint64) {
				get(m, k)
				if m.Body = nil; k%5 == 1 {
					m.Method, m.Body = http.MethodPost, long
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		res, err := a.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if res.Outcomes.OK != 60 || res.BytesIn != uint64(60*len(long)) || res.Redials != 0 || res.Connections != 4 {
			t.Errorf("TLS 1.2: %v: %+v", tls12, res)
		}
		if n := a.Generator().Handshakes; n != 4 {
			t.Errorf("TLS 1.2: %v: %d handshakes for 4 connections", tls12, n)
		}
		if res.Part("store", OK).Count != 60 || res.Part(results.PartHandshake, OK).Count != 1 || res.Part(results.PartHandling, OK).Count != 60 {
			t.Errorf("TLS 1.2: %v: parts %v", tls12, res.Parts)
		}
	}
	if n := resumed.Load(); n != 0 {
		t.Errorf("%d requests came over a resumed session or another protocol", n)
	}
}

// A server that ends idle connections of TLS is dialled again, and one that breaks
// off an answer has broken it off.
func TestTLSConnectionsEnd(t *testing.T) {
	srv, client := secure(t, time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("k") == "3" {
			w.Header().Set("Content-Length", "10")
			w.Write([]byte("half"))
		}
	})
	res, _ := runAt(t, Config{URL: srv.URL, TLS: client, Clients: 1, Requests: 6, Think: 50 * time.Millisecond, Timeout: time.Minute, Connections: 1})
	if res.Outcomes.OK != 5 || res.Errors["truncated answer"] != 1 || res.Redials == 0 {
		t.Errorf("%+v", res)
	}
}

// What is wrong with a certificate has a name, before the load and in it.
func TestCertificatesThatAreWrong(t *testing.T) {
	srv, good := secure(t, time.Minute, func(http.ResponseWriter, *http.Request) {})
	otherName := good.Clone()
	otherName.ServerName = "elsewhere.test"
	old, oldClient := expired(t)
	for _, c := range []struct {
		name, url string
		tls       *tls.Config
		want      string
	}{
		{"unknown authority", srv.URL, nil, "TLS: certificate of an unknown authority"},
		{"another name", srv.URL, otherName, "TLS: certificate for another name"},
		{"expired", old, oldClient, "TLS: certificate expired or not yet valid"},
		{"not TLS", "https" + strings.TrimPrefix(serveRaw(t, func(int, int) (string, bool) { return "", true }), "http"), nil, "TLS: handshake failed"},
	} {
		a, err := New(Config{URL: c.url, TLS: c.tls, Clients: 1, Requests: 2, Timeout: time.Minute, Connections: 1, Request: get})
		if err != nil {
			t.Fatal(err)
		}
		err = a.Connect(t.Context())
		var handshake *lane.HandshakeError
		if !errors.As(err, &handshake) {
			t.Errorf("%s: connect: %v", c.name, err)
		}
		res, err := a.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if res.Outcomes.Timeout != 2 || res.Errors[c.want] != 2 {
			t.Errorf("%s: outcomes %+v, failures %v, want %q", c.name, res.Outcomes, res.Errors, c.want)
		}
	}
	insecure := &tls.Config{InsecureSkipVerify: true}
	res, _ := runAt(t, Config{URL: srv.URL, TLS: insecure, Clients: 1, Requests: 2, Timeout: time.Minute, Connections: 1})
	if res.Outcomes.OK != 2 {
		t.Errorf("insecure: %+v", res)
	}
}

// expired is the URL of a server whose certificate was valid once.
func expired(t *testing.T) (url string, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "old"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(-24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return srv.URL, &tls.Config{RootCAs: roots}
}

// Without reuse each request shakes hands anew, in its own time.
func TestNoReuseOverTLS(t *testing.T) {
	srv, client := secure(t, time.Minute, func(http.ResponseWriter, *http.Request) {})
	for _, std := range []bool{false, true} {
		res, log := runAt(t, Config{URL: srv.URL, TLS: client, Clients: 2, Requests: 10, Timeout: time.Minute, Connections: 2, NoReuse: true, Standard: std})
		// net/http may dial for a request that then has another's connection.
		if res.Outcomes.OK != 10 || res.Connections < 10 || !std && res.Connections > 10 {
			t.Errorf("standard=%v: %+v", std, res)
		}
		if !std && (log["handshake.ok"] != 10 || log["dial.ok"] != 10) {
			t.Errorf("log %v", log)
		}
	}
}

// A request over TLS costs what crypto/tls itself takes, and no more.
func TestSecureLaneAllocatesWhatTLSDoes(t *testing.T) {
	srv, client := secure(t, time.Minute, func(http.ResponseWriter, *http.Request) {})
	l, err := tls.Listen("tcp", "127.0.0.1:0", srv.TLS)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	defer all.Wait()
	defer l.Close()
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				request, answer := make([]byte, 4096), []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				for {
					if _, err := c.Read(request); err != nil {
						return
					}
					if _, err := c.Write(answer); err != nil {
						return
					}
				}
			})
		}
	})
	url := "https://" + l.Addr().String()
	client.NextProtos = []string{"http/1.1"}
	client.ServerName = "127.0.0.1"
	dial := func() (net.Conn, error) {
		nc, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return nil, err
		}
		under := &onceFull{Conn: nc}
		c := tls.Client(under, client)
		err = c.Handshake()
		under.shaken = true
		return readTwice{c}, err
	}
	short, long := allocations(t, Config{URL: url, TLS: client}, 500), allocations(t, Config{URL: url, TLS: client}, 5500)
	perRequest := float64(long-short) / 5000
	if base := plainAllocations(t, dial, 5000); perRequest > base+0.05 {
		t.Errorf("%.3f allocations a request, of which crypto/tls makes %.3f on both sides", perRequest, base)
	}
}

// onceFull is a connection that, when hands are shaken, gives something once for
// each write, and then says for a while that there is nothing: as a lane's does.
type onceFull struct {
	net.Conn
	shaken, empty bool
}

func (c *onceFull) Read(b []byte) (int, error) {
	if c.shaken && c.empty {
		return 0, nothingYet
	}
	c.empty = true
	return c.Conn.Read(b)
}

func (c *onceFull) Write(b []byte) (int, error) {
	c.empty = false
	return c.Conn.Write(b)
}

var nothingYet net.Error = &net.DNSError{IsTimeout: true, IsTemporary: true}

// readTwice reads until there is nothing more, as a lane does.
type readTwice struct{ *tls.Conn }

func (c readTwice) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err == nil {
		if _, err = c.Conn.Read(b[n:]); err == nothingYet {
			err = nil
		}
	}
	return n, err
}
