package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// apart are two samples of one row, whose means differ by z standard errors.
func apart(r *rand.Rand, n, m int, z float64) (base, head []float64) {
	draw := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = math.Exp(r.NormFloat64() / 2) // skew, as times are
		}
		return v
	}
	base, head = draw(n), draw(m)
	sx, sy := Deviation(base), Deviation(head)
	pooled := math.Sqrt((float64(n-1)*sx*sx + float64(m-1)*sy*sy) / float64(n+m-2))
	shift := z*pooled*math.Sqrt(1/float64(n)+1/float64(m)) + mean(base) - mean(head)
	for i := range head {
		head[i] += shift
	}
	return base, head
}

// With very many values the difference of means is near to normal over all assignments,
// so that the p-value of a row is known without drawing any. It must be the same whether
// units are joined or not, and however unequal the two sides are.
func TestJoinedUnitsGiveTheSameP(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sizes, apartBy := [][2]int{{30_000, 30_000}, {300, 40_000}, {4_000, 4_000}, {40_000, 3_000}, {3_000, 40_000}}, []float64{2, -1.5}
	if testing.Short() {
		sizes, apartBy = sizes[:2], apartBy[:1]
	}
	for _, size := range sizes {
		for _, z := range apartBy {
			base, head := apart(r, size[0], size[1], z)
			want := math.Erfc(math.Abs(z) / math.Sqrt2)
			got := MaxTShift([][]float64{base}, [][]float64{head}, TwoSided, Seed([][]float64{base, head}))[0]
			// Four standard errors of the draws, and of the spread that joined units have.
			density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
			slack := 4*math.Sqrt(want*(1-want)/drawnMoments) + 4*2*math.Abs(z)*density*math.Sqrt(2.0/fewestJoined)/2
			if math.Abs(got-want) > slack {
				t.Errorf("%v values, %.1f standard errors apart: p = %.4f, want %.4f ± %.4f", size, z, got, want, slack)
			}
		}
	}
}

// One-sided tests keep their side when those of base are drawn in place of those of head.
func TestJoinedUnitsKeepTheSide(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, size := range [][2]int{{2_000, 40_000}, {40_000, 2_000}} {
		for z, below := range map[float64]bool{3: true, -3: false} {
			base, head := apart(r, size[0], size[1], z)
			if p := MaxTShift([][]float64{base}, [][]float64{head}, Greater, 1)[0]; (p < 0.05) != below {
				t.Errorf("%v values, head %.0f standard errors above: p = %.4f", size, z, p)
			}
		}
	}
}

// However many values there are, an assignment moves about as many units, and each side
// keeps the number of values that it has of every row.
func TestJoinBoundsTheWork(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, c := range []struct {
		name       string
		base, head int
		second     int // values of base and of head that a second row has
		most       int // units that an assignment moves
	}{
		{"as many as are drawn one by one", 5_000, 5_000, 5_000, mostUnits},
		{"very many a side", 200_000, 200_000, 500, mostUnits},
		{"few in base", 500, 200_000, 10, mostUnits},
		{"few in head", 200_000, 500, 10, mostUnits},
		{"rows that have different units", 40_000, 30_000, 20_001, 2 * mostUnits},
	} {
		rows := [2][][]float64{}
		for side, n := range []int{c.base, c.head} {
			first, second := make([]float64, n), slices.Repeat([]float64{math.NaN()}, n)
			for i := range first {
				first[i] = r.Float64()
				if i < c.second {
					second[i] = r.Float64()
				}
			}
			rows[side] = [][]float64{first, second}
		}
		l := newLabels(rows[0], rows[1], TwoSided)
		if len(l.units) > mostUnits {
			l.join(r)
		}
		moved, units := 0, 0
		for _, s := range l.strata {
			moved += min(s.head, len(s.units)-s.head)
			units += len(s.units)
		}
		if moved > c.most || moments(len(l.units)*len(l.current)) < fewestMoments {
			t.Errorf("%s: an assignment moves %d of %d units, want at most %d", c.name, moved, units, c.most)
		}
		// What is in head in one assignment is as many values as in every other.
		l.current = make([]float64, len(l.current))
		ones := make([][]float64, len(l.units))
		for i := range ones {
			ones[i] = []float64{1}
		}
		for _, s := range l.strata {
			if s.total != nil {
				s.total = []float64{float64(len(s.units))}
			}
			sum := []float64{0}
			s.draw(r, ones, sum)
			if sum[0] != float64(s.head) {
				t.Errorf("%s: head got %v units of a stratum and has %d", c.name, sum[0], s.head)
			}
		}
	}
}

// The same for paired rows: with very many blocks the mean of the differences is near to
// normal over all signs, by flips and by exchanges of labels alike.
func TestJoinedBlocksGiveTheSameP(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	const n = 30_000
	for _, z := range []float64{-1.5, 2} {
		d := make([]float64, n)
		squares := 0.0
		for i := range d {
			d[i] = r.NormFloat64()
			squares += d[i] * d[i]
		}
		shift := z*math.Sqrt(squares)/float64(n) - mean(d)
		trios := make([]Trio, n)
		for i := range d {
			d[i] += shift
			trios[i] = trio(1, 1, 1+d[i])
			if i%3 == 0 { // the copy is missing
				trios[i] = Trio{math.NaN(), math.NaN(), math.NaN()}
			}
		}
		both := math.Erfc(math.Abs(z) / math.Sqrt2)
		above := math.Erfc(z/math.Sqrt2) / 2
		density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
		near := func(what string, got, want float64) {
			t.Helper()
			slack := 5*math.Sqrt(want*(1-want)/drawnMoments) + 5*2*math.Abs(z)*density*math.Sqrt(2.0/mostUnits)/2
			if math.Abs(got-want) > slack {
				t.Errorf("%s of %d blocks, %.1f standard errors: p = %.4f, want %.4f ± %.4f", what, n, z, got, want, slack)
			}
		}
		rows := [][]float64{d}
		near("flips", MaxT(rows, TwoSided, Seed(rows))[0], both)
		near("exchanges", MaxTExchange(rows, nil, Greater, Seed(rows))[0], above)
		// Where nothing differs but head from both of its equals, a trio is as good as a flip.
		if p := MaxTExchange(rows, [][]Trio{trios}, Greater, Seed(rows))[0]; (z > 0) != (p < 0.1) {
			t.Errorf("trios of %d blocks, %.1f standard errors: p = %.4f", n, z, p)
		}
	}
}

// However many blocks there are, as many change together as make about mostUnits of them.
func TestJoinedBlocksAreBounded(t *testing.T) {
	d := make([]float64, 200_000)
	for i := range d {
		d[i] = float64(i%7) - 3
	}
	r := rand.New(rand.NewPCG(11, 12))
	f, e := newFlipper([][]float64{d}, TwoSided), newExchange([][]float64{d}, nil, Greater)
	f.join(r)
	e.join(r)
	if len(f.blocks) > mostUnits || len(f.turned) != len(f.blocks) || len(e.blocks) > mostUnits {
		t.Errorf("%d blocks flip, and %d exchange their labels", len(f.blocks), len(e.blocks))
	}
	sum := 0.0
	for _, b := range f.blocks {
		sum += b[0]
	}
	if math.Abs(sum-2*f.current[0]) > 1e-9 {
		t.Errorf("joined blocks have the sum %v, want %v", sum, 2*f.current[0])
	}
}
