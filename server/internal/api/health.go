package api

import (
	"context"
	"net/http"
	"time"
)

// pingTimeout limits how long a readiness probe waits for the store.
const pingTimeout = time.Second

// live answers GET /livez: the process serves requests.
func (a *API) live(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, "alive")
}

// ready answers GET /health and /readyz: 200 while the server accepts requests, 503
// while it drains or cannot reach the store. Simulated errors do not affect it.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	if a.draining.Load() {
		writeHealth(w, http.StatusServiceUnavailable, "draining")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), pingTimeout)
	defer cancel()
	if err := a.store.Ping(ctx); err != nil {
		a.log.Debug("store does not answer", "error", err)
		writeHealth(w, http.StatusServiceUnavailable, "the store does not answer")
		return
	}
	writeHealth(w, http.StatusOK, "ready")
}

// writeHealth sends a state of the server in one word.
func writeHealth(w http.ResponseWriter, status int, state string) {
	writeJSON(w, status, struct {
		Status string `json:"status"`
	}{state})
}
