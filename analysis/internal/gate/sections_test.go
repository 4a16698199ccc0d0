package gate

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestDistinctNames(t *testing.T) {
	rows := []Judgement{
		{Row: &Row{Name: "HTTP/a"}},
		{Row: &Row{Name: "X", Config: "goos: linux, pkg: p, cpu: C, 2 GHz"}},
		{Row: &Row{Name: "X", Config: "goos: linux, pkg: q, cpu: C, 2 GHz"}},
	}
	if got := distinct(rows); !slices.Equal(got, []string{"HTTP/a", "X (pkg: p)", "X (pkg: q)"}) {
		t.Errorf("got %q", got)
	}
	if got := distinct(rows[:2]); !slices.Equal(got, []string{"HTTP/a", "X"}) {
		t.Errorf("one configuration: got %q", got)
	}
}

// Names come from whoever wrote the benchmark: none may turn into markup.
func TestMarkdownOfOddNames(t *testing.T) {
	in := paired(times(10, 1.2))
	in.Rows[0].Name = "HTTP/a|b<img>"
	in.NotGated = []NotGated{{Name: "<img src=x>", Why: "`*odd*`"}}
	var out bytes.Buffer
	if err := Markdown(&out, in, Judge(in)); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"a|b", "<img", "`*odd*`"} {
		if strings.Contains(strings.ReplaceAll(out.String(), `\|`, ""), bad) {
			t.Errorf("%q stands in\n%s", bad, out.String())
		}
	}
}

// Advice must not lead to looks that the level is not for.
func TestAdvice(t *testing.T) {
	const more, anew, next = "would show that nothing changed", "in a new check that plans so many", "the next look is over"
	noisy := func(blocks int, spread, factor float64) Row {
		return times(blocks, factor).with(func(r *Row) {
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
		says    []string
	}{
		{"second look, the last would do", noisy(10, 0.035, 1), 10, []string{more, next}},
		{"second look, no look would do", noisy(10, 0.2, 1), 10, []string{more, anew, next}},
		{"last look", noisy(20, 0.2, 1), 20, []string{more, anew}},
		{"last look, blocks lost", noisy(8, 0.052, 1), 20, []string{more, anew}},
		{"estimated beyond the margin", noisy(10, 0.2, 1.1), 10, []string{next}},
		{"decided", times(10, 1), 10, nil},
		{"a short plan", times(8, 1), 8, []string{next}},
		{"a long plan", times(28, 1), 28, nil},
		{"unpaired", unpair(noisy(10, 0.2, 1)), 0, []string{more}},
	} {
		in := paired(c.row)
		in.Paired = c.row.Blocks != nil
		if in = in.at(c.planned, []int{}); !in.Paired {
			in.Alpha, in.PassAlpha = alphaSingleLook, 0
		}
		var text bytes.Buffer
		if err := Text(&text, in, Judge(in)); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{more, anew, next} {
			if strings.Contains(text.String(), s) != slices.Contains(c.says, s) {
				t.Errorf("%s: want %q to stand there: %v\n%s", c.name, s, slices.Contains(c.says, s), &text)
			}
		}
	}
}

// A run that was extended by looks of its own has less left to spend, and nothing after
// the last look.
func TestLooksOfARun(t *testing.T) {
	for _, c := range []struct {
		name          string
		blocks        int
		made          []int
		factor        float64
		want          string
		says, saysNot string
	}{
		{"six blocks, much slower", 6, []int{}, 1.3, Regression, "", "could be judged before"},
		{"six blocks, alike", 6, []int{}, 1, Inconclusive, "no check passes before 10", "could be judged before"},
		{"a pass after an earlier look", 10, []int{6}, 1, Pass, "the run could be judged before, after 6 blocks", ""},
		{"twenty at once", 20, []int{}, 1, Pass, "α 0.05 for regressions and 0.05 for passes", "could be judged before"},
		{"twenty, by a version that records no looks", 20, nil, 1, Pass, "α 0.03 for regressions and 0.04 for passes", "could be judged before"},
		{"one look too many, alike", 24, []int{10, 20}, 1, Inconclusive, "after 10 and 20 blocks, have used up the level", ""},
		{"one look too many, slower", 24, []int{20}, 1.3, Inconclusive, "after 20 blocks, have used up the level", ""},
		{"a look between two", 13, []int{12}, 1.3, Inconclusive, "have used up the level", ""},
	} {
		in := paired(times(c.blocks, c.factor)).at(c.blocks, c.made)
		v := Judge(in)
		var text bytes.Buffer
		if err := Text(&text, in, v); err != nil {
			t.Fatal(err)
		}
		if v.Verdict != c.want || !strings.Contains(text.String(), c.says) || c.saysNot != "" && strings.Contains(text.String(), c.saysNot) {
			t.Errorf("%s: %s, want %s and %q:\n%s", c.name, v.Verdict, c.want, c.says, &text)
		}
	}
}
