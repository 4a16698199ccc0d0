package actions

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// written is the text of a comment.
func written(t *testing.T, c Comment, f verdict.File) string {
	t.Helper()
	var b strings.Builder
	if err := c.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), CommentMark+"\n") {
		t.Errorf("the comment has no mark: %q", b.String())
	}
	return b.String()
}

func TestComment(t *testing.T) {
	slow := row("steady", "p99-sec", verdict.Regression, "ratio", 0.1, 0.2, 0.24)
	link := Comment{Link: "https://github.com/o/r/actions/runs/1", Found: "2026-11-15"}
	pass := written(t, link, verdict.File{Verdict: verdict.Pass, Rows: []verdict.Row{slow, slow}})
	if strings.Count(pass, "\n") != 2 || !strings.Contains(pass, "in each of 2 rows") {
		t.Errorf("a pass is more than a line: %s", pass)
	}
	text := written(t, link, verdict.File{Verdict: verdict.Regression, Rows: []verdict.Row{slow}})
	for _, want := range []string{
		"### ❌ Performance regression", "| steady | p99-sec | `worse by +20.0 %` | `+10.0 %` |", "┤ at most",
		"[Summary, report and raw data](https://github.com/o/r/actions/runs/1)", "Last known slowdown found: 2026-11-15.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the comment does not say %q:\n%s", want, text)
		}
	}
	f := verdict.File{Verdict: verdict.Inconclusive}
	for range mostReasons + 2 {
		f.Reasons = append(f.Reasons, "noise")
	}
	if text := written(t, Comment{}, f); !strings.Contains(text, "- and 2 more\n") || strings.Contains(text, "](") {
		t.Errorf("inconclusive: %s", text)
	}
	if err := (Comment{}).Write(new(strings.Builder), verdict.File{Verdict: "?"}); err == nil {
		t.Error("an unknown verdict is written")
	}
}

// The verdict comes from a run of a stranger's code: nothing in it is markup, a mention,
// a link or the end of a table.
func TestCommentOfAHostileVerdict(t *testing.T) {
	const name = "x|\n\n# y <img src=x onerror=1> @team [a](https://evil) ``` <!-- z -->\x1b[31m::error::"
	hostile := row(name, name, verdict.Regression, "ratio", 0.1)
	why := name
	hostile.NoRatio = &why
	text := written(t, Comment{Link: "https://h/x) [y](javascript:1)", Found: name}, verdict.File{Verdict: verdict.Regression, Rows: []verdict.Row{hostile}}) +
		written(t, Comment{Link: "javascript:alert(1)"}, verdict.File{Verdict: verdict.Inconclusive, Reasons: []string{name}})
	for _, line := range strings.Split(text, "\n") {
		outside := line
		for _, fence := range []string{"````", "`"} { // what stands in code has no meaning
			parts := strings.Split(outside, fence)
			outside = ""
			for i := 0; i < len(parts); i += 2 {
				outside += parts[i]
			}
		}
		if line == CommentMark || strings.HasPrefix(line, "<sub>") {
			outside = strings.NewReplacer(CommentMark, "", "<sub>", "", "</sub>", "").Replace(outside)
		}
		for _, bad := range []string{"<", "@team", "](", "\x1b", "# y"} {
			if strings.Contains(outside, bad) {
				t.Errorf("%q stands outside of code in %q", bad, line)
			}
		}
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("a command: %q", line)
		}
	}
}
