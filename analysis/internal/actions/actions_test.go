package actions

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// row makes a row; the values are loss and bound.
func row(name, unit, found, effect string, margin float64, v ...float64) verdict.Row {
	r := verdict.Row{Name: name, Unit: unit, Verdict: found, Effect: effect, Margin: margin}
	for i, p := range []**float64{&r.Loss, &r.Bound} {
		if i < len(v) {
			*p = &v[i]
		}
	}
	return r
}

func TestAnnotate(t *testing.T) {
	fine := row("steady", "p50-sec", verdict.Pass, "ratio", 0.05, 0.001, 0.01)
	slow := row("steady", "p99-sec", verdict.Regression, "ratio", 0.1, 0.2, 0.3)
	fewer := row("steady", "within-slo-ratio", verdict.Regression, "difference", 0.01, 0.02, 0.03)
	first := row("decode", "B/op", verdict.Regression, "ratio", 0.05)
	none, eight, why := 0.0, 8.0, "base is 0"
	first.Base.Median, first.Head.Median, first.NoRatio = &none, &eight, &why
	for _, c := range []struct {
		name string
		f    verdict.File
		want string
	}{
		{"the first allocation", verdict.File{Verdict: verdict.Regression, Rows: []verdict.Row{first}},
			"::error title=Performance regression::decode, B/op: worse: 8 B/op, before 0 B/op; no ratio: base is 0; the margin is +5.0 %25\n"},
		{"pass", verdict.File{Verdict: verdict.Pass, Rows: []verdict.Row{fine, fine}},
			"::notice title=Performance check passed::In each of 2 rows a loss beyond the margin is excluded.\n"},
		{"regression", verdict.File{Verdict: verdict.Regression, Rows: []verdict.Row{fine, slow, fewer}},
			"::error title=Performance regression::steady, p99-sec: worse by +20.0 %25; the margin is +10.0 %25\n" +
				"::error title=Performance regression::steady, within-slo-ratio: worse by +2.00 pp; the margin is +1.00 pp\n"},
		{"inconclusive", verdict.File{Verdict: verdict.Inconclusive, Reasons: []string{"noise", "2 rows"}},
			"::warning title=Performance check inconclusive::noise%0A2 rows\n"},
		{"a name that would be a command", verdict.File{Verdict: verdict.Inconclusive, Reasons: []string{"x\n::add-mask::y\r%0A"}},
			"::warning title=Performance check inconclusive::x%0A::add-mask::y%0D%250A\n"},
		{"controls", verdict.File{Verdict: verdict.Pass, Controls: []verdict.Control{
			{Kind: "A/A", Base: "base", Head: "base-aa"}, {Kind: verdict.Positive, Base: "base", Head: "slowed", Judged: true, Fired: true},
			{Kind: verdict.Positive, Base: "base", Head: "slow2", Judged: true},
			{Kind: verdict.Positive, Base: "base", Head: "slow3"}}},
			"::notice title=Performance check passed::In each of 0 rows a loss beyond the margin is excluded.\n" +
				"::warning title=Positive control not found::A known slowdown, slow2 against base, was not found: today a regression of this size could have gone unseen.\n" +
				"::warning title=Positive control not found::A known slowdown, slow3 against base, could not be judged: today a regression of this size could have gone unseen.\n"},
	} {
		var got strings.Builder
		if err := Annotate(&got, c.f); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got.String()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// GitHub shows ten annotations of a kind: the last says how many are not shown.
func TestManyRegressions(t *testing.T) {
	f := verdict.File{Verdict: verdict.Regression}
	for range 12 {
		f.Rows = append(f.Rows, row("steady", "p99-sec", verdict.Regression, "ratio", 0.1, 0.2, 0.3))
	}
	var got strings.Builder
	if err := Annotate(&got, f); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(got.String()), "\n")
	if len(lines) != 10 || !strings.HasSuffix(lines[9], "3 more rows are in the job summary.") {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}

func TestProperty(t *testing.T) {
	if got, want := property("a: b, c\n50 %"), "a%3A b%2C c%0A50 %25"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPlot(t *testing.T) {
	var got strings.Builder
	err := Plot(&got, []verdict.Row{
		row("steady", "p50-sec", "", "ratio", 0.05, 0.001, 0.03),
		row("steady", "within-slo-ratio", "", "difference", 0.01, 0.002, 0.005),
		row("steady", "p99-sec", "", "ratio", 0.1, 0.2, 0.24),
		row("nothing", "p99-sec", "", "ratio", 0.1),
		row("no `bound`", "sec/op", "", "ratio", 0.05, -0.1),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"**Effects**",
		"",
		"```text",
		"                         -24.0 %         no change         +24.0 %",
		"steady p50-sec                               ●──┤┊                  +0.1 %, at most +3.0 %",
		"steady p99-sec                               │       ┊        ●──┤  +20.0 %, at most +24.0 %",
		"no 'bound' sec/op                    ●       │   ┊                  -10.0 %",
		"                         -1.50 pp        no change        +1.50 pp",
		"steady within-slo-ratio                      │  ●───┤     ┊         +0.20 pp, at most +0.50 pp",
		"",
		"● worse by   ┤ at most   ┊ margin",
		"```",
		"",
	}, "\n")
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// What does not fit is cut and says so; what does not exist leaves no trace.
func TestPlotOfOddValues(t *testing.T) {
	for _, c := range []struct {
		name string
		row  verdict.Row
		want string
	}{
		{"far above", row("a", "p99-sec", "", "ratio", 0.1, 80, 100), "▶  +8000.0 %, at most +10000.0 %"},
		{"far below", row("a", "p99-sec", "", "ratio", 0.1, -9, -8), "a p99-sec  ◀   "},
		{"wide", row("a", "p99-sec", "", "ratio", 0.1, -9, 9), "a p99-sec  ◀───────────────────────────────────────▶"},
		{"a wide margin", row("a", "p99-sec", "", "ratio", 0.6, 0.1), "-90.0 %"},
		{"no loss", row("a", "p99-sec", "", "ratio", 0, 0, 0), "●"},
		{"none", row("a", "p99-sec", "", "ratio", 0.1), ""},
	} {
		var got strings.Builder
		if err := Plot(&got, []verdict.Row{c.row}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got.String(), c.want) || c.want == "" && got.Len() > 0 {
			t.Errorf("%s: %q is missing from\n%s", c.name, c.want, &got)
		}
	}
}
