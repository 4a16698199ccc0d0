package rates

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPoolMakesLevelsEqualAndKeepsRatios(t *testing.T) {
	rec := synthetic(6, 0, 0)
	p := newPool(rec.Checks)
	if len(p.blocks) != 60 || len(p.rows) != 5 {
		t.Fatalf("%d blocks of %d rows", len(p.blocks), len(p.rows))
	}
	for i, r := range p.rows {
		var levels []float64
		for c := range rec.Checks {
			var all []float64
			for k := range 10 {
				b, raw := p.blocks[10*c+k], rec.Checks[c].Rows[i]
				all = append(all, b[base][i], b[head][i])
				if got, want := b[head][i]/b[base][i], raw.Head[k]/raw.Base[k]; math.Abs(got-want) > 1e-12 {
					t.Fatalf("%s: a ratio of %v became %v", r.key(), want, got)
				}
			}
			levels = append(levels, median(all))
		}
		if spread := slices.Max(levels)/slices.Min(levels) - 1; !r.Share && spread > 1e-9 {
			t.Errorf("%s: levels differ by %v", r.key(), spread)
		}
	}
}

func TestPoolTakesWhatIsWhole(t *testing.T) {
	whole := synthetic(3, 0, 0)
	for _, c := range []struct {
		name         string
		change       func(c *Check)
		blocks, rows int
		leftOut      string
	}{
		{"as it is", func(*Check) {}, 30, 5, "[]"},
		{"a missing value", func(c *Check) { c.Rows[0].Head[3] = math.NaN() }, 29, 5, "[]"},
		{"a missing control", func(c *Check) { c.Rows[0].Again[3] = math.NaN() }, 29, 5, "[]"},
		{"a missing block", func(c *Check) {
			r := &c.Rows[3]
			r.Blocks, r.Base, r.Head = r.Blocks[1:], r.Base[1:], r.Head[1:]
		}, 29, 5, "[]"},
		{"a row that others lack", func(c *Check) { c.Rows = append(c.Rows, Row{Name: "new", Unit: "sec/op"}) }, 30, 5, "[]"},
		{"a row less", func(c *Check) { c.Rows = c.Rows[:4] }, 30, 4, "[]"},
		{"a marked row", func(c *Check) { c.Rows[0].Marks = []string{"saturated"} }, 20, 5, "[aa-2]"},
		{"a doubted row", func(c *Check) { c.Rows[0].Doubts = []string{"unanswered"} }, 20, 5, "[aa-2]"},
		{"a marked control", func(c *Check) { c.Rows[0].AgainMarks = []string{"saturated"} }, 20, 5, "[aa-2]"},
		{"a doubted control", func(c *Check) { c.Rows[0].AgainDoubts = []string{"unanswered"} }, 20, 5, "[aa-2]"},
		{"a lost control", func(c *Check) { c.Missing = []string{"gate-closed"} }, 20, 5, "[aa-2]"},
	} {
		checks := synthetic(3, 0, 0).Checks
		c.change(&checks[1])
		p := newPool(checks)
		if got := fmt.Sprint(p.leftOut); len(p.blocks) != c.blocks || len(p.rows) != c.rows || got != c.leftOut {
			t.Errorf("%s: %d blocks, %d rows, left out %s; want %d, %d, %s", c.name, len(p.blocks), len(p.rows), got, c.blocks, c.rows, c.leftOut)
		}
	}
	if len(newPool(nil).blocks) != 0 {
		t.Error("blocks out of nothing")
	}
	if got := newPool(whole.Checks).seed(); got == newPool(whole.Checks[:2]).seed() {
		t.Error("the seed does not depend on the recordings")
	}
}

// TestDrawKeepsBlocksTogether draws from blocks whose values tell where they come
// from.
func TestDrawKeepsBlocksTogether(t *testing.T) {
	p := pool{rows: []Row{{Name: "a"}, {Name: "b"}, {Name: "no control"}}}
	for k := range 7 {
		var b block
		for v := range variants {
			at := float64(10*k + v)
			b[v] = []float64{at, at, at}
		}
		b[again][2] = math.NaN()
		p.blocks = append(p.blocks, b)
	}
	for _, exchange := range []bool{false, true} {
		s := p.draw(rand.New(rand.NewPCG(1, 1)), 100, exchange)
		swapped := 0
		for k := range s.blocks() {
			seen := map[float64]bool{}
			for v := range variants {
				at := s.values[v][0][k]
				seen[math.Mod(at, 10)] = true
				if s.values[v][1][k] != at || math.Floor(at/10) != math.Floor(s.values[base][0][k]/10) {
					t.Fatalf("exchange %v: block %d is mixed up", exchange, k)
				}
				if !exchange && math.Mod(at, 10) != float64(v) {
					t.Fatalf("block %d: variant %d has the values of another", k, v)
				}
			}
			if len(seen) != int(variants) {
				t.Fatalf("exchange %v: a build stands twice in block %d", exchange, k)
			}
			order := s.values[base][0][k] > s.values[head][0][k]
			if two := s.values[base][2][k] > s.values[head][2][k]; two != order {
				t.Fatalf("exchange %v: block %d: two builds do not keep the order of three", exchange, k)
			}
			if !math.IsNaN(s.values[again][2][k]) {
				t.Fatalf("block %d: a control out of nothing", k)
			}
			if order {
				swapped++
			}
		}
		if exchange != (swapped > 20) {
			t.Errorf("exchange %v: base and head changed places %d times in 100", exchange, swapped)
		}
	}
}

func TestNoiseIsThatOfATrial(t *testing.T) {
	noise := newPool(synthetic(40, 0, 0).Checks).noise()
	for i, want := range []float64{0.01, 0.02, 0, 0.01, 0.01} {
		if want > 0 && math.Abs(noise[i]/want-1) > 0.25 {
			t.Errorf("row %d: noise %v, want about %v", i, noise[i], want)
		}
	}
}
