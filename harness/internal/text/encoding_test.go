package text

import "testing"

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, file, text, message string
		line, column              int
	}{
		{"plain", "a: é\n", "a: é\n", "", 0, 0},
		{"empty", "", "", "", 0, 0},
		{"one byte", "\x00", "\x00", "", 0, 0},
		{"byte order mark", "\ufeffa", "a", "", 0, 0},
		{"UTF-16, little end first", "\xff\xfea\x00", "", "the file is UTF-16, expected UTF-8", 1, 1},
		{"UTF-16, big end first", "\xfe\xff\x00a", "", "the file is UTF-16, expected UTF-8", 1, 1},
		{"UTF-16 without a mark", "a\x00b\x00", "", "the file is UTF-16, expected UTF-8", 1, 1},
		{"UTF-16 without a mark, big end first", "\x00a\x00b", "", "the file is UTF-16, expected UTF-8", 1, 1},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", "", "the file is UTF-32, expected UTF-8", 1, 1},
		{"Latin-1", "x: 1\nné: M\xfcller\n", "", "the file is not UTF-8", 2, 6},
		{"Latin-1 behind a mark", "\ufeffM\xfc", "", "the file is not UTF-8", 1, 2},
		{"a replacement character that was written", "a\ufffdb", "a\ufffdb", "", 0, 0},
	} {
		text, bad := Decode([]byte(c.file))
		switch {
		case bad == nil && (c.message != "" || string(text) != c.text):
			t.Errorf("%s: %q, want %q and the message %q", c.name, text, c.text, c.message)
		case bad != nil && (bad.Message != c.message || bad.Line != c.line || bad.Column != c.column || bad.Error() != c.message+" (save it as UTF-8)"):
			t.Errorf("%s: %d:%d: %v, want %d:%d: %s", c.name, bad.Line, bad.Column, bad, c.line, c.column, c.message)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("a\xfcb"))
	f.Add([]byte("\ufeff\n\n\xc3"))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, bad := Decode(file)
		if bad != nil && (bad.Line < 1 || bad.Column < 1) {
			t.Errorf("%q: %d:%d", file, bad.Line, bad.Column)
		}
	})
}
