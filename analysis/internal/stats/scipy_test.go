package stats

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestEqualsSciPy compares with numbers that SciPy computed; the recipe is
// testdata/recipe.py. SciPy's signed-rank test is exact without ties and zeros
// only; enumeration covers those.
func TestEqualsSciPy(t *testing.T) {
	data, err := os.ReadFile("testdata/scipy.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Kind             string
		X, Y, Z          []float64
		P, Greater, Less float64
		Rows             [][]float64
		Adjusted         []float64
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		switch c.Kind {
		case "signed-rank":
			got := SignedRankTest(c.X)
			near(t, "signed-rank", got.P, c.P)
			near(t, "signed-rank, greater", got.Greater, c.Greater)
			near(t, "signed-rank, less", got.Less, c.Less)
		case "mann-whitney":
			near(t, "Mann–Whitney", MannWhitney(c.X, c.Y), c.P)
			near(t, "Mann–Whitney, greater", MannWhitneyGreater(c.X, c.Y), c.Greater)
		case "trend":
			if got := Trend(c.X); math.Abs(got-c.P) > 0.02 {
				t.Errorf("trend of %d values: p = %v, exact p %v", len(c.X), got, c.P)
			}
		case "correlation":
			near(t, "correlation", Correlation(c.X, c.Y), c.P)
		case "sign":
			near(t, "sign", MaxTExchange([][]float64{c.X}, nil, Greater, 1)[0], c.Greater)
		case "bad starts":
			var d []float64
			var trios []Trio
			for b := range c.X {
				trios = append(trios, trio(c.Y[b], c.Z[b], c.X[b]))
				d = append(d, trios[b].Head)
			}
			near(t, "bad starts", MaxTExchange([][]float64{d}, [][]Trio{trios}, Greater, 1)[0], c.Greater)
		case "max-t":
			for i, got := range MaxT(c.Rows, Greater, 1) {
				near(t, "max-T", got, c.Adjusted[i])
			}
		case "step":
			near(t, "step", Step(c.X), c.P)
		default:
			t.Errorf("unknown kind %q", c.Kind)
		}
	}
}
