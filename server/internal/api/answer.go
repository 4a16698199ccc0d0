package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
)

// answer is the JSON of every answer about patients and of every error.
type answer struct {
	Success   bool             `json:"success"`
	Patient   *patient.Record  `json:"patient,omitempty"`
	Patients  []patient.Record `json:"patients,omitempty"` // of a batch
	Error     string           `json:"error,omitempty"`
	Timestamp time.Time        `json:"timestamp"`
	RequestID string           `json:"request_id,omitempty"` // echo of X-Request-ID
}

const contentJSON = "application/json"

// requestID returns the id that the client gave its request. The limit on the size
// of headers limits it too.
func requestID(r *http.Request) string { return r.Header.Get("X-Request-ID") }

// writeError sends an error outside of an exchange.
func writeError(w http.ResponseWriter, r *http.Request, status int, message string) {
	if speaksFHIR(r) {
		writeOutcome(w, status, message)
		return
	}
	writeJSON(w, status, answer{Error: message, Timestamp: time.Now().UTC(), RequestID: requestID(r)})
}

// writeJSON sends a value. It ignores write errors, which mean that the client has
// gone.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", contentJSON)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
