package api

import (
	"fmt"
	"net/http"
	"time"
)

// A request may name how urgent it is in X-Query-Class. The class sets its
// deadline, counted from its arrival: waiting for its turn is part of it.
const (
	defaultQueryTimeout  = 5 * time.Second // class standard, unless configured
	criticalQueryTimeout = 2 * time.Second
	batchQueryTimeout    = 30 * time.Second
)

// WriteTimeout is the server's limit on a request's work and its answer. It
// leaves answerTime to send what a standard request computed; requests with a
// later deadline get as much by extending their own limit.
const (
	WriteTimeout = 15 * time.Second
	answerTime   = 10 * time.Second
)

// leaveRoom extends the connection's write limit for a long deadline. A writer
// that cannot do so has no limit either.
func leaveRoom(w http.ResponseWriter, deadline time.Time, timeout time.Duration) {
	if timeout > WriteTimeout-answerTime {
		_ = http.NewResponseController(w).SetWriteDeadline(deadline.Add(answerTime))
	}
}

// timeoutOf returns the deadline's distance for the class that the request names.
func (a *API) timeoutOf(r *http.Request) (time.Duration, error) {
	class := r.Header["X-Query-Class"]
	if len(class) == 0 {
		return a.timeout, nil
	}
	switch class[0] {
	case "", "standard":
		return a.timeout, nil
	case "critical":
		return criticalQueryTimeout, nil
	case "batch":
		return batchQueryTimeout, nil
	}
	return 0, fmt.Errorf("X-Query-Class %.20q is not critical, standard or batch", class[0])
}
