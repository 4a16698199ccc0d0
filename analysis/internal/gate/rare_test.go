package gate

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/units"
)

// A row that passes tells of starts that were far worse, and not of noise.
func TestRare(t *testing.T) {
	worse := func(blocks int, factor float64, at ...int) Row {
		return times(blocks, 1).with(func(r *Row) {
			for _, b := range at {
				r.Head[b] = factor * r.Base[b]
			}
		})
	}
	faster := func(r Row, factor float64, at int) Row {
		r.Head[at] = r.Base[at] / factor
		return r
	}
	for _, c := range []struct {
		name string
		row  Row
		want string // "" for a row about which there is nothing to say
		// pass says that the row passes: no start of head is worse than all noise, or
		// base has as many.
		pass bool
	}{
		{"alike", times(20, 1), "", true},
		{"two bad starts", worse(20, 3.1, 4, 11), "in 2 of 20 blocks head was worse by at least 210.0 %: a typical start is judged, not every start", false},
		{"the better one counts", worse(20, 3.1, 4).with(func(r *Row) { r.Head[11] = 2 * r.Base[11] }), "in 2 of 20 blocks head was worse by at least 100.0 %", false},
		{"within three margins", worse(20, 1.12, 4), "", true},
		{"one of twenty, beyond three margins", worse(20, 1.25, 4), "in 1 of 20 blocks head was worse by at least 25.0 %", true},
		{"two of twenty, beyond three margins", worse(20, 1.25, 4, 11), "in 2 of 20 blocks head was worse by at least 25.0 %", false},
		{"one of twenty, beyond eight margins", worse(20, 1.5, 4), "in 1 of 20 blocks head was worse by at least 50.0 %", false},
		{"head has one as good", faster(worse(20, 3.1, 4), 3.2, 11), "", false},
		{"base has as bad ones", worse(20, 3.1, 4).with(func(r *Row) { r.Base[11] = 3.2 * r.Head[11] }), "", true},
		{"base has some, not as bad", faster(worse(20, 3.1, 4, 5), 2, 11), "in 2 of 20 blocks", false},
		{"fewer answers", worse(20, 0.25, 4).with(func(r *Row) { r.Unit, r.Better = "goodput/s", units.Higher }), "in 1 of 20 blocks head was worse by at least 75.0 %", false},
		{"a block is missing", worse(20, 3.1, 4).with(func(r *Row) { r.Base[7] = nan }), "in 1 of 19 blocks", false},
		{"unpaired", unpair(worse(20, 3.1, 4)), "", true},
	} {
		in := paired(c.row)
		in.Paired = c.row.Blocks != nil
		v := Judge(in)
		if got := v.Rows[0].rare(); (v.Verdict == Pass) != c.pass || c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, %q; want a pass %v and %q", c.name, v.Verdict, got, c.pass, c.want)
		}
		var text, object bytes.Buffer
		if err := Text(&text, in, v); err != nil {
			t.Fatal(err)
		}
		if err := JSON(&object, in, v); err != nil {
			t.Fatal(err)
		}
		if told := strings.Contains(text.String(), "not every start") && strings.Contains(object.String(), "not every start"); told != (c.want != "") {
			t.Errorf("%s: told of in both outputs: %v\n%s%s", c.name, told, &text, &object)
		}
	}
	// A row that does not pass has worse to tell.
	v := Judge(paired(worse(10, 3.1, 0, 1, 2, 3)))
	var text bytes.Buffer
	if err := Text(&text, paired(worse(10, 3.1, 0, 1, 2, 3)), v); err != nil || v.Verdict == Pass || strings.Contains(text.String(), "not every start") {
		t.Errorf("%s, %v:\n%s", v.Verdict, err, &text)
	}
}

// So many bad starts are let pass that a build with that share of them passes by at most
// three points more often than it shows none. The figures are sums of binomial
// probabilities.
func TestTolerated(t *testing.T) {
	for _, c := range []struct {
		blocks int
		share  float64
		want   int
	}{
		{8, 0.25, 0}, {10, 0.25, 0}, {14, 0.25, 0}, {18, 0.25, 0}, {19, 0.25, 1}, {20, 0.25, 1}, {28, 0.25, 2},
		{10, 0.1, 0}, {20, 0.1, 0}, {49, 0.1, 0}, {50, 0.1, 1}, {0, 0.1, 0},
	} {
		if got := tolerated(c.blocks, c.share); got != c.want {
			t.Errorf("%d blocks, a share of %v: %d, want %d", c.blocks, c.share, got, c.want)
		}
	}
}
