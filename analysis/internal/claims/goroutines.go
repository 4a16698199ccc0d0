package claims

import (
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// The goroutines that belong to a pattern cannot be counted from outside the server.
// They can only be bounded. Of the goroutines at a server's peak, one serves every open
// connection, another one watches the connection of every request at work, and up to
// OtherGoroutines belong to the process. OwnGoroutines is the highest number that may be
// left for the pattern, and leastGoroutines the lowest. The interval of an estimate
// reaches from the one to the other.
//
// A server that does not tell how many requests were at work may have had none, or one
// on every connection. Both numbers are at least 1, so that ratios exist.

const leastGoroutines = "least-pattern-goroutines"

// OtherGoroutines is the highest number of goroutines that a process has for itself: to
// listen, to wait for signals, to answer the harness when it reads the metrics.
const OtherGoroutines = 10

// mostGoroutines is OwnGoroutines of a trial.
func mostGoroutines(run *load.Run, t load.Trial) (float64, bool, error) {
	peak, ok := t.Figures["peak-goroutines"]
	atWork, _, err := atWork(run, t)
	opened, lost := connections(run, t)
	return max(1, peak-max(0, opened-lost)-atWork), ok, err
}

// fewestGoroutines is leastGoroutines of a trial.
func fewestGoroutines(run *load.Run, t load.Trial) (float64, bool, error) {
	peak, ok := t.Figures["peak-goroutines"]
	opened, _ := connections(run, t)
	requests, told, err := atWork(run, t)
	if !told {
		requests = opened
	}
	return max(1, peak-opened-requests-OtherGoroutines), ok, err
}

// connections is how many connections all streams of a trial opened to its server, and
// how many of them may have replaced others: those that were closed while idle, and
// those that were given up with a request that timed out.
func connections(run *load.Run, t load.Trial) (opened, lost float64) {
	for i := range t.Streams {
		s := &t.Streams[i]
		if results.ServerOf(run.Manifest, t.Trial, s) == t.Server {
			opened += float64(s.Connections)
			lost += float64(s.Redials + s.Outcomes.Timeout)
		}
	}
	return opened, lost
}

// atWork is the highest number of requests that a trial's server had at work at once,
// as its metrics tell. told is false if its metrics do not.
func atWork(run *load.Run, t load.Trial) (most float64, told bool, err error) {
	samples, err := run.Samples(t.ID)
	for _, s := range samples {
		if t.Server != nil && s.Server != t.Server.Name {
			continue
		}
		if v, ok := s.Metrics["assay_in_flight_requests_peak"]; ok {
			most, told = max(most, v), true
		}
	}
	return most, told, err
}
