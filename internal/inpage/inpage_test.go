package inpage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReplace(t *testing.T) {
	for _, c := range []struct{ page, want, err string }{
		{"a\n<!-- x:begin -->old<!-- x:end -->\nb\n", "a\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nb\n", ""},
		{"<!-- y:begin --><!-- y:end --><!-- x:begin --><!-- x:end -->", "<!-- y:begin --><!-- y:end --><!-- x:begin -->\n\nnew\n\n<!-- x:end -->", ""},
		{"a", "", "no part between"},
		{"<!-- x:begin -->", "", "no part between"},
		{"<!-- x:end --><!-- x:begin -->", "", "no part between"},
	} {
		got, err := Replace(c.page, "x", "new\n")
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %q, %v; want %q, %q", c.page, got, err, c.want, c.err)
		}
	}
}

func TestReplaceInAFile(t *testing.T) {
	files := Files{os.ReadFile, func(path string, data []byte) error { return os.WriteFile(path, data, 0o600) }}
	path := filepath.Join(t.TempDir(), "page.md")
	if err := files.Replace(path, "x", "new"); err == nil {
		t.Error("a page that is not there was replaced")
	}
	if err := os.WriteFile(path, []byte("no part\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{files.Replace(path, "x", "new"), files.Check(path, "x")} {
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%v: want the name of the page", err)
		}
	}
	if page, err := os.ReadFile(path); err != nil || string(page) != "no part\n" {
		t.Errorf("the page is %q, %v", page, err)
	}
	whole := Begin("x") + "\n" + End("x") + "\n"
	if err := os.WriteFile(path, []byte(whole), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := files.Check(path, "x"); err != nil {
		t.Error(err)
	}
	if page, err := os.ReadFile(path); err != nil || string(page) != whole {
		t.Errorf("a check made the page %q, %v", page, err)
	}
}
