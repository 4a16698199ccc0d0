//go:build unix

package command

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/results"
)

// TestOnlyRegularFilesAreRead puts something else in the place of each file of a bundle,
// and of a benchmark file. A pipe to which nobody writes would be waited for without end,
// and a device never ends: each has to be named, by the command that meets it.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	whole := t.TempDir()
	bundletest.Write(t, whole, bundletest.Plan{Blocks: 1, Seconds: 1, Values: 20, Micro: true})
	kinds := map[string]func(path string) error{
		"pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"device": func(path string) error { return os.Symlink("/dev/zero", path) },
		"folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"sparse": func(path string) error {
			f, err := os.Create(path)
			if err != nil {
				return err
			}
			defer f.Close()
			return f.Truncate(results.MostWhole + 1)
		},
	}
	for kind, put := range kinds {
		for _, name := range []string{
			results.ManifestFile, results.TrialsFile, results.MicroFile, results.SumsFile,
			"trials/steady.naive.b01.hlog", "trials/steady.naive.b01.server.jsonl",
		} {
			if kind == "sparse" && testing.Short() && name != results.ManifestFile && name != results.TrialsFile {
				continue // to hash such a file takes a while
			}
			t.Run(kind+" "+name, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "bundle")
				if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				if err := put(path); err != nil {
					t.Fatal(err)
				}
				if code, _, stderr := call(t, "verify", dir); code != 1 || !strings.Contains(stderr, filepath.Base(name)) {
					t.Errorf("verify: status %d, and %s is not named:\n%.2000s", code, name, stderr)
				}
				page := filepath.Join(t.TempDir(), "page.md")
				if code, _, stderr := call(t, "report", dir, "-o", page); code > 1 {
					t.Errorf("report: status %d:\n%.2000s", code, stderr)
				}
			})
		}
		t.Run(kind+" as benchmarks", func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "old.txt")
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			for _, command := range []string{"compare", "gate"} {
				if code, _, stderr := call(t, command, path, path); code == 0 || !strings.Contains(stderr, path) {
					t.Errorf("%s: status %d:\n%.2000s", command, code, stderr)
				}
			}
		})
	}
}
