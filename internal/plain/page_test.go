package plain

import (
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLiteral(t *testing.T) {
	for in, want := range map[string]string{
		"HTTP/scenario=open p99-sec": "HTTP/scenario=open p99-sec",
		"1.02 [0.98, 1.06]":          "1.02 [0.98, 1.06]",
		"[x](http://y)":              `[x]\(http://y)`,
		"![x][y]":                    `![x]\[y]`,
		`a\`:                         `a\\`, // a bar that comes after it is escaped by itself
		"<img src=x>":                "&lt;img src=x>",
		"&lt;b>":                     "&amp;lt;b>",
		"_a_ *b* `c`":                "\\_a\\_ \\*b\\* \\`c\\`",
		"::error::x":                 `\::error::x`,
		"a\n::error::x":              `a\\n::error::x`, // shown with one backslash
		"\x1b[2J":                    `\\x1b[2J`,
	} {
		if got := Literal(in); got != want {
			t.Errorf("Literal(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestProse(t *testing.T) {
	for in, want := range map[string]string{
		"A `queue` of *n* places, a | b": "A `queue` of *n* places, a | b",
		"<script>x</script>":             "&lt;script>x&lt;/script>",
		"![x](//y) [z]: //y":             `![x]\(//y) [z]\: //y`,
		"a\n# heading":                   `a\n# heading`,
		"&#60;b>":                        "&amp;#60;b>",
		"500 \x1b]0;title\x07":           `500 \x1b]0;title\a`,
	} {
		if got := Prose(in); got != want {
			t.Errorf("Prose(%q) is %q, want %q", in, got, want)
		}
	}
}

// Whatever the text is, its escaped form is one line without a control character, no tag
// begins in it, no link follows a closed bracket, and it is no workflow command.
func TestNothingFromOutsideIsMarkup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("ab:[]()<>&|`\\*_#! \n\r\t\x1b\u202e\u00e9"))).Draw(t, "text")
		for name, got := range map[string]string{"Prose": Prose(s), "Literal": Literal(s)} {
			if strings.ContainsFunc(got, hidden) || strings.ContainsAny(got, "<") || strings.Contains(got, "](") || strings.Contains(got, "][") || strings.HasPrefix(strings.TrimSpace(got), "::") {
				t.Fatalf("%s(%q) is %q", name, s, got)
			}
		}
		// The fence of a code span is longer than any run of backticks within.
		code := Code(s)
		fence := code[:len(code)-len(strings.TrimLeft(code, "`"))]
		inner := strings.TrimSuffix(strings.TrimPrefix(code, fence), fence)
		if len(fence) == 0 || strings.Contains(inner, fence) || strings.ContainsFunc(code, hidden) {
			t.Fatalf("Code(%q) is %q", s, code)
		}
	})
}

// A shell reads the words that were joined.
func TestShell(t *testing.T) {
	if got, want := Shell("run", "a b", "it's", "$(x)", ""), `run 'a b' 'it'\''s' '$(x)' ''`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := Shell("a\x1b[2Jb"); got != "'a?[2Jb'" {
		t.Errorf("%q", got)
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	words := []string{"a", "b c", "`date`", "$HOME", "*", "\\", "'", "\"", "x\ny", "~", "#", "a;b", "", "!1", "^a^b"}
	out, err := exec.Command(sh, "-c", "printf '%s\\0' "+Shell(words...)).Output()
	if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); err != nil || strings.Join(got, "\x01") != strings.Join(words, "\x01") {
		t.Errorf("%q, %v, want %q", got, err, words)
	}
}
