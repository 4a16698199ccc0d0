package process

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// A server that leaves HTTP after its answer keeps the connection open. The probe must not
// read it to its end, which no deadline brings.
func TestASwitchOfProtocolsIsNotReadiness(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		nc, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer nc.Close()
		_, _ = io.WriteString(nc, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		<-release
	}))
	defer srv.Close()
	defer close(release)
	_, err := probe(t.Context(), srv.Client(), srv.URL)
	var status *StatusError
	if !errors.As(err, &status) || status.Status != http.StatusSwitchingProtocols {
		t.Errorf("error %v, want the status", err)
	}
}

// Neither metrics nor readiness lead to a host that the user did not name.
func TestRedirectionsStayWhereTheUserAllows(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/metrics/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "goroutines 7\n") })
	for path, to := range map[string]string{"/away": "http://host.test/metrics", "/address": "http://192.0.2.1/metrics", "/near": "/metrics/"} {
		mux.Handle(path, http.RedirectHandler(to, http.StatusFound))
	}
	srv := httptest.NewServer(mux)
	defer srv.Close()
	for path, allowed := range map[string]bool{"/away": false, "/address": false, "/near": true, "/metrics/": true} {
		s := NewScraper(srv.URL+path, nil)
		m, err := s.Scrape(t.Context())
		s.Close()
		var refused *reach.Error
		if errors.As(err, &refused) == allowed || allowed && m["goroutines"] != 7 {
			t.Errorf("%s: %v, %v", path, m, err)
		}
		if _, err := AwaitReady(t.Context(), srv.URL+path, nil, nil); err != nil {
			t.Errorf("readiness of %s: %v", path, err) // a redirection is an answer, and not followed
		}
	}
}
