package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// trio is the trio of three values.
func trio(base, again, head float64) Trio {
	return Trio{head - (base+again)/2, base - (head+again)/2, again - (head+base)/2}
}

// enumerateExchange exchanges the labels of raw values and computes every statistic
// anew, with nothing in common with [MaxTExchange] but the definition. Row 0 has a
// second base; row 1 has none.
func enumerateExchange(base, again, head, other []float64) (p [2]float64) {
	n := len(base)
	statistics := func(label, flip []int) (z [2]float64) {
		sum, squares, flips, flipSquares := 0.0, 0.0, 0.0, 0.0
		for b := range n {
			v := [3]float64{head[b], base[b], again[b]}
			rotated := [3]float64{v[label[b]], v[(label[b]+1)%3], v[(label[b]+2)%3]}
			sum += rotated[0] - (rotated[1]+rotated[2])/2
			for k := range 3 {
				d := v[k] - (v[(k+1)%3]+v[(k+2)%3])/2
				squares += d * d / 3
			}
			flips += float64(1-2*flip[b]) * other[b]
			flipSquares += other[b] * other[b]
		}
		r := flips / math.Sqrt(float64(n)*flipSquares)
		e := -(float64(n) - 1.5) * math.Log1p(-min(r*r, 1-1e-12))
		return [2]float64{math.Copysign(sum*sum/squares, sum), math.Copysign(e, r)}
	}
	label, flip := make([]int, n), make([]int, n)
	observed := statistics(label, flip)
	made := 0.0
	for code := range int(math.Pow(6, float64(n))) {
		for b := range n {
			label[b], flip[b] = code%3, code/3%2
			code /= 6
		}
		z := statistics(label, flip)
		for i := range p {
			if max(z[0], z[1]) >= observed[i]-1e-9 {
				p[i]++
			}
		}
		made++
	}
	return [2]float64{p[0] / made, p[1] / made}
}

func TestMaxTExchangeEqualsEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 2))
	for n := 1; n <= 5; n++ {
		for _, shift := range []float64{0, 0.5, 3} {
			base, again, head, other := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
			trios, differences := make([]Trio, n), make([]float64, n)
			for b := range n {
				base[b], again[b], head[b], other[b] = r.NormFloat64(), r.NormFloat64(), r.NormFloat64()+shift, r.NormFloat64()+shift/2
				trios[b] = trio(base[b], again[b], head[b])
				differences[b] = trios[b].Head
			}
			want := enumerateExchange(base, again, head, other)
			got := MaxTExchange([][]float64{differences, other}, [][]Trio{trios, nil}, Greater, 1)
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-12 {
					t.Errorf("n = %d, shift %v, row %d: p = %v, want %v", n, shift, i, got[i], want[i])
				}
			}
		}
	}
}

// Without copies the test is that of flips, and with a copy that is missing in every
// block too.
func TestMaxTExchangeWithoutCopies(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 3))
	rows := make([][]float64, 4)
	none := make([]Trio, 9)
	for b := range none {
		none[b] = Trio{math.NaN(), math.NaN(), math.NaN()}
	}
	for i := range rows {
		for b := range 9 {
			d := r.NormFloat64() + 0.4
			if i == 2 && b < 2 {
				d = math.NaN()
			}
			rows[i] = append(rows[i], d)
		}
	}
	want := MaxT(rows, Greater, 7)
	for _, copies := range [][][]Trio{nil, {nil, nil, nil, nil}, {none, nil, none, nil}} {
		for i, p := range MaxTExchange(rows, copies, Greater, 7) {
			if math.Abs(p-want[i]) > 1e-12 {
				t.Errorf("row %d: p = %v, want %v", i, p, want[i])
			}
		}
	}
}

// The level holds with skewed noise, of rows of both kinds, where arrangements are
// drawn.
func TestMaxTExchangeLevel(t *testing.T) {
	repetitions := 200
	if !testing.Short() {
		repetitions = 1000
	}
	r := rand.New(rand.NewPCG(16, 4))
	wrong := 0
	for range repetitions {
		var rows [][]float64
		var copies [][]Trio
		for i := range 4 {
			var d []float64
			var c []Trio
			for range 8 {
				three := trio(r.ExpFloat64(), r.ExpFloat64(), r.ExpFloat64())
				if i%2 == 0 {
					c, d = append(c, three), append(d, three.Head)
				} else {
					d = append(d, r.ExpFloat64()-r.ExpFloat64())
				}
			}
			rows, copies = append(rows, d), append(copies, c)
		}
		for _, p := range MaxTExchange(rows, copies, Greater, Seed(rows)) {
			if p <= 0.05 {
				wrong++
				break
			}
		}
	}
	if share, most := float64(wrong)/float64(repetitions), 0.05+4*math.Sqrt(0.05*0.95/float64(repetitions)); share > most {
		t.Errorf("%.3f of families reject at 5 %%, want at most %.3f", share, most)
	}
}
