package rates

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

// change is a change that a simulation makes to a drawn check.
type change func(r *rand.Rand, s *sample)

// slower makes the head worse by the factor in every row of HTTP trials that is compared
// by ratio: times are multiplied, rates are divided. Shares within the objective are not
// changed, because a share does not tell how many more requests a slowdown would push
// beyond the objective. This can only make a slowdown harder to find.
func slower(factor float64) change {
	return func(_ *rand.Rand, s *sample) {
		for i, r := range s.rows {
			if r.Family == compare.FamilyHTTP && !r.Share {
				s.scale(head, i, factor)
			}
		}
	}
}

// slowerInOne makes the head worse by the factor in a single row, which is drawn anew for
// every check. Rows of zeros, such as those of benchmarks that allocate nothing, are not
// drawn, because a factor does not change them.
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

// scale makes all values of one row of a variant worse by the factor.
func (s *sample) scale(variant, row int, factor float64) {
	for k := range s.values[variant][row] {
		s.worsen(variant, row, k, math.Log(factor))
	}
}

// worsen makes the k-th value of a row worse. The amount by is a difference of logarithms,
// or for a share a difference of shares.
func (s *sample) worsen(variant, row, k int, by float64) {
	v := &s.values[variant][row][k]
	by *= s.rows[row].worse()
	if s.rows[row].Share {
		*v = max(0, min(1, *v+by))
	} else {
		*v *= math.Exp(by)
	}
}

// heavyTails adds noise to every trial, the same in all of its rows. The noise has
// Student's t distribution with two degrees of freedom, whose variance is infinite. In
// one trial of ten it is three times as large as the noise that the row has already, and
// in one of a hundred ten times.
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

// beside makes half of the blocks look as if they had been measured beside a program that
// uses a core. Every trial of these blocks becomes worse by one of the effects, drawn for
// every trial by itself. An effect is what such a program did to a trial that the harness
// voided because of it.
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

// widen adds rows to a check until it has as many as asked for. The added rows come from
// other draws from the pool and get other names.
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

// both makes first one change and then the other.
func both(first, second change) change {
	return func(r *rand.Rand, s *sample) {
		first(r, s)
		second(r, s)
	}
}

// key names a row within a check.
func (r Row) key() string { return r.Name + " " + r.Config + " " + r.Unit }

// effects says for every trial that was voided because of the foreign program how much
// worse its rows were than the median of the valid trials of the same check. The amounts
// are on the scale of sample.worsen.
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
