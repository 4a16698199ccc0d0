package compare

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
)

// A side whose trials the generator limited marks every row but that of the errors, and
// a latency is marked by the generator's share in itself, not in another quantile.
func TestMarksOfTheGenerator(t *testing.T) {
	limited := &load.Facts{Open: true, Values: 100_000, Limited: true}
	share := 0.08
	// Something else kept the generator from running: all was sent.
	delayed := &load.Facts{Open: true, Values: 100_000, Limited: true, Delayed: true, Shares: map[string]float64{"p50-sec": 0.001}}
	// Answers were handled late, which is in no response time.
	handled := &load.Facts{Open: true, Values: 100_000, Limited: true, Delayed: true, Shares: map[string]float64{"p50-sec": 0.001, "p99-sec": 0.002}}
	delayedClients := &load.Facts{Values: 100_000, Limited: true, Delayed: true}
	late := &load.Facts{Open: true, Values: 100_000, GeneratorShare: &share, Shares: map[string]float64{"p50-sec": 0.01, "p99-sec": share}}
	for _, c := range []struct {
		unit  string
		facts *load.Facts
		want  string // kind of the mark; empty: none
	}{
		{"p50-sec", limited, Limited},
		{"goodput/s", limited, Limited},
		{"unanswered-ratio", limited, Limited},
		{"timeout-ratio", limited, Limited},
		{"server-cpu-sec/op", limited, Limited},
		{"error-ratio", limited, ""},
		{"p50-sec", delayed, ""},
		{"p99-sec", delayed, Delayed}, // its share is not known
		{"within-slo-ratio", delayed, Delayed},
		{"within-slo-ratio", handled, ""},
		{"p99-sec", handled, ""},
		{"goodput/s", delayed, ""},
		{"unanswered-ratio", delayed, ""},
		{"server-cpu-sec/op", delayed, ""},
		{"error-ratio", delayed, ""},
		{"p99-sec", delayedClients, ""},
		{"goodput/s", delayedClients, ""},
		{"p50-sec", late, ""},
		{"p95-sec", late, ""},
		{"p99-sec", late, GeneratorShare},
		{"goodput/s", late, ""},
	} {
		r := Row{Name: "HTTP/scenario=a", Unit: c.unit, Base: Side{Label: "base"}, Head: Side{Label: "head"}}
		side := &samples{column: &column{results: 1}, facts: []*load.Facts{c.facts}, values: []float64{1}, blocks: []int{1}}
		r.mark(nil, side)
		var kinds []string
		for _, m := range r.Marks {
			kinds = append(kinds, m.Kind)
			if want := map[string]Bias{Delayed: Delays}[c.want]; m.Bias != cmp.Or(want, Burdens) {
				t.Errorf("%s: bias %v: what the generator did not send or receive in time makes its side look worse", c.unit, m.Bias)
			}
			if m.Side != "head" || !strings.Contains(m.Text, "head") {
				t.Errorf("%s: the mark %+v does not name its side", c.unit, m)
			}
		}
		if c.want == "" && len(kinds) > 0 || c.want != "" && !slices.Equal(kinds, []string{c.want}) {
			t.Errorf("%s: marks %v, want %q", c.unit, kinds, c.want)
		}
	}
}
