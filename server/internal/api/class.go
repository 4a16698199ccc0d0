package api

import (
	"fmt"
	"net/http"
	"time"
)

// A request may say how urgent it is with X-Query-Class. The class sets the
// deadline, which counts from the arrival and so includes the wait for a turn.
const (
	defaultQueryTimeout  = 5 * time.Second // class standard, unless configured
	criticalQueryTimeout = 2 * time.Second
	batchQueryTimeout    = 30 * time.Second
)

// WriteTimeout is the server's limit on the work and the answer of a request. It
// leaves answerTime for sending what a standard request computed. Requests with a
// later deadline extend their own limit by the same time.
const (
	WriteTimeout = 15 * time.Second
	answerTime   = 10 * time.Second
)

// leaveRoom extends the connection's write limit for a long deadline. It ignores a
// writer that cannot do so, because such a writer has no limit.
func leaveRoom(w http.ResponseWriter, deadline time.Time, timeout time.Duration) {
	if timeout > WriteTimeout-answerTime {
		_ = http.NewResponseController(w).SetWriteDeadline(deadline.Add(answerTime))
	}
}

// timeoutOf returns the time from arrival to deadline for the class that the request
// names.
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
