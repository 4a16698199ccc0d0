package section

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestVerbatim(t *testing.T) {
	for s, want := range map[string]string{
		"":               "–",
		"plain text, 7":  "<code>plain text, 7</code>",
		`{"a":1}`:        "<code>&#123;&#34;a&#34;&#58;1&#125;</code>",
		"<b>`x`</b>\n":   "<code>&#60;b&#62;&#96;x&#96;&#60;&#47;b&#62;&#92;n</code>",
		"é\u202e\x00www": "<code>é&#92;u202e&#92;x00www</code>",
	} {
		if got := verbatim(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

// Whatever a server answers, nothing in it is left that Markdown or HTML could read.
func TestVerbatimLeavesNoMarkup(t *testing.T) {
	entity := regexp.MustCompile(`&#[0-9]+;`)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "answer")
		if s == "" {
			return
		}
		inner := strings.TrimSuffix(strings.TrimPrefix(verbatim(s), "<code>"), "</code>")
		if at := strings.IndexAny(entity.ReplaceAllString(inner, ""), "<>&`*_[]()!#|\\\"'~:./\n\r\t"); at >= 0 {
			t.Fatalf("%q: %s", s, inner)
		}
	})
}
