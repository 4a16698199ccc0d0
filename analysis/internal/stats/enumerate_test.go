package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// samples are differences with and without ties and zeros.
func samples(n int) [][]float64 {
	r := rand.New(rand.NewPCG(11, uint64(n)))
	plain, tied := make([]float64, n), make([]float64, n)
	for i := range plain {
		plain[i] = r.NormFloat64() + 0.4
		tied[i] = math.Round(2*r.NormFloat64() + 0.8)
	}
	return [][]float64{plain, tied}
}

// rank is the mean rank of |d[i]| among all, by counting.
func rank(d []float64, i int) float64 {
	less, equal := 0, 0
	for _, x := range d {
		switch {
		case math.Abs(x) < math.Abs(d[i]):
			less++
		case math.Abs(x) == math.Abs(d[i]):
			equal++
		}
	}
	return float64(less) + float64(equal+1)/2
}

func TestSignedRankEqualsEnumeration(t *testing.T) {
	for n := 1; n <= 12; n++ {
		for _, d := range samples(n) {
			observed := 0.0
			for i, x := range d {
				if x > 0 {
					observed += rank(d, i)
				}
			}
			below, above := 0, 0
			for signs := range 1 << n {
				w := 0.0
				for i := range d {
					if d[i] != 0 && signs>>i&1 == 1 {
						w += rank(d, i)
					}
				}
				if w <= observed+1e-9 {
					below++
				}
				if w >= observed-1e-9 {
					above++
				}
			}
			all := float64(int(1) << n)
			got := SignedRankTest(d)
			near(t, "less", got.Less, float64(below)/all)
			near(t, "greater", got.Greater, float64(above)/all)
			near(t, "two-sided", got.P, min(1, 2*float64(min(below, above))/all))
			near(t, "W", got.W, observed)
		}
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(want) != math.IsNaN(got) || math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// TestHodgesLehmannInvertsTheTest checks the interval against its definition: a
// shift lies inside where the test of the shifted differences does not reject.
func TestHodgesLehmannInvertsTheTest(t *testing.T) {
	for n := 6; n <= 12; n++ {
		d := samples(n)[0]
		e := HodgesLehmann(d, Level)
		if !e.Bounded() || e.Confidence < Level {
			t.Fatalf("n = %d: %+v", n, e)
		}
		shifted := func(by float64) float64 {
			s := slices.Clone(d)
			for i := range s {
				s[i] -= by
			}
			return SignedRankTest(s).P
		}
		const step = 1e-7
		for _, c := range []struct {
			at     float64
			inside bool
		}{{e.Low - step, false}, {e.Low + step, true}, {e.High - step, true}, {e.High + step, false}, {e.Center, true}} {
			if p := shifted(c.at); (p > 1-e.Confidence+1e-9) != c.inside {
				t.Errorf("n = %d: p = %v at a shift of %v, interval %+v", n, p, c.at, e)
			}
		}
	}
}

func TestHodgesLehmannWithoutInterval(t *testing.T) {
	for n := 1; n < 6; n++ {
		if e := HodgesLehmann(samples(n)[0], Level); e.Bounded() || math.IsNaN(e.Center) {
			t.Errorf("n = %d: %+v, want a centre and no interval", n, e)
		}
	}
	for _, d := range [][]float64{nil, {1, math.Inf(1)}, {1, math.NaN()}} {
		if e := HodgesLehmann(d, Level); e.Bounded() || !math.IsNaN(e.Center) {
			t.Errorf("%v: %+v, want nothing", d, e)
		}
	}
}

// splits calls yield for every way to choose m of n.
func splits(n, m int, yield func(chosen []bool)) {
	for set := range 1 << n {
		chosen := make([]bool, n)
		size := 0
		for i := range n {
			if set>>i&1 == 1 {
				chosen[i] = true
				size++
			}
		}
		if size == m {
			yield(chosen)
		}
	}
}

// The pairs of counts are equal and unequal ones, either way round.
func TestMannWhitneyEqualsEnumeration(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {3, 4}, {5, 5}, {6, 4}, {2, 7}, {9, 3}, {4, 8}} {
		for k := range 2 {
			x, y := samples(size[0])[k], samples(size[1] + 20)[k][:size[1]]
			below, above := enumerateMannWhitney(x, y)
			near(t, "one-sided p", MannWhitneyGreater(x, y), above)
			near(t, "one-sided p the other way", MannWhitneyGreater(y, x), below)
			near(t, "two-sided p", MannWhitney(x, y), min(1, 2*min(below, above)))
			near(t, "two-sided p the other way", MannWhitney(y, x), min(1, 2*min(below, above)))
		}
	}
}

// enumerateMannWhitney is the definition: the shares of all splits of the pooled
// values in which y lies at most, and at least, as far above x as it does.
func enumerateMannWhitney(x, y []float64) (below, above float64) {
	pooled := slices.Concat(x, y)
	sum := func(chosen []bool) float64 {
		s := 0.0
		for i, c := range chosen {
			if !c {
				continue
			}
			for j, v := range pooled {
				if !chosen[j] {
					s += map[int]float64{1: 1, 0: 0.5, -1: 0}[cmp.Compare(pooled[i], v)]
				}
			}
		}
		return s
	}
	observed := make([]bool, len(pooled))
	for i := len(x); i < len(pooled); i++ {
		observed[i] = true
	}
	u, all := sum(observed), 0.0
	splits(len(pooled), len(y), func(chosen []bool) {
		all++
		if sum(chosen) >= u-1e-9 {
			above++
		}
		if sum(chosen) <= u+1e-9 {
			below++
		}
	})
	return below / all, above / all
}

// Where values tie and counts differ, the p-value is exact whatever benchstat's is;
// everywhere else the two are equal.
func TestMannWhitneyAgainstBenchstat(t *testing.T) {
	for _, c := range []struct {
		name            string
		x, y            []float64
		want, benchstat float64
	}{
		{"above 1", []float64{0, 1, 0, 2}, []float64{0, 2}, 1, 1.2},
		{"nothing left", []float64{2, 3, 2}, []float64{0, 1}, 0.2, 0},
		{"a fifteenth", []float64{2, 2, 3}, []float64{2, 2, 0, 0, 0, 2, 2}, 0.25, 1. / 60},
		{"the right tail by chance", []float64{0, 2, 2, 0, 0, 2, 0}, []float64{3, 2, 3, 2}, 2. / 33, 2. / 33},
	} {
		near(t, c.name, MannWhitney(c.x, c.y), c.want)
		near(t, c.name+", benchstat's", Benchstat(c.x, c.y), c.benchstat)
	}
	equal := [][2][]float64{
		{{1, 2, 2, 3}, {2, 3, 3, 4}},        // ties, equal counts
		{{1, 2, 4, 6}, {3, 5, 7, 8, 9, 10}}, // counts differ, no tie
		{{1, 1, 1}, {1, 1, 1, 1}},           // nothing differs
		{nil, {1, 1}},                       // nothing on one side
		{{1, 2, math.Inf(1)}, {4, 5, 6}},    // a time-out
		{slices.Repeat([]float64{1, 2, 3}, 9), slices.Repeat([]float64{2, 3}, 15)}, // too many to be exact
	}
	for _, c := range equal {
		near(t, "p-value", MannWhitney(c[0], c[1]), Benchstat(c[0], c[1]))
	}
}

// Where the exact test ends, the approximation is close to it, with and without
// ties, and it takes any number of values.
func TestMannWhitneyGreaterOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, digits := range []float64{1e9, 3} {
		for _, shift := range []float64{-0.3, 0, 0.3, 0.7} {
			x, y := make([]float64, exactSide), make([]float64, exactSide-5)
			for i := range x {
				x[i] = math.Round(digits*r.NormFloat64()) / digits
			}
			for i := range y {
				y[i] = math.Round(digits*(r.NormFloat64()+shift)) / digits
			}
			if exact, near := MannWhitneyGreater(x, y), normalGreater(x, y); math.Abs(exact-near) > 0.01 {
				t.Errorf("shift %v, rounded to 1/%v: exact p %v, approximated %v", shift, digits, exact, near)
			}
		}
	}
	x := make([]float64, 3000)
	near(t, "p of equal values", MannWhitneyGreater(x, x), 1)
	for i := range x {
		x[i] = float64(i)
	}
	near(t, "p of a sample against itself", math.Round(20*MannWhitneyGreater(x, x))/20, 0.5)
}

