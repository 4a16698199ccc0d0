package gate

import "testing"

// Names of benchmarks come from pull requests.
func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"HTTP/scenario=open p99-sec": "HTTP/scenario=open p99-sec",
		"1.02 [0.98, 1.06]":          "1.02 [0.98, 1.06]",
		"[x](http://y)":              `[x]\(http://y)`,
		`a\`:                         `a\\`, // a bar that comes after it is escaped by itself
		"<img src=x>":                "&lt;img src=x>",
		"&lt;b>":                     "&amp;lt;b>",
		"_a_ *b* `c`":                "\\_a\\_ \\*b\\* \\`c\\`",
	} {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) is %q, want %q", in, got, want)
		}
	}
}
