package stats

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// tables prints the tables of the package comment:
//
//	go test ./analysis/internal/stats -run Simulate -tables
var tables = flag.Bool("tables", false, "print the tables of the package comment, from many more repetitions")

func repetitions() int {
	if *tables {
		return 20_000
	}
	return 400
}

// shapesOf are distributions with median 0 and about one unit of spread.
var shapesOf = []struct {
	name string
	draw func(*rand.Rand) float64
}{
	{"normal", (*rand.Rand).NormFloat64},
	{"Laplace", func(r *rand.Rand) float64 { return (r.ExpFloat64() - r.ExpFloat64()) / math.Sqrt2 }},
	{"lognormal", func(r *rand.Rand) float64 { return math.Exp(r.NormFloat64()/2) - 1 }},
	{"5 % outliers", func(r *rand.Rand) float64 {
		v := r.NormFloat64()
		if r.Float64() < 0.05 {
			v *= 8
		}
		return v
	}},
}

func draw(r *rand.Rand, n int, shape func(*rand.Rand) float64, shift float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = shape(r) + shift
	}
	return v
}

// TestSimulateCoverage measures how often intervals hold the truth. The median's
// must cover at least what it says for every shape, the Hodges–Lehmann's for
// symmetric ones.
func TestSimulateCoverage(t *testing.T) {
	for _, s := range shapesOf {
		for _, n := range []int{6, 8, 10, 20} {
			r := rand.New(rand.NewPCG(uint64(n), 17))
			median, paired, shift := 0, 0, 0
			reps := repetitions()
			for range reps {
				x := draw(r, n, s.draw, 0)
				if e := Median(x); e.Low <= 0 && 0 <= e.High {
					median++
				}
				// Differences of two trials are symmetric whatever the trials are.
				y := draw(r, n, s.draw, 0)
				d := make([]float64, n)
				for i := range d {
					d[i] = y[i] - x[i]
				}
				if e := HodgesLehmann(d, Level); e.Low <= 0 && 0 <= e.High {
					paired++
				}
				if e := Shift(x, y, Level); e.Low <= 0 && 0 <= e.High {
					shift++
				}
			}
			share := func(k int) float64 { return float64(k) / float64(reps) }
			if *tables {
				fmt.Printf("//\t%-13s %3d   %5.1f    %5.1f    %5.1f\n", s.name, n, 100*share(median), 100*share(paired), 100*share(shift))
			}
			// Four standard errors below 95 %.
			limit := 0.95 - 4*math.Sqrt(0.95*0.05/float64(reps))
			for what, k := range map[string]int{"median": median, "paired": paired, "unpaired": shift} {
				if share(k) < limit {
					t.Errorf("%s, n = %d: the %s interval covers %.1f %%", s.name, n, what, 100*share(k))
				}
			}
		}
	}
}

// TestSimulateFamily measures how often any of nine rows is called different
// when none is (level), and when one is (power), for the two corrections.
func TestSimulateFamily(t *testing.T) {
	const rows, within = 9, 0.5
	for _, n := range []int{6, 8, 10} {
		for _, shift := range []float64{0, 1, 2} {
			r := rand.New(rand.NewPCG(uint64(n), uint64(10*shift)))
			maxT, holm := 0, 0
			reps := repetitions() / 4
			for range reps {
				d := make([][]float64, rows)
				p := make([]float64, rows)
				for b := range n {
					common := r.NormFloat64()
					for i := range d {
						d[i] = append(d[i], math.Sqrt(within)*common+math.Sqrt(1-within)*r.NormFloat64())
						if i == 0 {
							d[i][b] += shift
						}
					}
				}
				for i := range d {
					p[i] = SignedRankTest(d[i]).P
				}
				if found(MaxT(d, TwoSided, 1), shift) {
					maxT++
				}
				if found(Holm(p), shift) {
					holm++
				}
			}
			share := func(k int) float64 { return float64(k) / float64(reps) }
			if *tables {
				fmt.Printf("//\t%3d  %4.0f   %5.1f  %5.1f\n", n, shift, 100*share(maxT), 100*share(holm))
			}
			if limit := 0.05 + 4*math.Sqrt(0.05*0.95/float64(reps)); shift == 0 && (share(maxT) > limit || share(holm) > limit) {
				t.Errorf("n = %d: false alarms in %.1f %% (max-T) and %.1f %% (Holm)", n, 100*share(maxT), 100*share(holm))
			}
		}
	}
}

