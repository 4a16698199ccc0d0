package stats

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// coarse are samples in which values tie, and in which some are negative.
var coarse = rapid.SliceOfN(rapid.Map(rapid.IntRange(-40, 40), func(i int) float64 { return float64(i) / 7 }), 1, 12)

// What is only counted is what would be found in the sorted list, to the last bit, and it is
// counted no more often than a float64 has bits.
func TestPairsAreThoseOfTheList(t *testing.T) {
	check := func(t *rapid.T, p pairs, list []float64) {
		slices.Sort(list)
		if p.count != len(list) {
			t.Fatalf("%d pairs, want %d", p.count, len(list))
		}
		counted, upTo := 0, p.upTo
		p.upTo = func(v float64) int { counted++; return upTo(v) }
		for k, want := range list {
			counted = 0
			if got := p.smallest(k + 1); got != want || counted > 64 {
				t.Fatalf("the %d-th of %v is %v, want %v, counted %d times", k+1, list, got, want, counted)
			}
		}
		n := len(list)
		if got, want := p.median(), list[(n-1)/2]/2+list[n/2]/2; got != want {
			t.Fatalf("the median of %v is %v, want %v", list, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y := coarse.Draw(t, "x"), coarse.Draw(t, "y")
		var walsh, apart []float64
		for i := range x {
			for j := i; j < len(x); j++ {
				walsh = append(walsh, x[i]/2+x[j]/2)
			}
			for _, b := range y {
				apart = append(apart, b-x[i])
			}
		}
		check(t, walshAverages(x), walsh)
		check(t, differences(x, y), apart)
	})
}

func TestPositions(t *testing.T) {
	all := []float64{math.Inf(-1), -math.MaxFloat64, -1, -math.SmallestNonzeroFloat64, 0, math.SmallestNonzeroFloat64, 1, math.MaxFloat64, math.Inf(1)}
	for i, v := range all {
		if number(position(v)) != v {
			t.Errorf("%v becomes %v", v, number(position(v)))
		}
		if i > 0 && position(all[i-1]) >= position(v) {
			t.Errorf("%v is not before %v", all[i-1], v)
		}
	}
}

// Counts of pairs agree with a look at every pair.
func TestCountsOfPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := coarse.Draw(t, "x"), coarse.Draw(t, "y")
		above, rising := 0, 0
		for _, a := range x {
			for _, b := range y {
				above += cmp.Compare(b, a)
			}
		}
		for i := range y {
			for j := i + 1; j < len(y); j++ {
				rising += cmp.Compare(y[j], y[i])
			}
		}
		if got := Above(x, y); got != above {
			t.Fatalf("Above(%v, %v) = %d, want %d", x, y, got, above)
		}
		if got := concordance(y); got != rising {
			t.Fatalf("concordance(%v) = %d, want %d", y, got, rising)
		}
		largest, at := 0, 0
		for k := 1; k < len(y); k++ {
			if sum := Above(y[:k], y[k:]); max(sum, -sum) > largest {
				largest, at = max(sum, -sum), k
			}
		}
		if got, where := rankSum(signs(y)); got != largest || where != at {
			t.Fatalf("the largest rank sum of %v is %d at %d, want %d at %d", y, got, where, largest, at)
		}
	})
}

// Where the exact distribution of signed ranks is left for the normal one, both agree.
func TestSignedRanksOfManyDifferences(t *testing.T) {
	n := ExactDifferences + 1
	steps, total := make([]int, n), 0
	for i := range steps {
		steps[i] = 2 * (i + 1)
		total += steps[i]
	}
	exact := subsetSums(steps, total)
	for _, share := range []float64{0.5, 0.55, 0.6, 0.65} {
		w := int(share*float64(total)) / 2 * 2
		want := 0.0
		for s := w; s <= total; s++ {
			want += exact[s]
		}
		if _, got := tails(steps, total, w); math.Abs(got-want) > 0.05*want+2e-4 {
			t.Errorf("at %.2f of the sum: p = %.6f, exactly %.6f", share, got, want)
		}
	}
	sum, k := 0.0, 0
	for _, p := range exact {
		if sum+p > 0.025 {
			break
		}
		if sum += p; p > 0 {
			k++
		}
	}
	if got, _ := walshRank(n, 0.025); got < k-2 || got > k+2 {
		t.Errorf("the interval begins at the average %d, exactly %d", got, k)
	}
}

func TestMoments(t *testing.T) {
	for values, want := range map[int]int{0: 9999, 200_000: 9999, 1_000_000: 2000, 1_000_000_000: 999} {
		if got := moments(values); got != want {
			t.Errorf("of %d values %d arrangements are drawn, want %d", values, got, want)
		}
	}
}
