package gate

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// A check ends as futile where nothing points to a regression and the noise is too large
// for a pass at the last look, and only at the look that asks for it.
func TestFutile(t *testing.T) {
	noisy := func(spread, factor float64) Row {
		return times(10, factor).with(func(r *Row) {
			for b := range r.Head {
				r.Head[b] *= 1 + spread*[]float64{-1, 1}[b%2]
				r.Base[b] *= 1 + spread*[]float64{-1, 1}[b/2%2]
			}
		})
	}
	for _, c := range []struct {
		name    string
		row     Row
		planned int
		want    bool
	}{
		{"very noisy, rather better", noisy(0.5, 0.7), 10, true},
		{"very noisy, rather worse", noisy(0.5, 1.2), 10, false},
		{"quiet", times(10, 1), 10, false},
		{"quiet, and a pause of the machine in one trial of head", times(10, 1).with(func(r *Row) { r.Head[3] *= 1.3 }), 10, false},
		{"rather better, and a start so bad that none such is tolerated", times(10, 0.9).with(func(r *Row) { r.Head[3] *= 1.6 }), 10, true},
		{"rather quiet", noisy(0.03, 0.98), 10, false},
		{"slower", times(10, 1.2), 10, false},
		{"very noisy, at the last look", noisy(0.5, 0.7), 20, false},
		{"very noisy, at the first look", noisy(0.5, 0.7), 6, false},
	} {
		in := paired(c.row).at(c.planned, []int{})
		v := Judge(in)
		var text, object bytes.Buffer
		for _, err := range []error{Text(&text, in, v), JSON(&object, in, v)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		said := strings.Contains(text.String(), "would hardly decide it")
		if v.Futile != c.want || said != c.want || strings.Contains(object.String(), `"futile": true`) != c.want || c.want && v.Verdict != Inconclusive {
			t.Errorf("%s: %s, futile %v, want %v:\n%s", c.name, v.Verdict, v.Futile, c.want, &text)
		}
		if c.want && strings.Contains(text.String(), "the next look") {
			t.Errorf("%s: there is a next look:\n%s", c.name, &text)
		}
	}
}

func TestQuantile(t *testing.T) {
	for alpha, want := range map[float64]float64{0.5: 0, 0.025: 1.959964, 0.03: 1.880794, 0.01: 2.326348} {
		if got := quantile(alpha); math.Abs(got-want) > 1e-5 {
			t.Errorf("quantile(%v) is %v, want %v", alpha, got, want)
		}
	}
}

// A pause of the machine in one trial of head keeps a row from passing after ten blocks.
// It says little about the blocks to come, so the check goes on.
func TestOnePauseIsNoNoise(t *testing.T) {
	row := times(10, 1).with(func(r *Row) { r.Head[4] *= 1.3 })
	v := Judge(paired(row).at(10, []int{}))
	if j := v.Rows[0]; v.Verdict != Inconclusive || v.Futile || j.CV < 0.05 {
		t.Errorf("%s, futile %v, CV %.3f", v.Verdict, v.Futile, j.CV)
	}
	longer := times(20, 1).with(func(r *Row) { r.Head[4] *= 1.3 })
	if v := Judge(paired(longer).at(20, []int{10})); v.Verdict != Pass {
		t.Errorf("after twenty blocks: %s, %v", v.Verdict, v.Reasons)
	}
}

// The number of blocks that would settle a check is that of all of its rows at once: it
// is above that of the noisiest row, and grows with the rows.
func TestSettleTogether(t *testing.T) {
	row := func(cv float64) Judgement {
		r := times(10, 1)
		j := newJudgements([]Row{r})[0]
		j.N, j.Outcome = 10, Inconclusive
		j.spread(cv)
		return j
	}
	of := func(cvs ...float64) float64 {
		var v Verdict
		for _, cv := range cvs {
			v.Rows = append(v.Rows, row(cv))
		}
		return v.settle()
	}
	one, nine, quiet := of(0.05), of(0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05), of(0.05, 0.01, 0.01)
	// Two times the square of 1.88 and the quantiles of 0.9 and of the ninth root of 0.9.
	if math.Abs(one-20.0) > 1 || math.Abs(nine-34.4) > 1.5 || math.Abs(quiet-one) > 0.5 {
		t.Errorf("one row %v, nine %v, one beside quiet ones %v", one, nine, quiet)
	}
	if n := of(0.005); !math.IsNaN(n) {
		t.Errorf("a row that has enough blocks: %v", n)
	}
}
