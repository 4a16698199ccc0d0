package campaign

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/results"
)

// ended is a trial of one stream.
func ended(o results.Outcomes, statuses, errors map[string]uint64) *results.Trial {
	return &results.Trial{Streams: []results.StreamResult{{Outcomes: o, Statuses: statuses, Errors: errors}}}
}

func TestFailing(t *testing.T) {
	wrong := ended(results.Outcomes{OK: 1, Error: 9}, map[string]uint64{"200": 10}, map[string]uint64{"wrong: body": 9})
	wrong.Streams[0].Wrong = map[string]results.WrongAnswer{"wrong: body": {Status: 200, Body: "{\"error\":\"no\nlogin\"}" + strings.Repeat("x", 100)}}
	crashed := ended(results.Outcomes{Timeout: 10}, nil, map[string]uint64{"connection refused": 10})
	crashed.Servers = []results.ServerResult{{Crashed: true}}
	for _, c := range []struct {
		name               string
		trial              *results.Trial
		failing, hopeless_ string
	}{
		{"well", ended(results.Outcomes{OK: 100}, map[string]uint64{"200": 100}, nil), "", ""},
		{"a few", ended(results.Outcomes{OK: 99, Error: 1}, map[string]uint64{"200": 99, "500": 1}, nil), "", ""},
		{"some", ended(results.Outcomes{OK: 90, Error: 7, Timeout: 3}, map[string]uint64{"200": 90, "500": 6}, map[string]uint64{"reset": 1}),
			"10.0 % of the requests failed: status 500: 6, time-out: 2, reset: 1", ""},
		{"refused", ended(results.Outcomes{Rejected: 10}, map[string]uint64{"429": 10}, nil), "", ""},
		{"all", ended(results.Outcomes{Error: 10}, map[string]uint64{"404": 10}, nil), "100.0 % of the requests failed: status 404: 10", "status 404: 10"},
		{"of a server that crashed", crashed, "100.0 % of the requests failed: connection refused: 10", ""},
		{"none at all", ended(results.Outcomes{}, nil, nil), "", ""},
		{"wrong answers", wrong, `90.0 % of the requests failed: wrong: body: 9; an answer begins with "{\"error\":\"no\nlogin\"}` + strings.Repeat("x", 80-20) + `"`, ""},
	} {
		if got := failing(c.trial); got != c.failing {
			t.Errorf("%s: failing: %q, want %q", c.name, got, c.failing)
		}
		if got := hopeless(c.trial); got != c.hopeless_ {
			t.Errorf("%s: hopeless: %q, want %q", c.name, got, c.hopeless_)
		}
	}
}

func TestSketch(t *testing.T) {
	var b strings.Builder
	rows := []*summary{
		{name: "BenchmarkHTTP/variant=a", p50: []float64{1, 1, 1}, p90: []float64{10, 10, 10}, p99: []float64{100, 100, 100}},
		{name: "BenchmarkHTTP/variant=a/target=x", target: true, p50: []float64{1}, p90: []float64{1}, p99: []float64{1}},
	}
	if err := sketch(&b, rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	want := "          variant=a  ●" + strings.Repeat("─", 23) + "┼" + strings.Repeat("─", 22) + "┤"
	if len(lines) != 4 || lines[2] != want || !strings.HasSuffix(lines[1], "1.000 ms"+strings.Repeat(" ", sketchWidth-16)+"100.0 ms") {
		t.Errorf("the sketch is\n%s\nwant\n%s", b.String(), want)
	}
}
