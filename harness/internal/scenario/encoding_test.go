package scenario

import (
	"os"
	"path/filepath"
	"testing"
)

// A list of values has no byte order mark in its first value, and another encoding is named
// with its place in that file.
func TestEncodingsOfLists(t *testing.T) {
	dir := t.TempDir()
	source := "version: 1\nname: a\nserver: {url: \"http://127.0.0.1:1\"}\nvariants: [{name: v}]\n" +
		"load: {closed: {clients: 1, duration: 1s}}\nvars: {id: {file: ids.txt}}\ntargets: [{path: /, body: \"${id}\"}]\n"
	list := filepath.Join(dir, "ids.txt")
	for _, c := range []struct{ name, list, want string }{
		{"byte order mark", "\ufeffone\ntwo\n", ""},
		{"UTF-16", "\xff\xfeo\x00n\x00e\x00", list + ":1:1: vars.id.file: the file is UTF-16, expected UTF-8 (save it as UTF-8)"},
		{"Latin-1", "one\ntw\xf6\n", list + ":2:3: vars.id.file: the file is not UTF-8 (save it as UTF-8)"},
	} {
		if err := os.WriteFile(list, []byte(c.list), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Parse(filepath.Join(dir, "a.yaml"), []byte(source), Options{})
		switch {
		case c.want == "" && err != nil, c.want != "" && (err == nil || err.Error() != c.want):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		case c.want == "" && s.Streams[0].vars[0].items[0] != "one":
			t.Errorf("%s: the first value is %q", c.name, s.Streams[0].vars[0].items[0])
		}
	}
}