// found reports whether the affected row is found, or, where none is affected,
// any.
func found(p []float64, shift float64) bool {
	if shift > 0 {
		return p[0] <= 0.05
	}
	for _, q := range p {
		if q <= 0.05 {
			return true
		}
	}
	return false
}

// TestSimulateDetectable: a shift of the size that is called detectable is found
// in about 80 % of samples.
func TestSimulateDetectable(t *testing.T) {
	for _, n := range []int{6, 10, 15, 20, 30} {
		r := rand.New(rand.NewPCG(uint64(n), 23))
		reps := repetitions()
		paired, unpaired := 0, 0
		for range reps {
			if SignedRankTest(draw(r, n, (*rand.Rand).NormFloat64, shiftFor(signedRankShift, 6, n))).P <= 0.05 {
				paired++
			}
			x := draw(r, n, (*rand.Rand).NormFloat64, 0)
			if MannWhitney(x, draw(r, n, (*rand.Rand).NormFloat64, shiftFor(mannWhitneyShift, 4, n))) <= 0.05 {
				unpaired++
			}
		}
		for what, k := range map[string]int{"paired": paired, "unpaired": unpaired} {
			if power := float64(k) / float64(reps); power < 0.74 || power > 0.86 {
				t.Errorf("n = %d, %s: power %.1f %%, want about 80 %%", n, what, 100*power)
			}
		}
	}
}

// TestSimulatePooled measures the coverage of the block bootstrap, which the
// package comment admits to be below its name.
func TestSimulatePooled(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone simulates so much")
	}
	const requests = 400
	for _, n := range []int{6, 10, 20} {
		r := rand.New(rand.NewPCG(uint64(n), 31))
		reps := repetitions() / 5
		hit := 0
		for range reps {
			blocks := make([]Counts, n)
			for b := range blocks {
				scale := math.Exp(0.1 * r.NormFloat64())
				counts := map[float64]uint64{}
				for range requests {
					counts[math.Round(1000*scale*(1+r.ExpFloat64()))]++
				}
				for v := range 20_000 {
					if c := counts[float64(v)]; c > 0 {
						blocks[b].Values = append(blocks[b].Values, float64(v))
						blocks[b].Counts = append(blocks[b].Counts, c)
					}
				}
			}
			if e := Pooled(blocks, 0.9, r.Uint64()); e.Low <= pooledTruth && pooledTruth <= e.High {
				hit++
			}
		}
		share := float64(hit) / float64(reps)
		if *tables {
			fmt.Printf("//\t%3d   %5.1f\n", n, 100*share)
		}
		if share < 0.75 || share > 0.99 {
			t.Errorf("n = %d: the pooled interval covers %.1f %%", n, 100*share)
		}
	}
}

// pooledTruth is the 90th percentile of 1000·exp(Z/10)·(1+E) for normal Z and
// exponential E, from the mean over Z of the exponential's tail.
var pooledTruth = func() float64 {
	above := func(v float64) float64 {
		sum, weight := 0.0, 0.0
		for z := -6.0; z <= 6; z += 0.01 {
			w := math.Exp(-z * z / 2)
			sum += w * min(1, math.Exp(-(v/(1000*math.Exp(0.1*z))-1)))
			weight += w
		}
		return sum / weight
	}
	lo, hi := 1000.0, 10_000.0
	for range 50 {
		if mid := (lo + hi) / 2; above(mid) > 0.1 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}()
