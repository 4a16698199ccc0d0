package attack

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/harness/internal/handshake/certificate"
	"github.com/assay-bench/assay/results"
)

// standardAt attacks a server of TLS by net/http.
func standardAt(t *testing.T, shown certificate.SelfSigned, noReuse bool, trust func(*x509.CertPool) *tls.Config) (res *results.StreamResult, protocols map[int]bool) {
	t.Helper()
	pair, roots, err := shown.Pair()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan int, 100)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.DidResume {
			seen <- 0
		}
		seen <- r.ProtoMajor
	}))
	srv.EnableHTTP2, srv.TLS = true, &tls.Config{Certificates: []tls.Certificate{pair}}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	a, err := New(Config{URL: srv.URL, TLS: trust(roots), Clients: 2, Requests: 10, Timeout: time.Minute, Connections: 2,
		Standard: true, NoReuse: noReuse, Request: get})
	if err != nil {
		t.Fatal(err)
	}
	if res, err = a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(seen)
	protocols = map[int]bool{}
	for p := range seen {
		protocols[p] = true
	}
	return res, protocols
}

// net/http takes the same settings as the lanes, speaks HTTP/2, counts its handshakes,
// and resumes no session of an earlier load. Without reuse, every request has a
// connection and a handshake of its own. With reuse, a connection that net/http opened
// and did not need may never have shaken hands.
func TestStandardSpeaksTLS(t *testing.T) {
	cache := tls.NewLRUClientSessionCache(10)
	trust := func(roots *x509.CertPool) *tls.Config { return &tls.Config{RootCAs: roots, ClientSessionCache: cache} }
	for _, noReuse := range []bool{false, true} {
		res, protocols := standardAt(t, certificate.SelfSigned{}, noReuse, trust)
		if res.Outcomes.OK != 10 || !protocols[2] || len(protocols) != 1 || res.Handshakes == 0 || res.Handshakes > res.Connections {
			t.Errorf("no reuse %v: outcomes %+v, errors %v, protocols %v, %d handshakes on %d connections", noReuse, res.Outcomes, res.Errors, protocols, res.Handshakes, res.Connections)
		}
		if n := res.Part(results.PartHandshake, OK).Count; noReuse && (n != 10 || res.Handshakes != 10 || res.Connections != 10) {
			t.Errorf("10 requests tell of %d handshakes; counted were %d on %d connections", n, res.Handshakes, res.Connections)
		}
	}
}

// What is wrong with a certificate has the name that it has in lanes.
func TestStandardNamesWrongCertificates(t *testing.T) {
	trusting := func(roots *x509.CertPool) *tls.Config { return &tls.Config{RootCAs: roots} }
	for _, c := range []struct {
		shown certificate.SelfSigned
		trust func(*x509.CertPool) *tls.Config
		want  handshake.Kind
	}{
		{certificate.SelfSigned{}, func(*x509.CertPool) *tls.Config { return nil }, handshake.UnknownAuthority},
		{certificate.SelfSigned{Name: "api.test"}, trusting, handshake.OtherName},
		{certificate.SelfSigned{Expired: true}, trusting, handshake.Expired},
	} {
		res, _ := standardAt(t, c.shown, false, c.trust)
		if res.Outcomes.Timeout != 10 || res.Errors[string(c.want)] != 10 || res.Handshakes != 0 {
			t.Errorf("%+v: outcomes %+v, errors %v, want %q", c.shown, res.Outcomes, res.Errors, c.want)
		}
	}
}

// To connect and to shake hands are parts of the wait for the connection, whatever
// they took: a part that was done before the request was there is not its own.
func TestOpeningIsWithinTheWait(t *testing.T) {
	for _, c := range []struct{ dial, handshake, wait, wantDial, wantHandshake time.Duration }{
		{2, 5, 10, 2, 5},
		{2, 5, 6, 1, 5},
		{2, 5, 3, 0, 3},
		{2, 0, 10, 2, 0},
	} {
		e := ledger.Entry{Dispatch: 100, FirstWrite: 100 + c.wait}
		within(&e, &opening{dial: c.dial, handshake: c.handshake})
		if e.Dial != c.wantDial || e.Handshake != c.wantHandshake {
			t.Errorf("%+v: dial %d, handshake %d", c, e.Dial, e.Handshake)
		}
	}
}
