package campaign

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/results"
)

// Beyond these bounds a trial tests the generator rather than the server.
const (
	maxGeneratorShare = 0.05 // of the response time of the slowest requests
	maxGeneratorLoad  = 0.90 // of its CPUs
)

// longWait is how long half of the requests may wait for a connection, in
// nanoseconds, before the search mentions it.
const longWait = 1e6

// generatorLimited says that the generator limited a trial at a rate, by the rule whose
// result every trial records. It returns "" if the generator did not. Such a trial says
// nothing about the server, whether its objectives hold or not.
func generatorLimited(s *results.StreamResult, rate float64) string {
	if s.GeneratorLimited == "" {
		return ""
	}
	return fmt.Sprintf("the generator is the limit at %g/s (%s): %s", rate, strings.TrimPrefix(s.GeneratorLimited, "generator-limited: "), s.LimitAdvice())
}

// generatorLimit explains how a trial that missed its objectives shows that the
// generator, which may use cpus CPUs, was the limit, and not the server. It returns
// "" if the generator was not the limit. A lane may be busy and in time, so the use of
// CPUs counts only where there are no lanes.
func generatorLimit(t *results.Trial, cpus int) string {
	if share := t.Streams[0].GeneratorShare; share != nil && *share > maxGeneratorShare {
		return fmt.Sprintf("the generator is the limit: its own delay was %.0f %% of the slowest responses", *share*100)
	}
	if v := t.Host.Generator; v != nil && len(t.Streams[0].LaneBusy) == 0 && *v > maxGeneratorLoad*float64(cpus) {
		return fmt.Sprintf("the generator is the limit: it used %.0f %% of its %s", *v*100/float64(cpus), text.Count(cpus, "CPU"))
	}
	return ""
}

// Beyond these bounds a trial tests the connections rather than the server.
const (
	maxConnectionWait = 0.20 // of the response time of the slowest requests
	maxServiceGrowth  = 1.25 // of the mean service time at rates that hold
)

// connectionLimit explains how a trial that missed its objectives shows that the
// connections were the limit, and not the server. It returns "" if they were not.
// Busy connections alone do not show it, because a slow server keeps any number of
// connections busy. The service time tells the two apart: it grows if the server is
// slow, and stays the same if there are too few connections. fastest is the largest
// mean service time among the trials that held, in nanoseconds; if it is 0, no trial
// has held and the two cannot be told apart.
func connectionLimit(s *results.StreamResult, most int, fastest float64) string {
	wait, response := s.Part(results.PartConnWait, results.OK).At(0.99), s.Part(results.PartResponse, results.OK).At(0.99)
	service := s.Part(results.PartService, results.OK).Mean
	switch {
	case wait == nil || response == nil || service == nil || fastest == 0,
		s.Connections < uint64(most), // and so nobody waited for another to be done
		*wait <= maxConnectionWait**response,
		*service > maxServiceGrowth*fastest:
		return ""
	}
	return fmt.Sprintf("the connections are the limit: requests waited for %s while the server was as fast as at rates that hold; raise `connections`", oneOf(most))
}

// connectionWait returns a remark to add to the reason why a rate does not hold: how
// long requests waited for one of the connections, of which the scenario has at most
// most. The remark is "" if half of the requests answered ok waited a millisecond or
// less. A wait alone is no reason to stop a search (see connectionLimit).
func connectionWait(s *results.StreamResult, most int) string {
	wait := s.Part(results.PartConnWait, results.OK).At(0.50)
	if wait == nil || *wait <= longWait {
		return ""
	}
	return fmt.Sprintf("; half of the requests waited %.0f ms for %s", *wait/1e6, oneOf(most))
}

// oneOf is what a request waits for, in words.
func oneOf(connections int) string {
	if connections == 1 {
		return "the one connection"
	}
	return fmt.Sprintf("one of %s connections", text.Thousands(float64(connections)))
}
