package actions

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/verdict"
)

func explanation() *verdict.Explanation {
	low, high, p := 8e-6, 1e-5, 0.004
	return &verdict.Explanation{
		Head: "abc", Blocks: 8, Summary: "The server's CPU time for an answer grew.",
		Causes: []verdict.Cause{
			{Kind: "cpu", Name: "example.com/search.(*Index).Find", What: "CPU time", Unit: "sec", Difference: 9e-6, Low: &low, High: &high, PAdjusted: &p, Source: "example.com/search/a (b).go:12", File: "a (b).go", Line: 12},
			{Kind: "cpu", Name: "collector (runtime)", What: "CPU time", Unit: "sec", Difference: 3e-6, Source: "runtime/mgc.go:1"},
			{Kind: "cpu", Name: "internal/stringslite.HasPrefix", What: "CPU time", Unit: "sec", Difference: 2e-6, Source: "/go/src/strings.go:17", File: "a (b).go", Line: 40, Caller: "example.com/search.(*Index).Find"},
		},
		Endpoint: &verdict.Endpoint{Name: "GET /search", Base: 1e-4, Difference: 1e-5, Low: &low, High: &high, PAdjusted: &p},
	}
}

func TestExplanation(t *testing.T) {
	e := explanation()
	for _, c := range []struct {
		markdown bool
		source   string
		want     []string
	}{
		{false, "https://h/x", []string{"Why it is slower:\n", "  1. search.(*Index).Find: +9 µs [+8, +10] CPU time for each answer (p = 0.004), a (b).go:12\n",
			"  2. collector (runtime): +3 µs CPU time for each answer (–), runtime/mgc.go:1\n",
			"  3. stringslite.HasPrefix: +2 µs CPU time for each answer (–), called by search.(*Index).Find, a (b).go:40\n", "Endpoint GET /search: +10 µs [+8, +10] service time on average, +10 % (p = 0.004)\n"}},
		{true, "", []string{"#### Why it is slower\n", `1. search.(\*Index).Find: +9 µs`, ", `a (b).go:12`\n"}},
		{true, "https://h/o/r/blob/x", []string{"[`a (b).go:12`](https://h/o/r/blob/x/a%20%28b%29.go#L12)\n", ", `runtime/mgc.go:1`\n"}},
		{true, "javascript:alert(1)", []string{", `a (b).go:12`\n"}},
	} {
		text := Explanation(e, c.markdown, c.source)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%+v lacks %q:\n%s", c, want, text)
			}
		}
	}
	if text := Explanation(nil, true, ""); text != "" {
		t.Errorf("without an explanation: %q", text)
	}
	if text := Explanation(&verdict.Explanation{Missing: "no *profile*."}, true, ""); text != "The cause was not looked for: no \\*profile\\*.\n" {
		t.Errorf("%q", text)
	}
}

// Causes are annotations at their lines, and the pull request's comment has them.
func TestCausesAreTold(t *testing.T) {
	var b strings.Builder
	f := verdict.File{Verdict: verdict.Regression, Rows: []verdict.Row{row("steady", "p99-sec", verdict.Regression, "ratio", 0.1, 0.2, 0.24)}, Explanation: explanation()}
	if err := Annotate(&b, f); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"::notice file=a (b).go,line=12,title=Why it is slower::search.(*Index).Find: +9 µs", "::notice title=Why it is slower::collector",
		"::notice file=a (b).go,line=40,title=Why it is slower::stringslite.HasPrefix: +2 µs CPU time for each answer (–), called by search.(*Index).Find\n", "::notice title=Why it is slower::Endpoint GET /search"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if text := written(t, Comment{Source: "https://h/o/r/blob/x"}, f); !strings.Contains(text, "](https://h/o/r/blob/x/a%20%28b%29.go#L12)") {
		t.Errorf("the comment has no line:\n%s", text)
	}
}

// An explanation comes from a run of a stranger's code.
func TestHostileExplanation(t *testing.T) {
	const name = "x|\n\n# y <img src=x onerror=1> [a](https://evil) ``` <!-- z -->\x1b[31m\n::error::"
	e := &verdict.Explanation{Summary: name, Endpoint: &verdict.Endpoint{Name: name}}
	for _, file := range []string{name, "../../x", "/etc/passwd", "a/../../b", `..\x`, strings.Repeat("x", 1<<20)} {
		e.Causes = []verdict.Cause{{Kind: "phase", Name: name, What: name, Unit: name, Source: name, File: file, Line: 1, Caller: name}}
		for _, markdown := range []bool{false, true} {
			text := Explanation(e, markdown, "https://h/blob/x")
			for _, line := range strings.Split(text, "\n") {
				if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "\x1b") || markdown && (strings.Contains(strings.ReplaceAll(line, "`", ""), "](https://evil") && !strings.Contains(line, "`")) || strings.HasPrefix(line, "# ") {
					t.Errorf("%q: %q", file, line)
				}
			}
			if strings.Contains(text, "blob/x/..") || strings.Contains(text, "blob/x//") || len(text) > 20*mostText {
				t.Errorf("%.40q leads to %.300q", file, text)
			}
		}
		for _, said := range causes(e) {
			if strings.Count(said, "\n") != 1 {
				t.Errorf("a command of several lines: %q", said)
			}
		}
	}
	if text := Explanation(&verdict.Explanation{Missing: name}, true, ""); strings.Count(text, "\n") != 1 || strings.Contains(text, "<img") {
		t.Errorf("%q", text)
	}
}
