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
		{"connections that were opened as usual", results.StreamResult{Opening: &results.Opening{Connections: 1000, Took: 6.9, Again: 3}}, nil},
		{"a full queue", results.StreamResult{Opening: &results.Opening{Connections: 1000, Took: 84, Again: 113}}, []string{
			"it took 84.0 s to open 1000 connections before the load, instead of about 2.0 s (113 attempts had no answer and had to be repeated); the usual cause is a server that accepts connections slowly, with a short queue for them: raise the backlog of its listener, or lower `connections`",
		}},
		{"slow handshakes", results.StreamResult{Opening: &results.Opening{Connections: 100, Took: 9}}, []string{"it took 9.0 s to open 100 connections before the load, instead of about 0.2 s; the server or this machine was too busy for more: lower `connections`, or measure later"}},
	} {
		tr := results.Trial{Streams: []results.StreamResult{c.stream}}
		check(&tr, MaxForeign, false)
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

// A block that other programs spoilt is void, and says which programs, under the limit of
// the run. In a quick run that is a warning.
func TestForeignLoadIsNamed(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	programs := []results.Program{{Name: "cc1", PID: 4711, Others: 3, CPU: 0.41}, {Name: "make", PID: 33, Ended: true, CPU: 0.12}}
	for _, c := range []struct {
		host  results.HostWatch
		limit float64
		want  string // in the reason; empty: the trial counts
	}{
		{results.HostWatch{Foreign: v(0.2), Steal: v(0.1)}, 0.2, ""},
		{results.HostWatch{}, 0.2, ""},
		{results.HostWatch{Foreign: v(0.57), Programs: programs}, 0.6, ""},
		{results.HostWatch{Foreign: v(0.57), Programs: programs}, 0.07,
			"other programs took 57 % of a CPU (limit 7 %), above all cc1 (pid 4711 and 3 others) 41 %, programs started by make (pid 33) 12 %: end them, or measure later"},
		{results.HostWatch{Foreign: v(0.3)}, 0.2, "(limit 20 %), and no large one is visible from here: end them"},
		{results.HostWatch{Steal: v(0.3)}, 0.2, "the hypervisor took 30 % of a CPU away (limit 10 %): measure later"},
	} {
		for _, lenient := range []bool{false, true} {
			tr := results.Trial{Host: c.host}
			check(&tr, c.limit, lenient)
			said := tr.Invalid
			if lenient {
				said = tr.Warnings
			}
			if tr.Valid != (c.want == "" || lenient) || len(said) > 0 != (c.want != "") || c.want != "" && !strings.Contains(said[0], c.want) {
				t.Errorf("%+v, lenient %v: valid %v, %q, want %q", c.host, lenient, tr.Valid, said, c.want)
			}
		}
	}
}

// A quota that held the load back is a warning: it belongs to the machine, and meets all
// variants.
func TestThrottledTrialsAreWarnedOf(t *testing.T) {
	for seconds, want := range map[float64]int{0: 0, 0.005: 0, 0.3: 1} {
		tr := results.Trial{Host: results.HostWatch{Throttled: &seconds}}
		if check(&tr, MaxForeign, false); !tr.Valid || len(tr.Warnings) != want {
			t.Errorf("%v s: valid %v, %q", seconds, tr.Valid, tr.Warnings)
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
			check(&tr, MaxForeign, lenient)
			if tr.Valid != (c.want == "") || !tr.Valid && !strings.Contains(tr.Invalid[0], c.want) {
				t.Errorf("%+v: valid %v, %q, want %q", c.host, tr.Valid, tr.Invalid, c.want)
			}
		}
	}
}
