package stats

import (
	"math"
	"testing"
)

func TestBinomialTail(t *testing.T) {
	// The last two: sum(math.comb(n, i) * p**i * (1-p)**(n-i) for i in range(k, n+1)) in Python.
	for _, c := range []struct {
		n, k uint64
		p    float64
		want float64
	}{
		{10, 0, 0.3, 1}, {10, 11, 0.3, 0}, {10, 10, 0.5, 1.0 / 1024}, {2, 1, 0.5, 0.75}, {5, 3, 0, 0}, {5, 3, 1, 1},
		{150, 11, 0.07, 0.4814923476712135}, {1000, 30, 0.01, 2.0599888509681912e-07},
	} {
		if got := BinomialTail(c.n, c.k, c.p); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("P(at least %d of %d at %v) = %v, want %v", c.k, c.n, c.p, got, c.want)
		}
	}
}
