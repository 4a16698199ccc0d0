package actions

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/verdict"
	"github.com/google/go-cmp/cmp"
)

func TestAnnotate(t *testing.T) {
	for _, c := range []struct {
		name string
		f    verdict.File
		want string
	}{
		{"pass", verdict.File{Verdict: verdict.Pass, Reasons: []string{"all", "good"}}, "::notice title=Performance check passed::all%0Agood\n"},
		{"pass without a reason", verdict.File{Verdict: verdict.Pass}, "::notice title=Performance check passed::The job summary has the figures.\n"},
		{"regression", verdict.File{Verdict: verdict.Regression, Reasons: []string{"p99 +20 %", "p50 +10 %"}},
			"::error title=Performance regression::p99 +20 %25\n::error title=Performance regression::p50 +10 %25\n"},
		{"inconclusive", verdict.File{Verdict: verdict.Inconclusive, Reasons: []string{"noise"}}, "::warning title=Performance check inconclusive::noise\n"},
		{"a name that would be a command", verdict.File{Verdict: verdict.Inconclusive, Reasons: []string{"x\n::add-mask::y\r%0A"}},
			"::warning title=Performance check inconclusive::x%0A::add-mask::y%0D%250A\n"},
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

func TestManyReasons(t *testing.T) {
	f := verdict.File{Verdict: verdict.Regression, Reasons: make([]string, 12)}
	for i := range f.Reasons {
		f.Reasons[i] = "slow"
	}
	var got strings.Builder
	if err := Annotate(&got, f); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(got.String()), "\n")
	if len(lines) != 10 || !strings.HasSuffix(lines[9], "3 more reasons are in the job summary.") {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
	if f.Reasons[9] != "slow" {
		t.Error("the reasons were changed")
	}
}

func TestProperty(t *testing.T) {
	if got, want := property("a: b, c\n50 %"), "a%3A b%2C c%0A50 %25"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func row(name, unit, better, effect string, v ...float64) verdict.Row {
	r := verdict.Row{Name: name, Unit: unit, Better: better, Effect: effect}
	for i, p := range []**float64{&r.Center, &r.Low, &r.High} {
		if i < len(v) {
			*p = &v[i]
		}
	}
	return r
}

func TestPlot(t *testing.T) {
	var got strings.Builder
	err := Plot(&got, []verdict.Row{
		row("steady", "p50-sec", "lower", "ratio", 1, 0.97, 1.03),
		row("steady", "p99-sec", "lower", "ratio", 1.2, 1.15, 1.25),
		row("nothing", "p99-sec", "lower", "ratio"),
		row("no `interval`", "things", "", "ratio", 0.9),
		row("steady", "within-slo-ratio", "higher", "difference", -0.002, -0.005, 0.001),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "```text\n" +
		"                      ×0.80             ×1.00             ×1.25\n" +
		"steady p50-sec ↓                      ┊├──●──┤┊                  ×1.000 [0.970, 1.030]\n" +
		"steady p99-sec ↓                 ┊        │        ┊   ├──●───┤  ×1.200 [1.150, 1.250]\n" +
		"no 'interval' things             ●    ┊   │   ┊                  ×0.900\n" +
		"                           -1.5 pp          +0.0 pp          +1.5 pp\n" +
		"steady within-slo-ratio ↑         ┊     ├───●───┤           ┊         -0.20 pp [-0.50, +0.10]\n" +
		"```\n"
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
		{"far above", row("a", "p99-sec", "lower", "ratio", 90, 80, 100), "●  ×90.000"},
		{"far below", row("a", "p99-sec", "lower", "ratio", 1e-9, 0, 1), "\n" + "a p99-sec ↓  ●"},
		{"wide", row("a", "p99-sec", "lower", "ratio", 1, 1e-3, 1e3), "◀"},
		{"zero", row("a", "p99-sec", "lower", "ratio", 0), ""},
		{"none", row("a", "p99-sec", "lower", "ratio"), ""},
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
