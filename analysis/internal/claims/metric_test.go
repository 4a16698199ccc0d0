package claims

import (
	"math"
	"testing"
	"time"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// made is one trial to be written: what its log, its stream and its server's
// samples hold.
type made struct {
	millis  map[string][]int64 // values of the log by tag
	stream  results.StreamResult
	server  results.ServerResult
	samples []results.Sample
}

// bundle writes a run of one scenario and one variant, with a block per trial.
func bundle(t *testing.T, trials ...made) *load.Run {
	t.Helper()
	dir := t.TempDir()
	w, err := results.Create(dir, &results.Manifest{
		Tool: "harness (test)", Blocks: len(trials),
		Scenarios: []results.Scenario{{
			Name: "s", Variants: []results.Variant{{Name: "a"}}, Servers: []results.Server{{Name: "server"}},
			Streams: []results.Stream{{Name: "load", Server: "server", Model: results.ModelOpen}}, Blocks: len(trials),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range trials {
		id := results.TrialID("s", "a", nil, i+1, 1)
		f, err := w.CreateLog(id)
		if err != nil {
			t.Fatal(err)
		}
		log, err := results.NewLogWriter(f, id)
		if err != nil {
			t.Fatal(err)
		}
		m.stream.Name, m.stream.Model, m.stream.Parts = "load", results.ModelOpen, map[string]results.Quantiles{}
		for tag, values := range m.millis {
			h := results.NewHistogram()
			for _, v := range values {
				if err := h.RecordValue(v * int64(time.Millisecond)); err != nil {
					t.Fatal(err)
				}
			}
			m.stream.Parts[tag] = results.Summarise(h, 0)
			if err := log.Write(results.Interval{Tag: tag, Length: time.Second, Hist: h}); err != nil {
				t.Fatal(err)
			}
		}
		if err := log.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		m.server.Name = "server"
		err = w.Append(results.Trial{
			ID: id, Order: i + 1, Block: i + 1, Attempt: 1, Scenario: "s", Variant: "a", Valid: true,
			Streams: []results.StreamResult{m.stream}, Servers: []results.ServerResult{m.server},
		}, m.samples)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		t.Fatal(err)
	}
	run, err := load.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// times is a value so many times.
func times(n int, v int64) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i] = v
	}
	return all
}

// A time-out is +∞ once: its place in the log, by when it was given up, must not
// count beside it.
func TestP99OfAllCountsTimeoutsOnce(t *testing.T) {
	for name, c := range map[string]struct {
		timeouts int
		want     float64 // seconds
	}{
		"none":            {0, 0.1},
		"one in 100":      {3, 0.1},
		"above one in 99": {5, math.Inf(1)},
	} {
		run := bundle(t, made{
			millis: map[string][]int64{"response.ok": times(297, 100), "response.timeout": times(c.timeouts, 30_000), "service.ok": times(297, 7)},
			stream: results.StreamResult{Recorded: 300, Outcomes: results.Outcomes{OK: 297, Timeout: uint64(c.timeouts)}},
		})
		got, ok, err := p99OfAll(run, run.Cells("s")[0].Trials[0])
		if err != nil || !ok || math.Abs(got-c.want) > 0.001 {
			t.Errorf("%s: %v s %v %v, want %v s", name, got, ok, err, c.want)
		}
	}
}

// What is left when trials have no value, time-outs for one, is the better part.
func TestTrialsWithoutAValueMark(t *testing.T) {
	whole := made{millis: map[string][]int64{"response.ok": times(100, 75)}, stream: results.StreamResult{Outcomes: results.Outcomes{OK: 100}}}
	hung := whole
	hung.stream.Outcomes.Timeout = 50
	claim := Claim{Want: just(0.075), Unit: "mean-sec", Tests: []Measure{{Metric: MeanOfAll, A: at("s", "a")}}}
	for name, c := range map[string]struct {
		last made
		want Verdict
		why  string
	}{
		"all have one":   {whole, Reproduced, ""},
		"one has none":   {hung, Unclear, "1 of 8 trials have no such value"},
		"time-outs only": {made{stream: results.StreamResult{Outcomes: results.Outcomes{Timeout: 9}}}, Unclear, "1 of 8 trials have no such value"},
	} {
		run := bundle(t, whole, whole, whole, whole, whole, whole, whole, c.last)
		r := Judge([]Claim{claim}, NewRun(run))[0]
		if r.Verdict != c.want || r.Found[0].Why != c.why {
			t.Errorf("%s: %s (%s), want %s (%s)", name, r.Verdict, r.Found[0].Why, c.want, c.why)
		}
	}
}

// The last sample of a server that ends may have lost its metrics.
func TestReuseReadsTheLastSampleThatHasIt(t *testing.T) {
	counters := func(gets, misses float64) results.Sample {
		return results.Sample{Server: "server", Metrics: map[string]float64{"assay_reuse_gets_total": gets, "assay_reuse_misses_total": misses}}
	}
	for name, c := range map[string]struct {
		samples []results.Sample
		want    float64
		ok      bool
	}{
		"the last":         {[]results.Sample{counters(10, 10), counters(100, 20)}, 0.8, true},
		"the one before":   {[]results.Sample{counters(100, 10), {Server: "server"}}, 0.9, true},
		"of another":       {[]results.Sample{counters(100, 10), {Server: "store", Metrics: counters(5, 5).Metrics}}, 0.9, true},
		"never asked":      {[]results.Sample{counters(0, 0)}, 0, false},
		"nothing recorded": {nil, 0, false},
	} {
		run := bundle(t, made{samples: c.samples})
		got, ok, err := value(run, run.Cells("s")[0].Trials[0], HitRate)
		if err != nil || ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %v %v %v, want %v %v", name, got, ok, err, c.want, c.ok)
		}
	}
}

func TestMarksOfWhatASlopeIsPer(t *testing.T) {
	data := fake{"s/a/bytes": around(3000, 0), "s/b/bytes": around(1000, 0), "s/a/n": {math.NaN()}, "s/b/n": around(5, 0)}
	m := Measure{Kind: Slope, Metric: "bytes", A: at("s", "a"), B: at("s", "b"), Per: "n"}
	if _, mark, why := m.estimate(data); mark != "marked" || why != "" {
		t.Errorf("mark %q, why %q", mark, why)
	}
}
