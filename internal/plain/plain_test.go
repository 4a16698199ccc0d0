package plain

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"scenarios/gate/open.yaml", "scenarios/gate/open.yaml"},
		{"später ×1.2 — ✅", "später ×1.2 — ✅"},
		{"x\n::error::y", `x\n::error::y`},
		{"::error::y", `\::error::y`},
		{" \t::error::y", ` \t::error::y`},
		{"a ##[add-matcher]b", `a ##\[add-matcher]b`},
		{"\x1b[31mred\x07", `\x1b[31mred\a`},
		{"x\r::y", `x\r::y`},
		{"bad\xff", `bad\xff`},
		{"\u202egnp.exe\u2028", `\u202egnp.exe\u2028`},
		{"\uFFFD", "\uFFFD"},
	} {
		if got := Line(c.in); got != c.want {
			t.Errorf("Line(%q) is %q, want %q", c.in, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a\n\tb\n", "a\n\tb\n"},
		{"a\n  ::warning::b\n::c", "a\n  \\::warning::b\n\\::c"},
		{"a\r::b\n", `a\r::b` + "\n"},
	} {
		if got := Text(c.in); got != c.want {
			t.Errorf("Text(%q) is %q, want %q", c.in, got, c.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"scenarios/gate/short/open.yaml", "scenarios/gate/short/open.yaml"},
		{"my_test.go", `my\_test.go`},
		{"HEAD~1^2", `HEAD\~1^2`},
		{"[x](http://y)", "`[x](http://y)`"},
		{"<img src=x>", "`<img src=x>`"},
		{"@somebody", "`@somebody`"},
		{"a`b", "`` a`b ``"},
		{"a|b", "`a\\|b`"},
		{"x\n# y", "`x\\n# y`"},
		{"", "`  `"},
	} {
		if got := Markdown(c.in); got != c.want {
			t.Errorf("Markdown(%q) is %q, want %q", c.in, got, c.want)
		}
	}
}

// Whatever the text is, and however it comes in pieces, no line is a command and
// no control character gets through.
func TestWriterIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{"::", ":", "error", "\n", "\r", "\r\n", " ", "\t", "##", "[", "\x1b[2J", "ä", "\xff", "\u2028"})).Draw(t, "pieces")
		var out strings.Builder
		w := NewWriter(&out)
		for _, p := range pieces {
			if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
				t.Fatalf("%d, %v", n, err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\r\x1b\u2028") {
				t.Fatalf("%q has the line %q", pieces, line)
			}
		}
	})
}

// A line that never ends is passed on in parts, so that memory is bounded.
func TestWriterKeepsLittle(t *testing.T) {
	var out strings.Builder
	w := NewWriter(&out)
	for range 3 {
		if _, err := w.Write([]byte(strings.Repeat("x", longest))); err != nil {
			t.Fatal(err)
		}
	}
	if out.Len() < 2*longest {
		t.Errorf("%d bytes came out of %d", out.Len(), 3*longest)
	}
}
