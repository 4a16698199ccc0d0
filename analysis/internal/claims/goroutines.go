package claims

import (
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// What a pattern has of goroutines cannot be counted from outside, only bounded:
// of a server's peak, one is for every open connection, another for every request
// at work, because the HTTP server watches its connection meanwhile, and a few are
// the process's own. OwnGoroutines is the most that are left for the pattern when
// most requests are at work, leastGoroutines the fewest. Estimates reach from one
// to the other.
//
// A server that does not tell how many requests were at work may have had none or
// one on every connection. Neither number is below 1, so that ratios exist.

const leastGoroutines = "least-pattern-goroutines"

// OtherGoroutines is the most that a process has beside connections, requests and
// pattern: to listen, to wait for signals, to be read by the harness.
const OtherGoroutines = 10

func mostGoroutines(run *load.Run, t load.Trial) (float64, bool, error) {
	peak, ok := t.Figures["peak-goroutines"]
	atWork, _, err := atWork(run, t)
	opened, lost := connections(run, t)
	return max(1, peak-max(0, opened-lost)-atWork), ok, err
}

func fewestGoroutines(run *load.Run, t load.Trial) (float64, bool, error) {
	peak, ok := t.Figures["peak-goroutines"]
	opened, _ := connections(run, t)
	requests, told, err := atWork(run, t)
	if !told {
		requests = opened
	}
	return max(1, peak-opened-requests-OtherGoroutines), ok, err
}

// connections are how many were opened to a trial's server by all of its streams,
// and how many of these at most were not open at once: those that were closed on
// one side while idle, or given up with a request that timed out.
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

// atWork is the most requests that a trial's server had at work at once, as it
// says itself; told is false if it does not.
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
