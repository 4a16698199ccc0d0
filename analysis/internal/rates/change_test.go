package rates

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

// flat is a sample without noise: a time, a rate, a share and a Go benchmark.
func flat(blocks int) sample {
	s := newSample([]Row{
		{Name: "a", Unit: "p50-sec", Family: compare.FamilyHTTP, Better: "lower", Margin: 0.05},
		{Name: "b", Unit: "goodput/s", Family: compare.FamilyHTTP, Better: "higher", Margin: 0.05},
		{Name: "a", Unit: "within-slo-ratio", Family: compare.FamilyHTTP, Better: "higher", Share: true, Margin: 0.01},
		{Name: "c", Unit: "sec/op", Family: compare.FamilyMicro, Better: "lower", Margin: 0.05},
	})
	for i, v := range []float64{1, 100, 0.99, 1e-6} {
		for side := range variants {
			s.values[side][i] = slices.Repeat([]float64{v}, blocks)
		}
	}
	return s
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name   string
		change change
		want   []float64 // of the head's rows
	}{
		{"slower by nothing", slower(1), []float64{1, 100, 0.99, 1e-6}},
		{"slower by a fifth", slower(1.2), []float64{1.2, 100 / 1.2, 0.99, 1e-6}},
	} {
		s := flat(3)
		c.change(rand.New(rand.NewPCG(1, 1)), &s)
		for i, want := range c.want {
			for k, got := range s.values[head][i] {
				if math.Abs(got-want) > 1e-9 {
					t.Errorf("%s: row %d, block %d: %v, want %v", c.name, i, k, got, want)
				}
			}
		}
		if s.values[base][0][0] != 1 || s.values[again][0][0] != 1 {
			t.Errorf("%s: it changed the base", c.name)
		}
	}
}

func TestSlowerInOneChangesOneRowAndNoShare(t *testing.T) {
	seen := map[int]bool{}
	for seed := range uint64(50) {
		s := flat(2)
		s.rows = append(s.rows, Row{Name: "c", Unit: "allocs/op", Family: compare.FamilyMicro, Better: "lower"})
		for v := range variants {
			s.values[v] = append(s.values[v], []float64{0, 0})
		}
		slowerInOne(1.2)(rand.New(rand.NewPCG(seed, 1)), &s)
		var changed []int
		for i := range s.rows {
			if s.values[head][i][0] != s.values[base][i][0] {
				changed = append(changed, i)
			}
		}
		if len(changed) != 1 || s.rows[changed[0]].Share {
			t.Fatalf("changed rows %v", changed)
		}
		seen[changed[0]] = true
	}
	if len(seen) != 3 {
		t.Errorf("only rows %v were ever drawn", seen)
	}
}

func TestBesideTouchesHalfOfTheBlocks(t *testing.T) {
	s := flat(10)
	beside([]map[string]float64{{"a  p50-sec": math.Log(2), "a  within-slo-ratio": 0.5, "b  goodput/s": math.Log(2)}})(rand.New(rand.NewPCG(1, 1)), &s)
	for v := range variants {
		touched := 0
		for k := range s.blocks() {
			p50, rate, share := s.values[v][0][k], s.values[v][1][k], s.values[v][2][k]
			switch {
			case p50 == 1 && rate == 100 && share == 0.99:
			case math.Abs(p50-2) < 1e-9 && math.Abs(rate-50) < 1e-9 && math.Abs(share-0.49) < 1e-9:
				touched++
			default:
				t.Errorf("block %d: %v, %v, %v", k, p50, rate, share)
			}
		}
		if touched != 5 {
			t.Errorf("variant %d: %d of 10 blocks", v, touched)
		}
	}
}

func TestWorsenKeepsSharesShares(t *testing.T) {
	s := flat(1)
	s.worsen(head, 2, 0, -0.5)
	if got := s.values[head][2][0]; got != 1 {
		t.Errorf("a share of %v", got)
	}
	s.worsen(head, 2, 0, 1.5)
	if got := s.values[head][2][0]; got != 0 {
		t.Errorf("a share of %v", got)
	}
}

func TestEffectsAreAgainstTheCheckItself(t *testing.T) {
	c := Check{
		Rows: []Row{
			{Name: "a", Unit: "p99-sec", Better: "lower", Base: Values{1, 2, 3}, Head: Values{2, math.NaN(), 2}},
			{Name: "a", Unit: "within-slo-ratio", Better: "higher", Share: true, Base: Values{1, 1}, Head: Values{1, 1}},
			{Name: "b", Unit: "goodput/s", Better: "higher", Base: Values{100}, Head: Values{100}},
		},
		Loaded: []Trial{
			{Name: "a", Values: map[string]float64{"p99-sec": 4, "within-slo-ratio": 0.9}},
			{Name: "b", Values: map[string]float64{"goodput/s": 50, "p99-sec": 9}},
			{Name: "other", Values: map[string]float64{"p99-sec": 9}},
		},
	}
	got := effects([]Check{c})
	want := []map[string]float64{{"a  p99-sec": math.Log(2), "a  within-slo-ratio": 0.1}, {"b  goodput/s": math.Log(2)}}
	if len(got) != len(want) {
		t.Fatalf("%d effects: %v", len(got), got)
	}
	for i := range want {
		if len(got[i]) != len(want[i]) {
			t.Errorf("trial %d: %v, want %v", i, got[i], want[i])
		}
		for k, w := range want[i] {
			if math.Abs(got[i][k]-w) > 1e-9 {
				t.Errorf("trial %d, %s: %v, want %v", i, k, got[i][k], w)
			}
		}
	}
}