func TestShiftInvertsTheTest(t *testing.T) {
	x, y := samples(7)[0], samples(9)[0]
	e := Shift(x, y, Level)
	if !e.Bounded() {
		t.Fatalf("no interval: %+v", e)
	}
	p := func(by float64) float64 {
		s := slices.Clone(y)
		for i := range s {
			s[i] -= by
		}
		return MannWhitney(x, s)
	}
	const step = 1e-7
	for _, c := range []struct {
		at     float64
		inside bool
	}{{e.Low - step, false}, {e.Low + step, true}, {e.High - step, true}, {e.High + step, false}} {
		if got := p(c.at); (got > 1-e.Confidence+1e-9) != c.inside {
			t.Errorf("p = %v at a shift of %v, interval %+v", got, c.at, e)
		}
	}
}

func TestHolm(t *testing.T) {
	got := Holm([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		near(t, "p", got[i], want)
	}
}

func TestMedian(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name       string
		values     []float64
		center     float64
		low, high  float64
		confidence float64
	}{
		{"none", nil, math.NaN(), math.NaN(), math.NaN(), math.NaN()},
		{"one", []float64{3}, 3, math.NaN(), math.NaN(), math.NaN()},
		{"five have no interval", []float64{5, 1, 2, 3, 4}, 3, math.NaN(), math.NaN(), math.NaN()},
		{"ten", []float64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 5.5, 2, 9, 1 - 2*11.0/1024},
		{"equal", []float64{2, 2, 2, 2, 2, 2}, 2, 2, 2, 1 - 2.0/64},
		{"time-outs above", []float64{1, 2, 3, 4, 5, 6, 7, 8, inf, inf}, 5.5, 2, inf, 1 - 2*11.0/1024},
		{"median among time-outs", []float64{1, 2, inf, inf}, inf, math.NaN(), math.NaN(), math.NaN()},
		{"all time-outs", []float64{inf, inf, inf, inf, inf, inf}, inf, inf, inf, 1 - 2.0/64},
	} {
		before := slices.Clone(c.values)
		e := Median(c.values)
		if !slices.Equal(before, c.values) {
			t.Errorf("%s: the argument was changed", c.name)
		}
		for _, x := range []struct {
			what      string
			got, want float64
		}{{"center", e.Center, c.center}, {"low", e.Low, c.low}, {"high", e.High, c.high}, {"confidence", e.Confidence, c.confidence}} {
			if x.got != x.want && !(math.IsNaN(x.got) && math.IsNaN(x.want)) && math.Abs(x.got-x.want) > 1e-12 {
				t.Errorf("%s: %s = %v, want %v", c.name, x.what, x.got, x.want)
			}
		}
	}
}
