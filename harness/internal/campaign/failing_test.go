package campaign

import (
	"math"
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

// Whichever quantiles fall among time-outs, in one or several trials, there is a sketch of
// the variants whose median p99 is known, and the table has their medians.
func TestTimeOutsInTheSummary(t *testing.T) {
	out := math.Inf(1)
	kinds := [][3]float64{{1, 2, 3}, {1, 2, out}, {1, out, out}, {out, out, out}}
	for number := range 4 * 4 * 4 * 4 {
		for n := 1; n <= 4; n++ {
			row, late := &summary{name: "BenchmarkHTTP/variant=other"}, 0
			for i, k := 0, number; i < n; i, k = i+1, k/4 {
				v := kinds[k%4]
				row.p50, row.p90, row.p99 = append(row.p50, v[0]), append(row.p90, v[1]), append(row.p99, v[2])
				if v[2] == out {
					late++
				}
			}
			known := &summary{name: "BenchmarkHTTP/variant=known", p50: []float64{1, 2}, p90: []float64{3, 3}, p99: []float64{4, 9}}
			var text strings.Builder
			if err := sketch(&text, []*summary{known, row}); err != nil {
				t.Fatal(err)
			}
			want := late <= (n-1)/2 // the median is one of the others, or between two of them
			if got := strings.Contains(text.String(), "variant=other"); got != want || !strings.Contains(text.String(), "variant=known") {
				t.Errorf("p99 %v: shown: %v, want %v\n%s", row.p99, got, want, &text)
			}
			if got := interval(row.p99) != "–"; got != want {
				t.Errorf("p99 %v: the table has %s", row.p99, interval(row.p99))
			}
		}
	}
}
