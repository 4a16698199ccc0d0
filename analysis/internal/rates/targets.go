package rates

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// targetCounts are the numbers of targets of a stream that are simulated.
var targetCounts = []int{3, 10, 30}

// slowTarget is the factor by which one target becomes slower in half of these checks.
const slowTarget = 1.1

// OfTargets holds the verdicts on simulated checks of streams with several targets:
// without a change, and with one target that is slower.
type OfTargets struct{ Same, Slower Tally }

// simulateTargets makes the checks for every number of targets. They have many rows, so a
// tenth of the usual repetitions is made of each kind.
func (p pool) simulateTargets(repetitions int) map[int]OfTargets {
	all := map[int]OfTargets{}
	for _, n := range targetCounts {
		all[n] = OfTargets{
			Same: p.simulate(experiment{
				name: fmt.Sprintf("%d targets", n), repetitions: repetitions / 10, change: p.targets(n)}),
			Slower: p.simulate(experiment{
				name: fmt.Sprintf("slower target of %d", n), repetitions: repetitions / 10, change: both(p.targets(n), slowerTarget(slowTarget))}),
		}
	}
	return all
}

// targets gives every row of a stream's latency to each of n targets, as the gate judges
// streams with several: a row of every target in place of the stream's. The first has the
// values of the stream, and each of the others those of a draw of its own, so that what
// targets of one trial have in common is not simulated.
func (p pool) targets(n int) change {
	return func(r *rand.Rand, s *sample) {
		split := newSample(nil)
		for k := range n {
			drawn := *s
			if k > 0 {
				drawn = p.draw(r, s.blocks(), false)
			}
			for i, row := range drawn.rows {
				latency := row.Family == compare.FamilyHTTP && units.IsLatency(row.Unit)
				if k > 0 && !latency {
					continue // which is the stream's
				}
				if latency {
					row.Name = fmt.Sprintf("%s/target=t%d", row.Name, k)
				}
				split.rows = append(split.rows, row)
				for v := range variants {
					split.values[v] = append(split.values[v], drawn.values[v][i])
				}
			}
		}
		*s = split
	}
}

// slowerTarget makes the head worse by the factor in all rows of one target, which is
// drawn anew for every check.
func slowerTarget(factor float64) change {
	return func(r *rand.Rand, s *sample) {
		var of []int // rows of targets
		for i, row := range s.rows {
			if strings.Contains(row.Name, "/target=") {
				of = append(of, i)
			}
		}
		if len(of) == 0 {
			return
		}
		name := s.rows[of[r.IntN(len(of))]].Name
		for _, i := range of {
			if s.rows[i].Name == name {
				s.scale(head, i, factor)
			}
		}
	}
}
