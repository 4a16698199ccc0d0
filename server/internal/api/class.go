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
