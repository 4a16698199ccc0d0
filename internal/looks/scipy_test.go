package looks

import (
	"encoding/json"
	"math"
	"math/big"
	"os"
	"testing"
)

// TestEqualsSciPy compares the declared spending function with what SciPy computes of it;
// the recipe is testdata/recipe.py.
func TestEqualsSciPy(t *testing.T) {
	data, err := os.ReadFile("testdata/scipy.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Kind    string
		Levels  []float64
		Crossed float64
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.Kind != "declared" {
			continue // package rates compares those that were not taken
		}
		var made []int
		for i, l := range Declared() {
			if r, _ := Levels(l.Blocks, made); math.Abs(r-c.Levels[i]) > 1e-12 {
				t.Errorf("the look after %d blocks has the level %v, want %v", l.Blocks, r, c.Levels[i])
			}
			made = append(made, l.Blocks)
		}
		if got := crossed(); math.Abs(got-c.Crossed) > 1e-9 || got > Level {
			t.Errorf("signs cross a level in %v of all checks, want %v", got, c.Crossed)
		}
	}
}

// crossed is the probability that a row of fair signs has, at some look, a one-sided sign
// test whose p is at most the level of the look.
func crossed() float64 {
	alive, dead, done := map[int]float64{0: 1}, 0.0, 0 // by the number of signs that are worse
	var made []int
	for _, l := range Declared() {
		for ; done < l.Blocks; done++ {
			after := map[int]float64{}
			for up, p := range alive {
				after[up] += p / 2
				after[up+1] += p / 2
			}
			alive = after
		}
		level, _ := Levels(l.Blocks, made)
		for up, p := range alive {
			if tail(up, l.Blocks) <= level {
				dead += p
				delete(alive, up)
			}
		}
		made = append(made, l.Blocks)
	}
	return dead
}

// tail is P(X ≥ k) for the number of heads in n throws.
func tail(k, n int) float64 {
	sum := new(big.Int)
	for i := k; i <= n; i++ {
		sum.Add(sum, new(big.Int).Binomial(int64(n), int64(i)))
	}
	p, _ := new(big.Rat).SetFrac(sum, new(big.Int).Lsh(big.NewInt(1), uint(n))).Float64()
	return p
}
