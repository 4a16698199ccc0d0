package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/results"
)

// columns draws the outcomes of a pair of columns: trials with so many requests,
// of which the share fails, itself different from trial to trial.
func columns(r *rand.Rand, blocks int, requests, share, spread float64) (b, h *column) {
	draw := func() *column {
		c := &column{results: blocks}
		for k := range blocks {
			p := max(0, min(1, share+spread*r.NormFloat64()))
			failed := 0
			for range int(requests) {
				if r.Float64() < p {
					failed++
				}
			}
			c.outcomes = append(c.outcomes, resultOutcomes{block: k + 1, requests: requests, shares: shares{results.Error: float64(failed) / requests}})
		}
		return c
	}
	return draw(), draw()
}

// Two equal builds are never told apart by chance, be it few requests or refusals
// that differ from trial to trial; and one trial of errors is always seen.
func TestOutstanding(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name                    string
		blocks                  int
		requests, share, spread float64
	}{
		{"no errors", 10, 1000, 0, 0},
		{"few requests, some errors", 10, 40, 0.05, 0},
		{"few requests, few errors", 10, 100, 0.005, 0},
		{"some errors", 10, 600, 0.05, 0},
		{"many errors", 20, 600, 0.5, 0},
		{"refusals that differ", 20, 600, 0.7, 0.05},
	} {
		for _, paired := range []bool{true, false} {
			wrong, missed := 0, 0
			const n = 300
			for range n {
				b, h := columns(r, c.blocks, c.requests, c.share, c.spread)
				if len(outstanding(gaps(b, h, share(results.Error), paired))) > 0 {
					wrong++
				}
				h.outcomes[3].shares[results.Error] = 1
				if out := outstanding(gaps(b, h, share(results.Error), paired)); c.share < 0.5 && (len(out) == 0 || !slices.ContainsFunc(out, func(g gap) bool { return g.by >= 0.7 })) {
					missed++
				}
			}
			if wrong > n/100 || missed > 0 {
				t.Errorf("%s, paired %v: %d of %d marked by chance, %d missed", c.name, paired, wrong, n, missed)
			}
		}
	}
}

// An outage of head raises a doubt even if base had a longer one in another
// block, and one of base alone does not.
func TestOutagesOfBothSides(t *testing.T) {
	for _, c := range []struct {
		base, head float64 // share unanswered in the third and in the seventh block
		want       string
	}{
		{1, 0.3, "in 1 of 10 blocks new left up to 30.0 percentage points more requests unanswered than old"},
		{0.3, 1, "in 1 of 10 blocks new left up to 100.0 percentage points"},
		{0, 0.3, "in 1 of 10 blocks new left up to 30.0 percentage points"},
		{1, 0, ""},
	} {
		side := func(block int, failed float64) *column {
			k := &column{results: 10}
			for b := range 10 {
				k.outcomes = append(k.outcomes, resultOutcomes{block: b + 1, requests: 1000})
			}
			k.outcomes[block-1].shares[results.Error] = failed
			return k
		}
		r := Row{Unit: "goodput/s", Paired: true, Base: Side{Label: "old"}, Head: Side{Label: "new"}}
		r.answered(side(3, c.base), side(7, c.head))
		got := fmt.Sprint(r.Doubts)
		if len(r.Doubts) == 0 {
			got = ""
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("base %v, head %v: %q, want %q", c.base, c.head, got, c.want)
		}
	}
}
