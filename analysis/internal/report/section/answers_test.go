package section

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// What was answered is a table of all kinds of answers: each status with its name, wrong
// answers among them, and what was no answer. A reason is data and no markup.
func TestAnswers(t *testing.T) {
	naive := tally{
		requests: 10_000, ok: 9_390, answered: 9_940, bytes: 3_976_000, unexplained: 10,
		statuses: map[string]uint64{"200": 9_400, "503": 500, "299": 40},
		failures: map[string]uint64{"connection reset": 30, "malformed answer": 20, "wrong: body is <b>|</b>": 10},
	}
	pool := tally{requests: 100_000, ok: 99_999, answered: 100_000, bytes: 40_000_000, statuses: map[string]uint64{"200": 99_999, "503": 1}}
	var out table.Table
	out.Head = []string{"answer", "`naive`", "`pool`"}
	if !addAnswers(&out, "", []tally{naive, pool}) {
		t.Error("wrong answers are not explained")
	}
	var got []string
	for _, row := range out.Rows {
		got = append(got, strings.Join(row, " ~ "))
	}
	want := []string{
		"200 OK ~ 9,400 (94 %) ~ 99,999 (> 99.9 %)",
		"<code>299</code> ~ 40 (0.4 %) ~ 0",
		"503 Service Unavailable ~ 500 (5 %) ~ 1 (< 0.01 %)",
		"of these, <code>wrong&#58; body is &#60;b&#62;&#124;&#60;&#47;b&#62;</code> ~ 10 (0.1 %) ~ 0",
		"failed: <code>connection reset</code> ~ 30 (0.3 %) ~ 0",
		"failed: <code>malformed answer</code> ~ 20 (0.2 %) ~ 0",
		"failed: no answer before the time-out ~ 10 (0.1 %) ~ 0",
		"bytes per answer ~ 400 ~ 400",
	}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("%s\nwant\n%s", a, b)
	}
	ok := tally{requests: 10, ok: 10, answered: 10, bytes: 4_000, statuses: map[string]uint64{"200": 10}}
	longer := ok
	longer.bytes = 4_100
	for _, c := range []struct {
		name string
		all  []tally
		want bool
	}{
		{"successes of one length", []tally{ok, ok}, false},
		{"a length that differs", []tally{ok, longer}, true},
		{"a refusal", []tally{ok, pool}, true},
		{"no request", []tally{{}}, false},
	} {
		if got := remarkable(c.all); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The section has the table by target, where there are targets.
func TestAnswersInTheReport(t *testing.T) {
	text := written(t, bundletest.Plan{Targets: true, Values: 60, Seconds: 2, Blocks: 2})
	for _, want := range []string{
		"<summary>What was answered</summary>",
		"| target | answer | `naive` | `workerpool` |",
		"| `list` | 200 OK |", "| `create` | of these, <code>wrong&#58; ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the section does not have %s", want)
		}
	}
}
