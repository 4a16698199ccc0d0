package campaign

import (
	"fmt"

	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/results"
)

// Bounds above which the generator, and not the server, is what a rate tests.
const (
	maxGeneratorShare = 0.05 // of the response time of the slowest requests
	maxGeneratorLoad  = 0.90 // of its CPUs
)

// longWait is how many nanoseconds half of the requests may wait for a connection
// without a word.
const longWait = 1e6

// generatorLimit says how the generator, which has so many CPUs, was at its limit
// in a trial that came too late, and not the server.
func generatorLimit(t *results.Trial, cpus int) string {
	if share := t.Streams[0].GeneratorShare; share != nil && *share > maxGeneratorShare {
		return fmt.Sprintf("the generator is the limit: its own delay was %.0f %% of the slowest responses", *share*100)
	}
	if v := t.Host.Generator; v != nil && *v > maxGeneratorLoad*float64(cpus) {
		return fmt.Sprintf("the generator is the limit: it used %.0f %% of its %s", *v*100/float64(cpus), text.Count(cpus, "CPU"))
	}
	return ""
}

// Bounds above which, and below which, the connections are what a rate tests.
const (
	maxConnectionWait = 0.20 // of the response time of the slowest requests
	maxServiceGrowth  = 1.25 // of the mean service time at rates that hold
)

// connectionLimit says how the connections were at their limit in a trial that came
// too late, and not the server. One that has become slow keeps all of them busy, too,
// however many there are; but then it has become slow on those that it has, while
// connections that are too few hold back what it would still serve as fast as ever.
// held is the largest mean service time, in nanoseconds, of trials that held; 0: none
// has, and so it cannot be told.
func connectionLimit(s *results.StreamResult, most int, held float64) string {
	wait, response := s.Part(results.PartConnWait, results.OK).At(0.99), s.Part(results.PartResponse, results.OK).At(0.99)
	service := s.Part(results.PartService, results.OK).Mean
	switch {
	case wait == nil || response == nil || service == nil || held == 0,
		s.Connections < uint64(most), // and so nobody waited for another to be done
		*wait <= maxConnectionWait**response,
		*service > maxServiceGrowth*held:
		return ""
	}
	return fmt.Sprintf("the connections are the limit: requests waited for %s while the server was as fast as at rates that hold; raise `connections`", oneOf(most))
}

// connectionWait is what to say behind the reason why a rate does not hold if its
// requests waited for one of the connections, of which the scenario has at most so
// many; "" if half of those answered ok waited a millisecond or less. By itself it is
// no reason to stop a search (see connectionLimit).
func connectionWait(s *results.StreamResult, most int) string {
	wait := s.Part(results.PartConnWait, results.OK).At(0.50)
	if wait == nil || *wait <= longWait {
		return ""
	}
	return fmt.Sprintf("; half of the requests waited %.0f ms for %s", *wait/1e6, oneOf(most))
}

func oneOf(connections int) string {
	if connections == 1 {
		return "the one connection"
	}
	return fmt.Sprintf("one of %s connections", text.Thousands(float64(connections)))
}
