package bundletest

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// attempt is what a made-up search did at a rate.
type attempt struct {
	rate   float64
	trials int
	behind bool // the server fell behind, and the trial with it
}

// sought is how a made-up search went for each variant: one that ended by
// itself, one that the generator's limit stopped.
var sought = []struct {
	variant       string
	attempts      []attempt
	held, refuted float64 // 0: none
	confirmed     bool
	stopped       string
}{
	{"workerpool", []attempt{{200, 3, false}, {400, 1, true}, {283, 3, false}, {336, 1, true}, {308, 1, true}, {295, 3, false}, {295, 6, false}}, 295, 308, true, ""},
	{"naive", []attempt{{200, 3, false}, {400, 3, false}, {800, 3, false}, {1600, 2, false}}, 800, 0, false,
		"the generator is the limit: it used 97 % of its 1 CPU"},
}

// WriteSearch makes the bundle of a search in dir. The variants have different ends, so
// that a report has to show both.
func WriteSearch(tb testing.TB, dir string) {
	tb.Helper()
	p := Plan{Blocks: 6, Seconds: 1, Values: 200}
	m := manifest(p)
	s := m.Scenarios[1]
	s.Variants = slices.Clone(s.Variants[:2])
	s.Matrix = []string{"rate"}
	m.Scenarios = []results.Scenario{s}
	m.Command = []string{"harness", "search", "scenarios/steady.yaml"}
	w, err := results.Create(dir, m)
	if err != nil {
		tb.Fatal(err)
	}
	order := 0
	var h scratch
	for _, v := range sought {
		at := s
		index := slices.IndexFunc(s.Variants, func(x results.Variant) bool { return x.Name == v.variant })
		for _, a := range v.attempts {
			p.Values = int(a.rate)
			p.matrix = map[string]string{"rate": strconv.FormatFloat(a.rate, 'f', -1, 64)}
			for range a.trials {
				order++
				t, samples := trial(tb, w, &h, p, &at, index, order, 1, order)
				if a.behind {
					fallBehind(&t.Streams[0])
				}
				if err := w.Append(t, samples); err != nil {
					tb.Fatal(err)
				}
			}
		}
		r := results.Search{Scenario: s.Name, Variant: v.variant, Confirmed: v.confirmed, Stopped: v.stopped}
		if v.held > 0 {
			r.Held = &v.held
		}
		if v.refuted > 0 {
			r.Refuted = &v.refuted
		}
		m.Searches = append(m.Searches, r)
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		tb.Fatal(err)
	}
}

// fallBehind makes a stream one whose server did not keep up.
func fallBehind(s *results.StreamResult) {
	s.InFlight = [3]uint64{100, 200, 400}
	s.Completed -= s.Completed / 20
	s.Goodput *= 0.7
	s.Headline.ByShare[0.99] = float64(2 * time.Second)
}
