package main

import (
	"fmt"

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
		return fmt.Sprintf("the generator is the limit: it used %.0f %% of its %s", *v*100/float64(cpus), count(cpus, "CPU"))
	}
	return ""
}

// connectionWait is what to say behind the reason why a rate does not hold if its
// requests waited for one of the connections, of which the scenario has at most so
// many; "" if half of those answered ok waited a millisecond or less.
//
// Note: it does not stop a search, as a generator at its limit does. A server that
// has become slow keeps every connection busy, too, however many there are.
func connectionWait(s *results.StreamResult, most int) string {
	wait := s.Parts["conn-wait."+results.OK].P50
	if wait == nil || *wait <= longWait {
		return ""
	}
	which := "the one connection"
	if most > 1 {
		which = fmt.Sprintf("one of %s connections", thousands(float64(most)))
	}
	return fmt.Sprintf("; half of the requests waited %.0f ms for %s", *wait/1e6, which)
}
