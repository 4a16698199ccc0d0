package results

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A link in the folder of a bundle is refused before anything is written where it leads.
func TestWritersFollowNoLinks(t *testing.T) {
	for _, c := range []struct {
		link  string // in the bundle
		write func(dir string) error
	}{
		{TrialsDir, func(dir string) error { _, err := Create(dir, &Manifest{}); return err }},
		{TrialsFile, func(dir string) error { _, err := Create(dir, &Manifest{}); return err }},
		{filepath.Join(TrialsDir, "t.hlog"), func(dir string) error {
			w, err := Create(dir, &Manifest{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.CreateLog("t")
			return err
		}},
		{BenchFile, func(dir string) error {
			w, err := Create(dir, &Manifest{})
			if err != nil {
				t.Fatal(err)
			}
			return w.SaveBench()
		}},
	} {
		dir, outside := t.TempDir(), t.TempDir()
		link := filepath.Join(dir, c.link)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		target := outside
		if c.link != TrialsDir {
			target = filepath.Join(outside, "file")
		}
		if err := os.Symlink(target, link); err != nil {
			t.Skipf("no links here: %v", err)
		}
		if err := c.write(dir); err == nil || !strings.Contains(err.Error(), "is a link") {
			t.Errorf("%s: %v", c.link, err)
		}
		if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
			t.Errorf("%s: written outside: %v %v", c.link, left, err)
		}
	}
}
