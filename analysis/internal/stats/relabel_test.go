package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// enumerateShift is the definition for rows that have every unit: the
// studentised differences of means under all ways to label the units.
func enumerateShift(base, head [][]float64, side Side) []float64 {
	n, m := len(base[0]), len(head[0])
	statistic := func(row int, isHead []bool) float64 {
		var b, h []float64
		for u, v := range slices.Concat(base[row], head[row]) {
			if isHead[u] {
				h = append(h, v)
			} else {
				b = append(b, v)
			}
		}
		squares := 0.0
		for _, s := range [][]float64{b, h} {
			for _, v := range s {
				squares += (v - mean(s)) * (v - mean(s))
			}
		}
		by := mean(h) - mean(b)
		t := by / math.Sqrt(squares/float64(n+m-2)*(1/float64(n)+1/float64(m)))
		switch {
		case math.Abs(by) < 1e-12:
			t = 0
		case squares < 1e-20:
			t = math.Inf(int(math.Copysign(1, by)))
		}
		if side == TwoSided {
			return math.Abs(t)
		}
		return t
	}
	observed := make([]bool, n+m)
	for u := n; u < n+m; u++ {
		observed[u] = true
	}
	p, all := make([]float64, len(base)), 0.0
	splits(n+m, m, func(isHead []bool) {
		all++
		highest := math.Inf(-1)
		for i := range base {
			highest = max(highest, statistic(i, isHead))
		}
		for i := range base {
			if t := statistic(i, observed); highest >= t-1e-7*max(1, math.Abs(t)) || math.IsInf(t, 1) && math.IsInf(highest, 1) {
				p[i]++
			}
		}
	})
	for i := range p {
		p[i] /= all
	}
	return p
}

func TestMaxTShiftEqualsEnumeration(t *testing.T) {
	for _, side := range []Side{TwoSided, Greater} {
		for _, size := range [][2]int{{1, 1}, {1, 4}, {3, 3}, {4, 6}, {5, 5}, {6, 6}} {
			n, m := size[0], size[1]
			whole := func(from int) []float64 {
				v := make([]float64, n+m)
				for i := range v {
					v[i] = math.Round(10*math.Sin(float64(i*i+from))) / 10
				}
				return v
			}
			apart := make([]float64, n+m) // two values without any spread
			for i := n; i < n+m; i++ {
				apart[i] = 1
			}
			var base, head [][]float64
			for _, v := range [][]float64{whole(1), whole(2), append(samples(n)[0], samples(m + 20)[0][:m]...), apart} {
				base, head = append(base, v[:n]), append(head, v[n:])
			}
			got := MaxTShift(base, head, side, 1)
			for i, want := range enumerateShift(base, head, side) {
				near(t, fmt.Sprintf("adjusted p of row %d, %d and %d", i, n, m), got[i], want)
			}
		}
	}
}

// A row is not held to units that it does not have, and one of six and six keeps
// the ways that it has by itself whatever units others have.
func TestMaxTShiftMissing(t *testing.T) {
	nan := math.NaN()
	base, head := []float64{1, 3, 2, 5, 4, 2.5}, []float64{5.5, 6, 4.5, 7, 8, 3.5}
	for _, side := range []Side{TwoSided, Greater} {
		want := MaxTShift([][]float64{base}, [][]float64{head}, side, 1)[0]
		holed := func(v []float64) []float64 { return append(append([]float64{nan}, v...), nan, nan) }
		near(t, "p of a row with missing units", MaxTShift([][]float64{holed(base)}, [][]float64{holed(head)}, side, 1)[0], want)
		// With rows that never count beside it: constants, and one of one side.
		none := slices.Repeat([]float64{nan}, 9)
		p := MaxTShift([][]float64{holed(base), make([]float64, 9), none}, [][]float64{holed(head), make([]float64, 9), make([]float64, 9)}, side, 1)
		near(t, "p beside rows that never count", p[0], want)
		near(t, "p of a constant", p[1], 1)
		near(t, "p of one side", p[2], 1)
	}
	// Twice the value in the six units that a row has, beside a row of ten.
	short, long := slices.Repeat([]float64{nan}, 10), make([]float64, 10)
	double, alike := slices.Clone(short), slices.Clone(long)
	for u := range 10 {
		long[u], alike[u] = float64(u*7%10), float64(u*3%10)
		if u < 6 {
			short[u], double[u] = 1+0.01*float64(u), 2+0.01*float64(u)
		}
	}
	p := MaxTShift([][]float64{short, long}, [][]float64{double, alike}, TwoSided, 1)
	near(t, "p of a row twice as high", p[0], 2.0/924)
}

// What makes the method fit for whole runs: with hundreds of rows of six values a
// side, a difference that is large against the spread still gets the least p.
func TestMaxTShiftOfManyRows(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var base, head [][]float64
	for i := range 200 {
		base, head = append(base, draw(r, 6, (*rand.Rand).NormFloat64, 0)), append(head, draw(r, 6, (*rand.Rand).NormFloat64, 0))
		if i == 0 {
			head[0] = draw(r, 6, (*rand.Rand).NormFloat64, 30)
		}
	}
	p := MaxTShift(base, head, TwoSided, 1)
	near(t, "p of the row that differs", p[0], 2.0/924)
	// The ranks alone cannot: no row's own p is below that of the separated row.
	if holm := Holm(slices.Repeat([]float64{2.0 / 924}, 200))[0]; holm < 0.05 {
		t.Errorf("Holm gives %v: the method is not needed", holm)
	}
}

func TestMaxTShiftDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var base, head [][]float64
	for i := range 3 {
		base = append(base, draw(r, 12, (*rand.Rand).NormFloat64, 0))
		head = append(head, draw(r, 12, (*rand.Rand).NormFloat64, 2*float64(i)))
	}
	a := MaxTShift(base, head, TwoSided, 7)
	if !slices.Equal(a, MaxTShift(base, head, TwoSided, 7)) {
		t.Error("one seed gives two results")
	}
	if a[2] != 1e-4 || a[0] < 0.05 {
		t.Errorf("p = %v, want that of no effect above 0.05 and that of four standard deviations 1/10,000", a)
	}
	if MaxTShift(nil, nil, TwoSided, 1) != nil {
		t.Error("a family of no rows has p-values")
	}
}

// Rows of six blocks must not push those of ten aside, nor the other way round:
// of rows without an effect, both kinds are the highest about as often as there
// are rows of them. By r itself those of six would be nearly always.
func TestEvidenceIsFair(t *testing.T) {
	const rows = 40 // half of them of each size
	for name, c := range map[string]struct {
		lost float64 // of the size, to the centre and to Bartlett's correction
		r    func(r *rand.Rand, n int) float64
	}{
		"paired": {1.5, func(r *rand.Rand, n int) float64 {
			d := draw(r, n, (*rand.Rand).NormFloat64, 0)
			sum, squares := 0.0, 0.0
			for _, x := range d {
				sum, squares = sum+x, squares+x*x
			}
			return sum / math.Sqrt(float64(n)*squares)
		}},
		"two samples": {2.5, func(r *rand.Rand, n int) float64 {
			v, label := draw(r, 2*n, (*rand.Rand).NormFloat64, 0), make([]float64, 2*n)
			for i := range n {
				label[i] = 1
			}
			return Correlation(v, label)
		}},
	} {
		r := rand.New(rand.NewPCG(8, 8))
		six, sixByR := 0, 0
		const reps = 1000
		for range reps {
			best, bestByR := [2]float64{}, [2]float64{}
			for i := range rows {
				n := []int{6, 10}[i%2]
				size := float64(n)
				if name == "two samples" {
					size *= 2
				}
				x := math.Abs(c.r(r, n))
				best[i%2] = max(best[i%2], evidence(x, size-c.lost))
				bestByR[i%2] = max(bestByR[i%2], x)
			}
			if best[0] > best[1] {
				six++
			}
			if bestByR[0] > bestByR[1] {
				sixByR++
			}
		}
		if share := float64(six) / reps; share < 0.42 || share > 0.58 {
			t.Errorf("%s: of two equal halves, the rows of six hold the highest in %.0f %% of samples", name, 100*share)
		}
		if sixByR < 3*reps/4 {
			t.Errorf("%s: by r alone in %d of %d: the correction is not needed", name, sixByR, reps)
		}
	}
}

// family draws two runs without a difference: so many rows of six blocks and of
// ten, of which a share of the variance is common to all rows of a block.
func family(r *rand.Rand, six, ten int, within float64) (base, head [][]float64) {
	side := func() [][]float64 {
		rows := make([][]float64, six+ten)
		for u := range 10 {
			common := r.NormFloat64()
			for i := range rows {
				v := math.Sqrt(within)*common + math.Sqrt(1-within)*r.NormFloat64()
				if i < six && u >= 6 {
					v = math.NaN()
				}
				rows[i] = append(rows[i], v)
			}
		}
		return rows
	}
	return side(), side()
}

// TestSimulateShiftFamily measures how often any row of two runs is called
// different when none is, and how often a row that is, by so many standard
// deviations of a trial, is found: the first of six blocks alone, the first of
// ten alone, or all rows.
func TestSimulateShiftFamily(t *testing.T) {
	six, ten, reps, shifts := 20, 5, 40, []float64{14}
	if *tables {
		six, ten, reps, shifts = 200, 45, 400, []float64{4, 8, 14}
	}
	every := make([]int, six+ten)
	for i := range every {
		every[i] = i
	}
	for _, within := range []float64{0, 0.5} {
		t.Run(fmt.Sprint("correlation=", within), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(12, uint64(10*within)))
			alarms := 0
			for range reps {
				base, head := family(r, six, ten, within)
				if slices.Min(MaxTShift(base, head, TwoSided, r.Uint64())) <= 0.05 {
					alarms++
				}
			}
			share := float64(alarms) / float64(reps)
			if *tables {
				fmt.Printf("//\t    %.1f       none                 %5.1f\n", within, 100*share)
			}
			if share > 0.05+4*math.Sqrt(0.05*0.95/float64(reps)) {
				t.Errorf("false alarms in %.1f %% of families", 100*share)
			}
			for _, shift := range shifts {
				for _, c := range []struct {
					name string
					rows []int
				}{{"one of six", []int{0}}, {"one of ten", []int{six}}, {"all", every}} {
					found, of := 0, 0
					for range reps / 10 {
						base, head := family(r, six, ten, within)
						for _, i := range c.rows {
							for u := range head[i] {
								head[i][u] += shift
							}
						}
						p := MaxTShift(base, head, TwoSided, r.Uint64())
						for _, i := range c.rows {
							of++
							if p[i] <= 0.05 {
								found++
							}
						}
					}
					if *tables {
						fmt.Printf("//\t    %.1f       %-10s    %2.0f     %5.1f\n", within, c.name, shift, 100*float64(found)/float64(of))
					}
					if shift == 14 && found < of {
						t.Errorf("%s: %.0f standard deviations are found in %d of %d", c.name, shift, found, of)
					}
				}
			}
		})
	}
}
