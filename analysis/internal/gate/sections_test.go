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
