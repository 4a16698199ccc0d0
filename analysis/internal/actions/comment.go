package actions

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/verdict"
	"github.com/assay-bench/assay/internal/plain"
)

// CommentMark begins every comment, invisibly, so that the next one replaces it.
const CommentMark = "<!-- assay performance check -->"

// Most of what a comment lists. The job summary has everything.
const (
	mostRows    = 8
	mostReasons = 5
)

// Comment is what a comment says beside the verdict.
type Comment struct {
	Link  string // of the run, with its summary and its artifact; empty: none
	Found string // when a positive control last found its slowdown; empty: unknown
	// Source is the address of the files of head, for links to lines; empty: none.
	Source string
}

// Write writes the comment on a pull request. A pass is one line. The verdict comes from
// a run that may have executed the code of a stranger, so every text in it is only shown,
// whatever it looks like.
func (c Comment) Write(w io.Writer, f verdict.File) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", CommentMark)
	switch f.Verdict {
	case verdict.Pass:
		fmt.Fprintf(&b, "✅ **Performance:** no regression; in each of %d rows a loss beyond the margin is excluded.%s\n", len(f.Rows), c.link())
		_, err := w.Write(b.Bytes())
		return err
	case verdict.Regression:
		b.WriteString("### ❌ Performance regression\n\n")
		regressed(&b, f.Rows)
		if err := Plot(&b, worst(f.Rows)); err != nil {
			return err
		}
	case verdict.Inconclusive:
		b.WriteString("### ❔ Performance: inconclusive\n\nThe check could neither show a regression nor exclude one.\n\n")
		reasons(&b, f.Reasons)
	default:
		return fmt.Errorf("the verdict is %q, expected %s, %s or %s", f.Verdict, verdict.Pass, verdict.Regression, verdict.Inconclusive)
	}
	if text := Explanation(f.Explanation, true, c.Source); text != "" {
		fmt.Fprintf(&b, "\n%s", text)
	}
	if text := c.link(); text != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(text))
	}
	if c.Found != "" {
		fmt.Fprintf(&b, "\n<sub>Last known slowdown found: %s.</sub>\n", plain.Markdown(c.Found))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// link leads to the run. An address that is none is left out.
func (c Comment) link() string {
	if !address(c.Link) {
		return ""
	}
	return fmt.Sprintf(" [Summary, report and raw data](%s)", c.Link)
}

// address reports whether text is an address that may become a link.
func address(text string) bool {
	u, err := url.Parse(text)
	return text != "" && err == nil && u.Scheme == "https" && u.Host != "" && !strings.ContainsAny(text, " ()<>\"'`\n")
}

// worst are the rows that regressed, as far as a comment lists them.
func worst(rows []verdict.Row) (some []verdict.Row) {
	names := verdict.Names(rows)
	for i, r := range rows {
		if r.Verdict == verdict.Regression && len(some) < mostRows {
			r.Name = names[i]
			some = append(some, r)
		}
	}
	return some
}

// regressed is a table of the rows that decided.
func regressed(b *bytes.Buffer, rows []verdict.Row) {
	all := 0
	for _, r := range rows {
		if r.Verdict == verdict.Regression {
			all++
		}
	}
	shown := worst(rows)
	b.WriteString("| what | unit | change | margin |\n| --- | --- | --- | --- |\n")
	for _, r := range shown {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", plain.Markdown(r.Name), plain.Markdown(r.Unit), plain.Markdown(r.Worse()), plain.Markdown(r.Format(r.Margin)))
	}
	b.WriteString("\n")
	if n := all - len(shown); n > 0 {
		fmt.Fprintf(b, "%d more rows regressed.\n\n", n)
	}
}

// reasons lists why there is no verdict.
func reasons(b *bytes.Buffer, all []string) {
	for _, r := range all[:min(len(all), mostReasons)] {
		fmt.Fprintf(b, "- %s\n", plain.Markdown(r))
	}
	if n := len(all) - mostReasons; n > 0 {
		fmt.Fprintf(b, "- and %d more\n", n)
	}
}
