package telemetry

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves the figures: as JSON by default, or in the Prometheus text format
// for ?format=prometheus or an Accept header that asks for it, as Prometheus sends
// it.
func (r *Recorder) Handler(live func() Live) http.Handler {
	// Compression is left to proxies: it would cost the measured process CPU.
	scrape := promhttp.HandlerFor(r.Registry(live), promhttp.HandlerOpts{DisableCompression: true})
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if wantsPrometheus(request) {
			scrape.ServeHTTP(w, request)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		// An error here means that the client has gone, so there is nobody to tell.
		_ = encoder.Encode(r.Snapshot(live()))
	})
}

// wantsPrometheus goes by the query, which people type, and then by the Accept header.
// Of the kinds in the header the first one that is known decides; without any, people
// get JSON.
func wantsPrometheus(request *http.Request) bool {
	switch request.URL.Query().Get("format") {
	case "prometheus":
		return true
	case "json":
		return false
	}
	for part := range strings.SplitSeq(request.Header.Get("Accept"), ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		switch kind {
		case "text/plain", "application/openmetrics-text", "application/vnd.google.protobuf":
			return true
		case "application/json", "text/html":
			return false
		}
	}
	return false
}
