package rates

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

// change is what a simulation does to a drawn check.
type change func(r *rand.Rand, s *sample)

// slower makes the head worse by the factor in every row of HTTP trials that is
// compared by ratio: times are multiplied, rates divided. Shares within the
// objective stay as they are, since how many requests cross it cannot be told
// from a share; that can only keep a slowdown from being found.
func slower(factor float64) change {
	return func(_ *rand.Rand, s *sample) {
		for i, r := range s.rows {
			if r.Family == compare.FamilyHTTP && !r.Share {
				s.scale(head, i, factor)
			}
		}
	}
}

// slowerInOne does so in a single row, drawn anew for every check. Rows of zeros,
// such as benchmarks that allocate nothing, have nothing to multiply.
func slowerInOne(factor float64) change {
	return func(r *rand.Rand, s *sample) {
		var ratios []int
		for i, row := range s.rows {
			if !row.Share && slices.Min(s.values[head][i]) > 0 {
				ratios = append(ratios, i)
			}
		}
		if len(ratios) > 0 {
			s.scale(head, ratios[r.IntN(len(ratios))], factor)
		}
	}
}

// scale makes the values of one variant and row worse by the factor.
func (s *sample) scale(variant, row int, factor float64) {
	for k := range s.values[variant][row] {
		s.worsen(variant, row, k, math.Log(factor))
	}
}

// worsen makes one value worse by so much on the logarithmic scale; shares by
// as much as it says.
func (s *sample) worsen(variant, row, k int, by float64) {
	v := &s.values[variant][row][k]
	by *= s.rows[row].worse()
	if s.rows[row].Share {
		*v = max(0, min(1, *v+by))
	} else {
		*v *= math.Exp(by)
	}
}

// heavyTails adds to every trial, in all of its rows at once, noise of the
// distribution t with two degrees of freedom, which has no variance: one trial in
// ten is off by three times the noise that it had anyway, one in a hundred by ten
// times.
func heavyTails(noise []float64) change {
	return func(r *rand.Rand, s *sample) {
		for k := range s.blocks() {
			for v := range variants {
				t := r.NormFloat64() / math.Sqrt(r.ExpFloat64())
				for i := range s.rows {
					s.worsen(v, i, k, t*noise[i])
				}
			}
		}
	}
}

// beside makes half of the blocks ones that were measured beside a program that
// wants a core: each trial is worse by what that did to one of the trials that
// the harness voided for it, drawn for every trial by itself.
func beside(effects []map[string]float64) change {
	return func(r *rand.Rand, s *sample) {
		loaded := r.Perm(s.blocks())[:s.blocks()/2]
		slices.Sort(loaded)
		for _, k := range loaded {
			for v := range variants {
				effect := effects[r.IntN(len(effects))]
				for i, row := range s.rows {
					if by, ok := effect[row.key()]; ok {
						s.worsen(v, i, k, by)
					}
				}
			}
		}
	}
}

// widen adds rows until there are so many: those of other draws from the pool,
// under other names.
func (p pool) widen(rows int) change {
	return func(r *rand.Rand, s *sample) {
		for copies := 2; len(s.rows) < rows; copies++ {
			more := p.draw(r, s.blocks(), false)
			for i, row := range more.rows[:min(len(more.rows), rows-len(s.rows))] {
				row.Name = fmt.Sprintf("%s/copy=%d", row.Name, copies)
				s.rows = append(s.rows[:len(s.rows):len(s.rows)], row)
				for v := range variants {
					s.values[v] = append(s.values[v], more.values[v][i])
				}
			}
		}
	}
}

// both makes two changes one after the other.
func both(first, second change) change {
	return func(r *rand.Rand, s *sample) {
		first(r, s)
		second(r, s)
	}
}

// key names a row within a check.
func (r Row) key() string { return r.Name + " " + r.Config + " " + r.Unit }

// effects are, for every trial that was voided beside the foreign program, how
// much worse its rows were than the median of the same check's trials that
// count, on the scale of [sample.worsen].
func effects(checks []Check) []map[string]float64 {
	var all []map[string]float64
	for _, c := range checks {
		for _, t := range c.Loaded {
			effect := map[string]float64{}
			for _, r := range c.Rows {
				v, ok := t.Values[r.Unit]
				usual := median(r.Base, r.Head)
				if !ok || r.Name != t.Name {
					continue
				}
				by := v - usual
				if !r.Share {
					by = math.Log(v) - math.Log(usual)
				}
				if !math.IsNaN(by) && !math.IsInf(by, 0) {
					effect[r.key()] = r.worse() * by
				}
			}
			if len(effect) > 0 {
				all = append(all, effect)
			}
		}
	}
	return all
}
