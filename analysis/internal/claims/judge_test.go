package claims

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// fake hands out values by scenario, variant and metric.
type fake map[string][]float64

func (f fake) Values(c Subject, metric string) (byBlock map[int]float64, mark, why string) {
	v, ok := f[c.Scenario+"/"+c.Variant+"/"+metric]
	if !ok {
		return nil, "", "no " + c.Scenario
	}
	byBlock = map[int]float64{}
	for i, x := range v {
		if math.IsNaN(x) {
			return byBlock, "marked", ""
		}
		byBlock[i+1] = x
	}
	return byBlock, "", ""
}

// around are ten trials about a centre, with the given relative spread.
func around(center, spread float64) []float64 {
	var v []float64
	for i := range 10 {
		v = append(v, center*(1+spread*(float64(i)-4.5)/4.5))
	}
	return v
}

func one(metric, scenario string) Measure { return Measure{Metric: metric, A: at(scenario, "a")} }

func aOverB(metric, scenario string) Measure {
	return Measure{Kind: Ratio, Metric: metric, A: at(scenario, "a"), B: at(scenario, "b")}
}

func TestVerdicts(t *testing.T) {
	data := fake{
		"s/a/req/s": around(100, 0.01), "s/a/goodput/s": around(10, 0.01), "s/b/req/s": around(50, 0.01),
		"near/a/req/s": around(108, 0.01), "edge/a/req/s": around(110, 0.02), "far/a/req/s": around(130, 0.01),
		"wide/a/req/s": around(100, 0.9), "few/a/req/s": {100, 100, 100}, "marked/a/req/s": {math.NaN()},
		"same/a/req/s": around(50, 0.01), "same/b/req/s": around(50, 0.01),
		"zero/a/error-ratio": make([]float64, 10), "zero/b/error-ratio": make([]float64, 10),
		"some/a/error-ratio": around(0.2, 0.01), "some/b/error-ratio": make([]float64, 10),
		"refusing/a/p50-sec": around(0.2, 0.01), "refusing/b/p50-sec": around(0.1, 0.01),
		"refusing/a/reject-ratio": around(0.5, 0.01), "refusing/b/reject-ratio": make([]float64, 10),
		"s/a/p50-sec": around(0.2, 0.01), "s/b/p50-sec": around(0.1, 0.01), "s/a/reject-ratio": around(0.5, 0.01), "s/b/reject-ratio": around(0.5, 0.01),
		"share/a/reject-ratio": around(0.90, 0.001), "level/a/req/s": around(50, 0),
	}
	rate := func(tests ...Measure) Claim { return Claim{Want: just(100), Unit: "req/s", Tests: tests} }
	order := func(tests ...Measure) Claim { return Claim{Order: true, Unit: Factor, Tests: tests} }
	honest := func(c Claim, tests ...Measure) Claim { c.Honest = tests; return c }
	for name, c := range map[string]struct {
		claim Claim
		want  Verdict
	}{
		"equal":                           {rate(one("req/s", "s")), Reproduced},
		"within the tolerance":            {rate(one("req/s", "near")), Reproduced},
		"across its limit":                {rate(one("req/s", "edge")), Unclear},
		"beyond it":                       {rate(one("req/s", "far")), NotReproduced},
		"contains the claim and all else": {rate(one("req/s", "wide")), Unclear},
		"too few blocks":                  {rate(one("req/s", "few")), Unclear},
		"marked":                          {rate(one("req/s", "marked")), Unclear},
		"not run":                         {rate(one("req/s", "none")), NotRun},
		"nothing to test":                 {Claim{Untestable: "why"}, NotRun},
		"settings disagree":               {rate(one("req/s", "s"), one("req/s", "far")), Depends},
		"one setting is missing":          {rate(one("req/s", "s"), one("req/s", "none")), Reproduced},
		"one setting is unclear":          {rate(one("req/s", "s"), one("req/s", "few")), Unclear},
		"fails, and is unclear":           {rate(one("req/s", "far"), one("req/s", "few")), NotReproduced},
		"times of different requests":     {Claim{Want: just(2), Unit: Factor, Tests: []Measure{aOverB("p50-sec", "refusing")}}, Unclear},
		"times of the same requests":      {Claim{Want: just(2), Unit: Factor, Tests: []Measure{aOverB("p50-sec", "s")}}, Reproduced},
		"contradicted as users meet it":   {honest(rate(one("req/s", "s")), one("goodput/s", "s")), Artefact},
		"contradiction needs a number":    {honest(rate(one("req/s", "s")), one("goodput/s", "none")), Reproduced},
		"wrong both ways":                 {honest(rate(one("req/s", "far")), one("goodput/s", "s")), NotReproduced},
		"at a bound":                      {Claim{Want: above(50), Unit: "req/s", Tests: []Measure{one("req/s", "level")}}, NotReproduced},
		"at a bound, and about it":        {Claim{Want: above(100), Unit: "req/s", Tests: []Measure{one("req/s", "s")}}, Unclear},
		"above a bound":                   {Claim{Want: above(95), Unit: "req/s", Tests: []Measure{one("req/s", "s")}}, Reproduced},
		"a little below a bound":          {Claim{Want: above(105), Unit: "req/s", Tests: []Measure{one("req/s", "s")}}, NotReproduced},
		"wide about a bound":              {Claim{Want: above(100), Unit: "req/s", Tests: []Measure{one("req/s", "wide")}}, Unclear},
		"range":                           {Claim{Want: Range{80, 120}, Unit: "req/s", Tests: []Measure{one("req/s", "s")}}, Reproduced},
		"factor":                          {Claim{Want: just(2), Unit: Factor, Tests: []Measure{aOverB("req/s", "s")}}, Reproduced},
		"more":                            {order(aOverB("req/s", "s")), Reproduced},
		"no more":                         {order(aOverB("req/s", "same")), NotReproduced},
		"more here, not there":            {order(aOverB("req/s", "s"), aOverB("req/s", "same")), Depends},
		"more errors": {order(Measure{Kind: Difference, Metric: "error-ratio", A: at("some", "a"), B: at("some", "b")}),
			Reproduced},
		"no errors at all": {order(Measure{Kind: Difference, Metric: "error-ratio", A: at("zero", "a"), B: at("zero", "b")}),
			NotReproduced},
		"a share near its claim": {Claim{Want: just(0.88), Unit: "reject-ratio", Tests: []Measure{one("reject-ratio", "share")}}, Unclear},
		"a share off its claim":  {Claim{Want: just(0.80), Unit: "reject-ratio", Tests: []Measure{one("reject-ratio", "share")}}, NotReproduced},
	} {
		if got := Judge([]Claim{c.claim}, data)[0].Verdict; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// An interval that is wider than the band holds nothing, however well it is centred.
func TestWiderThanTheBand(t *testing.T) {
	band := Claim{Unit: "req/s"}.tolerance
	for _, c := range []struct {
		low, high float64
		want      Outcome
	}{
		{90, 110, Holds}, {91, 109, Holds}, // within the band
		{95, 114, Holds}, {89, 108, Holds}, // reaches out of it, and is not wider
		{89, 111, Open}, {95, 116, Open}, {80, 100, Holds}, {79, 100, Open}, {60, 140, Open},
		{101, 120, Open}, {111, 112, Fails}, {80, 89, Fails},
	} {
		if got := number(stats.Estimate{N: 10, Center: 100, Low: c.low, High: c.high}, just(100), band); got != c.want {
			t.Errorf("[%v, %v]: %v, want %v", c.low, c.high, got, c.want)
		}
	}
	if got := number(stats.Estimate{N: 10, Center: 100, Low: 75, High: 118}, Range{80, 120}, band); got != Holds {
		t.Errorf("an interval that is not wider than the band of a range: %v", got)
	}
}

// Of noisy measurements of a truth that lies outside the band, few hold.
func TestATruthOutsideTheBand(t *testing.T) {
	const repetitions = 1000
	r := rand.New(rand.NewPCG(15, 8))
	held := 0
	for range repetitions {
		v := make([]float64, 10)
		for i := range v {
			v[i] = 115 * (1 + 0.08*r.NormFloat64())
		}
		if number(stats.Median(v), just(100), Claim{Unit: "req/s"}.tolerance) == Holds {
			held++
		}
	}
	if held > repetitions/10 {
		t.Errorf("a truth that is 15 %% off holds in %d of %d measurements with a CV of 8 %%", held, repetitions)
	}
	t.Logf("a truth that is 15 %% off holds in %d of %d", held, repetitions)
}

// A size that is better than the largest is enough, and one that is worse by more
// than the tolerance is not, whichever way the metric gets better.
func TestSizes(t *testing.T) {
	data := fake{
		"s/large/goodput/s": around(100, 0.01), "s/large/p99-sec": around(0.1, 0.01),
		"s/more/goodput/s": around(150, 0.01), "s/sooner/p99-sec": around(0.05, 0.01),
		"s/same/goodput/s": around(97, 0.02), "s/same/p99-sec": around(0.103, 0.02),
		"s/less/goodput/s": around(80, 0.01), "s/later/p99-sec": around(0.2, 0.01),
	}
	for _, c := range []struct {
		unit, size string
		want       Verdict
	}{
		{"goodput/s", "more", Reproduced}, {"p99-sec", "sooner", Reproduced},
		{"goodput/s", "same", Reproduced}, {"p99-sec", "same", Reproduced},
		{"goodput/s", "less", NotReproduced}, {"p99-sec", "later", NotReproduced},
	} {
		claim := Claim{Want: above(1 - Tolerance), Unit: Factor, Tests: []Measure{enough(c.unit, "s", c.size, "large")}}
		if r := Judge([]Claim{claim}, data)[0]; r.Verdict != c.want {
			t.Errorf("%s of %s: %s (%+v), want %s", c.unit, c.size, r.Verdict, r.Found[0].Estimate, c.want)
		}
	}
}

func TestWhyUnclear(t *testing.T) {
	data := fake{
		"s/a/req/s": around(100, 0.01), "s/b/req/s": make([]float64, 10), "few/a/req/s": {1, 1, 1}, "few/b/req/s": {2, 2, 2},
		"late/a/p50-sec": {1, 1, 1, 1, 1, 1, math.Inf(1)}, "late/b/p50-sec": {1, 1, 1, 1, 1, 1, 1},
	}
	for name, c := range map[string]struct {
		measure Measure
		want    string
	}{
		"few blocks":          {aOverB("req/s", "few"), "fewer than 6 blocks have no 95 % interval"},
		"over nothing":        {aOverB("req/s", "s"), "values of zero or beyond the time-out have no ratio and no difference"},
		"beyond the time-out": {aOverB("p50-sec", "late"), "values of zero or beyond the time-out have no ratio and no difference"},
		"across a limit":      {one("req/s", "s"), "the interval reaches across the limit"},
	} {
		f := Judge([]Claim{{Want: just(91), Unit: "req/s", Tests: []Measure{c.measure}}}, data)[0].Found[0]
		if f.Outcome != Open || f.Why != c.want {
			t.Errorf("%s: %v, %q, want %q", name, f.Outcome, f.Why, c.want)
		}
	}
}

func TestSlope(t *testing.T) {
	data := fake{
		"s/a/bytes": around(3000, 0), "s/b/bytes": around(1000, 0),
		"s/a/n": around(7, 0), "s/b/n": around(5, 0),
	}
	m := Measure{Kind: Slope, Metric: "bytes", A: at("s", "a"), B: at("s", "b"), Per: "n"}
	if e, mark, why := m.estimate(data); e.Center != 1000 || e.Low != 1000 || mark+why != "" {
		t.Errorf("slope %v %q %q, want 1000", e, mark, why)
	}
	m.A, m.B = m.B, m.A
	m.Per = "absent"
	if _, _, why := m.estimate(data); why == "" {
		t.Error("a slope over nothing has an estimate")
	}
}

// TestClaims looks after the data: what a claim needs to be judged and printed.
func TestClaims(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range append(append(FromText(), FromTable()...), FromReview()...) {
		switch {
		case c.ID == "" || seen[c.ID]:
			t.Errorf("claim %q: its ID is empty or not the only one", c.Text)
		case c.Text == "" || c.Source == "":
			t.Errorf("%s: no text or no source", c.ID)
		case (len(c.Tests) == 0) != (c.Untestable != ""):
			t.Errorf("%s: a claim has tests, or a reason why not", c.ID)
		case c.Unit == "" && c.Untestable == "":
			t.Errorf("%s: no unit", c.ID)
		case c.Order && c.Want != Range{}:
			t.Errorf("%s: an order claims no number", c.ID)
		case c.Want.Low > c.Want.High:
			t.Errorf("%s: an empty range", c.ID)
		}
		seen[c.ID] = true
		for _, m := range append(append([]Measure{}, c.Tests...), c.Honest...) {
			switch {
			case m.A.Scenario == "" || m.A.Variant == "" || m.Metric == "":
				t.Errorf("%s: a measure of nothing: %+v", c.ID, m)
			case (m.Kind != Median) != (m.B.Variant != ""):
				t.Errorf("%s: two cells are compared, one is measured: %+v", c.ID, m)
			case (m.Kind == Slope) != (m.Per != ""):
				t.Errorf("%s: a slope is per something: %+v", c.ID, m)
			case c.Order && m.Kind == Median:
				t.Errorf("%s: an order compares: %+v", c.ID, m)
			}
		}
	}
}
