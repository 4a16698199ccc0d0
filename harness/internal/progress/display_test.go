package progress

import (
	"testing"

	"github.com/assay-bench/assay/results"
)

// The line of a trial names what was wrong with most of the wrong answers.
func TestStreamsNameTheReason(t *testing.T) {
	one := results.StreamResult{Name: "a", Goodput: 100, Outcomes: results.Outcomes{OK: 50, Error: 45, Timeout: 5},
		Errors: map[string]uint64{"timed out": 50, "wrong: status 500": 3, "wrong: body is no JSON": 42},
		Wrong:  map[string]results.WrongAnswer{"wrong: status 500": {}, "wrong: body is no JSON": {}}}
	two := results.StreamResult{Name: "b", Goodput: 7, Outcomes: results.Outcomes{OK: 9, Error: 1}}
	got := Streams(&results.Trial{Streams: []results.StreamResult{one, two}})
	if want := "a 100/s ok, 50.0 % failed (42 wrong: body is no JSON); b 7/s ok, 10.0 % failed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
