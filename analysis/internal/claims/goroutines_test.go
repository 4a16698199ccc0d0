package claims

import (
	"testing"

	"github.com/assay-bench/assay/results"
)

func TestGoroutinesOfThePattern(t *testing.T) {
	tells := func(server string, atWork float64) results.Sample {
		return results.Sample{Server: server, Metrics: map[string]float64{"assay_in_flight_requests_peak": atWork}}
	}
	for name, c := range map[string]struct {
		peak               float64
		opened             uint64
		redials, timeouts  uint64
		samples            []results.Sample
		fewest, mostOfThem float64
	}{
		"a request on every connection":   {3006, 1000, 0, 0, []results.Sample{tells("server", 3), tells("server", 1000)}, 996, 1006},
		"few requests at work":            {246, 200, 0, 0, []results.Sample{tells("server", 20)}, 16, 26},
		"another server tells":            {2026, 1000, 0, 0, []results.Sample{tells("store", 1000)}, 16, 1026},
		"connections that replace others": {2026, 1010, 10, 0, []results.Sample{tells("server", 1000)}, 6, 26},
		"given up with their requests":    {2026, 1010, 0, 10, []results.Sample{tells("server", 1000)}, 6, 26},
		"the server tells nothing":        {2026, 1000, 0, 0, []results.Sample{{Server: "server"}}, 16, 1026},
		"more connections than that":      {5, 10, 0, 0, nil, 1, 1},
	} {
		run := bundle(t, made{
			stream: results.StreamResult{Connections: c.opened, Redials: c.redials, Outcomes: results.Outcomes{Timeout: c.timeouts}},
			server: results.ServerResult{PeakGoroutines: &c.peak}, samples: c.samples,
		})
		trial := run.Cells("s")[0].Trials[0]
		for metric, want := range map[string]float64{leastGoroutines: c.fewest, OwnGoroutines: c.mostOfThem} {
			if got, ok, err := value(run, trial, metric); got != want || !ok || err != nil {
				t.Errorf("%s: %s: %v %v %v, want %v", name, metric, got, ok, err, want)
			}
		}
	}
}

// A claim of goroutines must not hold or fail by the choice of what a server has
// beside its pattern.
func TestVerdictsOnGoroutines(t *testing.T) {
	data := fake{}
	server := func(scenario, variant string, least, most float64) {
		data[scenario+"/"+variant+"/"+leastGoroutines] = around(least, 0)
		data[scenario+"/"+variant+"/"+OwnGoroutines] = around(most, 0)
	}
	server("s", "a", 996, 1006)
	server("s", "b", 16, 26)
	server("blind", "a", 1, 1026)
	server("blind", "b", 16, 1026)
	for name, c := range map[string]struct {
		claim Claim
		want  Verdict
	}{
		"the same with all and none": {Claim{Want: just(1000), Unit: "peak-goroutines", Tests: []Measure{one(OwnGoroutines, "s")}}, Reproduced},
		"beyond both":                {Claim{Want: just(500), Unit: "peak-goroutines", Tests: []Measure{one(OwnGoroutines, "s")}}, NotReproduced},
		"between them":               {Claim{Want: just(1000), Unit: "peak-goroutines", Tests: []Measure{one(OwnGoroutines, "blind")}}, Unclear},
		"a factor between them":      {Claim{Want: just(50), Unit: Factor, Tests: []Measure{aOverB(OwnGoroutines, "s")}}, Unclear},
		"a factor beyond both":       {Claim{Want: just(5), Unit: Factor, Tests: []Measure{aOverB(OwnGoroutines, "s")}}, NotReproduced},
		"more in both":               {Claim{Order: true, Unit: Factor, Tests: []Measure{aOverB(OwnGoroutines, "s")}}, Reproduced},
		"more or less":               {Claim{Order: true, Unit: Factor, Tests: []Measure{aOverB(OwnGoroutines, "blind")}}, Unclear},
	} {
		r := Judge([]Claim{c.claim}, data)[0]
		if r.Verdict != c.want {
			t.Errorf("%s: %s (%+v), want %s", name, r.Verdict, r.Found[0].Estimate, c.want)
		}
		if e := r.Found[0].Estimate; e.Low > e.Center || e.Center > e.High {
			t.Errorf("%s: the interval %+v lies beside its centre", name, e)
		}
	}
}
