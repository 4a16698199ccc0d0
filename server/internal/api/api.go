// Package api is the HTTP interface of the server: routes, requests for patients,
// probes and the drain.
//
// A request for patients goes through five steps, which are the same for every
// pattern: it is read and checked, admitted by the pattern, run (query, CPU work),
// answered, and counted. Reading and checking come first, so that a request that can
// never succeed does not take the turn of another. The steps are in exchange.go. A
// view (patients.go) says how the requests of a route are read, and how its answers
// look.
//
// Every answer of a handler carries Server-Timing. Logs contain no patient data.
package api

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/server/internal/audit"
	"github.com/assay-bench/assay/server/internal/burn"
	"github.com/assay-bench/assay/server/internal/handicap"
	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/reuse"
	"github.com/assay-bench/assay/server/internal/store"
	"github.com/assay-bench/assay/server/internal/telemetry"
)

// Config is the parts and settings of an API.
type Config struct {
	// Spec describes Pattern. The API needs it to know whether to reuse the objects of
	// a request.
	Spec    pattern.Spec
	Pattern pattern.Pattern
	// Store is asked for every patient, and Recorder counts every answer. Neither is
	// nil.
	Store        store.Store
	Recorder     *telemetry.Recorder
	Log          *slog.Logger       // of panics and, at level debug, of requests; never nil
	Audit        *audit.Log         // nil for none
	QueryTimeout time.Duration      // deadline of a standard request; 0 means 5 s
	CPUWork      time.Duration      // CPU time that each request burns after its query
	Profiles     bool               // serve /debug/pprof/
	Handicap     *handicap.Handicap // a known slowdown, for tests of instruments; nil for none
}

// API serves the routes. It is an http.Handler.
type API struct {
	spec      pattern.Spec
	pattern   pattern.Pattern
	store     store.Store
	recorder  *telemetry.Recorder
	log       *slog.Logger
	audit     *audit.Log
	timeout   time.Duration
	cpuWork   time.Duration
	handicap  *handicap.Handicap
	burner    *burn.Burner // nil without CPU work
	exchanges *reuse.Pool[exchange]
	counter   store.Counter
	mux       *http.ServeMux
	endpoints []string // listed for people
	draining  atomic.Bool
}

const patientsPath = "/api/v1/patients"

// New makes the API. It starts nothing.
func New(config Config) *API {
	a := &API{
		spec:     config.Spec,
		pattern:  config.Pattern,
		store:    config.Store,
		recorder: config.Recorder,
		log:      config.Log,
		audit:    config.Audit,
		timeout:  config.QueryTimeout,
		cpuWork:  config.CPUWork,
		handicap: config.Handicap,
		mux:      http.NewServeMux(),
		endpoints: []string{
			"GET /api/v1/patients?id=P00042", "GET /fhir/Patient/P00042",
			"GET /health", "GET /readyz", "GET /livez",
			"GET /metrics", "GET /metrics?format=prometheus",
		},
	}
	if a.timeout == 0 {
		a.timeout = defaultQueryTimeout
	}
	if a.cpuWork > 0 {
		a.burner = burn.Calibrate()
	}
	a.exchanges = reuse.NewPool(a.spec.Reuses, a.newExchange, (*exchange).wipe)
	a.mux.Handle("/{$}", readOnly(http.HandlerFunc(a.index)))
	a.mux.Handle(fhirPath+"Patient/{id}", readOnly(http.HandlerFunc(a.fhirPatient)))
	a.mux.HandleFunc("/", notFound)
	a.observe(a.mux)
	if config.Profiles {
		profile(a.mux)
		a.endpoints = append(a.endpoints, "GET /debug/pprof/")
	}
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer a.recoverPanic(w, r)
	if a.draining.Load() {
		w.Header().Set("Connection", "close")
	}
	// The measured route bypasses the mux, and the wrapper that adds Server-Timing
	// to other answers.
	if r.URL.Path == patientsPath {
		if isRead(r.Method) {
			a.exchange(w, r, &patientsView)
			return
		}
		methodNotAllowed(stamp(w), r)
		return
	}
	a.mux.ServeHTTP(stamp(w), r)
}

// state collects the current figures of the parts.
func (a *API) state() telemetry.Live {
	load, stats, counts := a.pattern.Load(), a.store.Stats(), a.exchanges.Counts()
	var lost uint64
	if a.audit != nil {
		lost = a.audit.Lost()
	}
	return telemetry.Live{
		AuditLost:       lost,
		Pattern:         a.spec.Name,
		Ready:           !a.draining.Load(),
		Queued:          load.Queued,
		QueueCap:        load.QueueCap,
		Running:         load.Running,
		WorkerLimit:     load.Limit,
		ReuseGets:       counts.Gets,
		ReuseHits:       counts.Hits,
		ReuseMisses:     counts.Misses,
		StoreConnsInUse: stats.ConnsInUse,
		StoreConnsIdle:  stats.ConnsIdle,
		StoreConnsMax:   stats.MaxConns,
		StoreWaiting:    stats.Waiting,
	}
}

// index answers GET / with what this server is and what it offers.
func (a *API) index(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, struct {
		Name      string   `json:"name"`
		Pattern   string   `json:"pattern"`
		Bounds    string   `json:"bounds"`
		Refuses   string   `json:"refuses"`
		Endpoints []string `json:"endpoints"`
	}{"Assay healthcare API", a.spec.Name, a.spec.Bounds, a.spec.Refuses, a.endpoints})
}

// recoverPanic turns a panic of a handler into status 500 and keeps the server
// running.
func (a *API) recoverPanic(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause) // net/http uses this panic to abort a connection
	}
	a.reportPanic(cause, r.Pattern)
	writeError(stamp(w), r, http.StatusInternalServerError, "internal error")
}

// reportPanic counts a panic, and logs it with the stack of the goroutine that calls.
func (a *API) reportPanic(cause any, where string) {
	a.recorder.Panicked()
	a.log.Error("panic", "cause", cause, "route", where, "stack", string(debug.Stack()))
}

// isRead reports whether a method is one that every route has.
func isRead(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// readOnly passes GET and HEAD on, and answers 405 to other methods.
func readOnly(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isRead(r.Method) {
			methodNotAllowed(w, r)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// methodNotAllowed answers 405, with the methods that are allowed.
func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", strings.Join([]string{http.MethodGet, http.MethodHead}, ", "))
	writeError(w, r, http.StatusMethodNotAllowed, "method not allowed: only GET and HEAD")
}

// notFound answers 404 for a path that no route has.
func notFound(w http.ResponseWriter, r *http.Request) {
	writeError(w, r, http.StatusNotFound, "no such path; GET / lists the endpoints")
}
