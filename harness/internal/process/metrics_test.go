package process

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Metrics are read over HTTPS by the settings of the server, and not from one whose
// certificate these do not trust.
func TestScrapeOverHTTPS(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "# TYPE jobs_total counter\njobs_total 7\n")
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // one client hangs up
	srv.StartTLS()
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	for name, c := range map[string]struct {
		secure *tls.Config
		ok     bool
	}{
		"its certificate":   {&tls.Config{RootCAs: roots}, true},
		"any certificate":   {&tls.Config{InsecureSkipVerify: true}, true},
		"other authorities": {&tls.Config{RootCAs: x509.NewCertPool()}, false},
	} {
		s := NewScraper(srv.URL+"/metrics", c.secure)
		m, err := s.Scrape(t.Context())
		for slow := net.Error(nil); errors.As(err, &slow) && slow.Timeout(); {
			m, err = s.Scrape(t.Context()) // a busy machine may need longer than a sample may take
		}
		s.Close()
		var unknown x509.UnknownAuthorityError
		if c.ok && (err != nil || m["jobs_total"] != 7) || !c.ok && !errors.As(err, &unknown) {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
}

// Metrics that are too long are an error, also if they are cut at the end of a line.
func TestLongMetricsAreRefused(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("# a comment of as many bytes as\n", mostMetrics/32+1))
	}))
	defer srv.Close()
	s := NewScraper(srv.URL, nil)
	defer s.Close()
	_, err := s.Scrape(t.Context())
	for slow := net.Error(nil); errors.As(err, &slow) && slow.Timeout(); {
		_, err = s.Scrape(t.Context()) // a busy machine may need longer than a sample may take
	}
	if err == nil || !strings.Contains(err.Error(), "answers more than 4 MB") {
		t.Error(err)
	}
}
