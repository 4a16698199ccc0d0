package api

import (
	"net/http"
	"strconv"
	"time"
)

// timing is how the time of a request was spent.
type timing struct {
	queue time.Duration // from arrival to the start of the work; 0 if the work never started
	store time.Duration // in the store, including the wait for a connection
	total time.Duration // from arrival to the first byte of the answer
}

// header returns the value of Server-Timing, in milliseconds with three decimals.
func (t timing) header() string {
	var space [96]byte
	b := append(space[:0], "queue;dur="...)
	b = appendMillis(b, t.queue)
	b = append(b, ", store;dur="...)
	b = appendMillis(b, t.store)
	b = append(b, ", total;dur="...)
	b = appendMillis(b, t.total)
	return string(b)
}

// appendMillis appends a duration of at least 0 in milliseconds, truncated to
// microseconds.
func appendMillis(b []byte, d time.Duration) []byte {
	micros := d.Microseconds()
	b = strconv.AppendInt(b, micros/1000, 10)
	fraction := micros % 1000
	return append(b, '.', byte('0'+fraction/100), byte('0'+fraction/10%10), byte('0'+fraction%10))
}

// stamped adds Server-Timing to answers that do not set it themselves.
type stamped struct {
	http.ResponseWriter
	began time.Time
	sent  bool
}

// stamp begins the time of a request.
func stamp(w http.ResponseWriter) http.ResponseWriter {
	return &stamped{ResponseWriter: w, began: time.Now()}
}

// WriteHeader adds the header before the first status that is final: a 1xx status has
// no Server-Timing, and after the final one nothing can be added.
func (s *stamped) WriteHeader(status int) {
	if !s.sent && status >= http.StatusOK {
		s.sent = true
		if header := s.Header(); header["Server-Timing"] == nil {
			header.Set("Server-Timing", timing{total: time.Since(s.began)}.header())
		}
	}
	s.ResponseWriter.WriteHeader(status)
}

// Write sends the header first, as an http.ResponseWriter does when nobody has.
func (s *stamped) Write(b []byte) (int, error) {
	if !s.sent {
		s.WriteHeader(http.StatusOK)
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *stamped) Unwrap() http.ResponseWriter { return s.ResponseWriter }
