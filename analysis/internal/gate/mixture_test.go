package gate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSimulateMixtures is about builds of which a share of the starts is slow. A check
// may pass only where its blocks have met none of these.
func TestSimulateMixtures(t *testing.T) {
	for _, c := range []struct{ share, factor, cv float64 }{{0.25, 1.4, 0.01}, {0.1, 2, 0.01}, {0.25, 1.4, 0.03}, {0.1, 2, 0.03}} {
		for _, blocks := range []int{10, 20} {
			if testing.Short() && blocks != 10 {
				continue // drawing arrangements takes its time
			}
			r := rand.New(rand.NewPCG(uint64(100*c.share), uint64(blocks)))
			seen := map[string]float64{}
			const n = repetitions / 5
			for range n {
				in := world{rows: 9, perScenario: 3, cv: c.cv, margin: 0.05}.input(r, blocks)
				for b := range blocks {
					if r.Float64() >= c.share {
						continue
					}
					for i := range 3 { // the rows of one scenario share its start
						in.Rows[i].Head[b] *= c.factor
					}
				}
				seen[Judge(in).Verdict] += 100. / n
			}
			unmet := math.Pow(1-c.share, float64(blocks))
			if most := 100 * (unmet + 0.03 + 4*math.Sqrt(unmet*(1-unmet)/n)); seen[Pass] > most {
				t.Errorf("%+v, %d blocks: %.1f %% pass, want at most %.1f", c, blocks, seen[Pass], most)
			}
		}
	}
}
