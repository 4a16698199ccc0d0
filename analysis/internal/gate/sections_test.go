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
	const more, anew, looks = "would show that nothing changed", "in a new check that plans so many", "keeps it only if it is the only one at this run"
	noisy := func(blocks int, spread, factor float64) Row {
		return times(blocks, factor).with(func(r *Row) {
			for b := range r.Head {
				r.Head[b] *= 1 + spread*[]float64{-1, 1}[b%2]
			}
		})
	}
	for _, c := range []struct {
		name    string
		row     Row
		planned int
		says    []string
	}{
		{"first look, the second would do", noisy(10, 0.052, 1), 10, []string{more}},
		{"first look, the second would not do", noisy(10, 0.2, 1), 10, []string{more, anew}},
		{"second look", noisy(20, 0.2, 1), 20, []string{more, anew}},
		{"second look, blocks lost", noisy(8, 0.052, 1), 20, []string{more, anew}},
		{"estimated beyond the margin", noisy(10, 0.2, 1.1), 10, nil},
		{"decided", times(10, 1), 10, nil},
		{"a plan of its own", times(12, 1), 12, []string{looks}},
		{"a short plan", times(8, 1), 8, []string{looks}},
		{"a long plan", times(28, 1), 28, []string{looks}},
		{"unpaired", unpair(noisy(10, 0.2, 1)), 0, []string{more}},
	} {
		in := paired(c.row)
		in.Paired, in.Planned, in.Alpha = c.row.Blocks != nil, c.planned, AlphaOf(c.planned)
		var text bytes.Buffer
		if err := Text(&text, in, Judge(in)); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{more, anew, looks} {
			if strings.Contains(text.String(), s) != slices.Contains(c.says, s) {
				t.Errorf("%s: want %q to stand there: %v\n%s", c.name, s, slices.Contains(c.says, s), &text)
			}
		}
	}
}
