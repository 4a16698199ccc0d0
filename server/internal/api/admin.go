package api

import (
	"net/http"
	"net/http/pprof"
)

// Admin returns the handler of the administrative address. It serves probes, metrics
// and profiles, apart from the connections that carry requests.
func (a *API) Admin() http.Handler {
	mux := http.NewServeMux()
	a.observe(mux)
	profile(mux)
	return mux
}

// observe adds the probes and the metrics.
func (a *API) observe(mux *http.ServeMux) {
	mux.Handle("/health", readOnly(http.HandlerFunc(a.ready)))
	mux.Handle("/readyz", readOnly(http.HandlerFunc(a.ready)))
	mux.Handle("/livez", readOnly(http.HandlerFunc(a.live)))
	mux.Handle("/metrics", readOnly(a.recorder.Handler(a.state)))
}

// profile adds the runtime's live profiles.
func profile(mux *http.ServeMux) {
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
}
