package trial

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/results"
)

// A stream whose numbers are the generator's is warned of, with what to do, and its
// trial stays valid.
func TestLimitsAreWarnings(t *testing.T) {
	answered := uint64(1230)
	for _, c := range []struct {
		name   string
		stream results.StreamResult
		want   []string // in the warnings, one each
	}{
		{"nothing", results.StreamResult{Model: results.ModelOpen, Scheduled: 1000, Recorded: 1000, Answered: &answered}, nil},
		{"an open load", results.StreamResult{Model: results.ModelOpen, GeneratorLimited: "generator-limited: p99 of lag is 5ms"}, []string{"p99 of lag is 5ms; its numbers do not show the limit of the server: lower the rate"}},
		{"a closed load", results.StreamResult{Model: results.ModelClosed, GeneratorLimited: "generator-limited: x"}, []string{"use fewer clients"}},
		{"a backlog", results.StreamResult{Model: results.ModelOpen, Scheduled: 1000, Recorded: 1000, Answered: &answered, Backlog: 230}, []string{"a backlog of 230 unanswered requests"}},
	} {
		tr := results.Trial{Streams: []results.StreamResult{c.stream}}
		check(&tr, false)
		if !tr.Valid || len(tr.Warnings) != len(c.want) {
			t.Errorf("%s: valid %v, warnings %q", c.name, tr.Valid, tr.Warnings)
			continue
		}
		for i, w := range c.want {
			if !strings.Contains(tr.Warnings[i], w) {
				t.Errorf("%s: %q, want %q", c.name, tr.Warnings[i], w)
			}
		}
	}
}

// What the machine did to a trial makes it void, whatever the load.
func TestHardChecksOfTheHost(t *testing.T) {
	for _, c := range []struct {
		host results.HostWatch
		want string // in the reason; empty: the trial counts
	}{
		{results.HostWatch{}, ""},
		{results.HostWatch{ClockStep: 41e-8, GeneratorGap: 0.05}, ""},
		{results.HostWatch{ClockStep: 0.002}, "the wall clock was stepped by 0.002 s"},
		{results.HostWatch{ClockStep: -3600}, "the wall clock was stepped by -3600.000 s"},
		{results.HostWatch{GeneratorGap: 0.8}, "the generator did not run for 0.80 s"},
	} {
		for _, lenient := range []bool{false, true} {
			tr := results.Trial{Host: c.host}
			check(&tr, lenient)
			if tr.Valid != (c.want == "") || !tr.Valid && !strings.Contains(tr.Invalid[0], c.want) {
				t.Errorf("%+v: valid %v, %q, want %q", c.host, tr.Valid, tr.Invalid, c.want)
			}
		}
	}
}
