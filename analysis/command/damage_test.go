package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/results"
)

// TestDamagedBundles breaks a bundle in every way that was thought of. Each must
// be named with its file and, where it has lines, its line; what is whole must
// still be reported.
func TestDamagedBundles(t *testing.T) {
	whole := t.TempDir()
	bundletest.Write(t, whole, bundletest.Plan{Blocks: 2, Seconds: 1, Values: 50})
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		code   int    // of report
		says   string // on stderr or in the page
	}{
		{"last line of trials cut short", func(t *testing.T, dir string) {
			edit(t, dir, results.TrialsFile, func(b []byte) []byte { return b[:len(b)-100] })
		}, 0, "trials.jsonl:12: line cut short"},
		{"line of trials broken in the middle", func(t *testing.T, dir string) {
			edit(t, dir, results.TrialsFile, func(b []byte) []byte { return bytes.Replace(b, []byte("\n{"), []byte("\n!"), 1) })
		}, 1, "trials.jsonl:2:"},
		{"log missing", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "trials", "steady.naive.b01.hlog")); err != nil {
				t.Fatal(err)
			}
		}, 0, "steady.naive.b01.hlog"},
		{"log line broken", func(t *testing.T, dir string) {
			edit(t, dir, "trials/steady.naive.b01.hlog", func(b []byte) []byte { return append(b, "Tag=response.ok,1.000,1.000,5,HISTF\n"...) })
		}, 0, "steady.naive.b01.hlog: line "},
		{"a figure replaced by another", func(t *testing.T, dir string) {
			edit(t, dir, results.ManifestFile, func(b []byte) []byte {
				return bytes.Replace(b, []byte("Many clients at once."), []byte("Some clients at once."), 1)
			})
		}, 0, "manifest.json was changed"},
		{"samples broken", func(t *testing.T, dir string) {
			edit(t, dir, "trials/steady.naive.b01.server.jsonl", func(b []byte) []byte { return append(b, "{!\n"...) })
		}, 0, "steady.naive.b01.server.jsonl:5: "},
		{"manifest empty", func(t *testing.T, dir string) {
			edit(t, dir, results.ManifestFile, func([]byte) []byte { return nil })
		}, 1, "manifest.json"},
		{"manifest of another schema", func(t *testing.T, dir string) {
			edit(t, dir, results.ManifestFile, func(b []byte) []byte {
				return bytes.Replace(b, []byte(`"schema_version": 1`), []byte(`"schema_version": 7`), 1)
			})
		}, 1, "schema version 7, this program reads versions 1 to 2: use the release that wrote the bundle"},
		{"no trials", func(t *testing.T, dir string) {
			edit(t, dir, results.TrialsFile, func([]byte) []byte { return nil })
		}, 0, "no trial that counts"},
		{"one trial", func(t *testing.T, dir string) {
			edit(t, dir, results.TrialsFile, func(b []byte) []byte { return b[:bytes.IndexByte(b, '\n')+1] })
		}, 0, "no trial of this scenario counts"},
		{"micro.txt empty of results", func(t *testing.T, dir string) {
			edit(t, dir, results.MicroFile, func([]byte) []byte { return []byte("goos: linux\n") })
		}, 0, "no benchmark results"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, "bundle")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			c.damage(t, dir)
			page := filepath.Join(root, "page.md")
			code, _, stderr := call(t, "report", dir, "-o", page)
			text := allPages(t, page)
			if code != c.code || !strings.Contains(stderr+text, c.says) {
				t.Errorf("status %d, want %d; %q is not in:\n%s%s", code, c.code, c.says, stderr, text)
			}
			if (code == 0) != (len(text) > 0) {
				t.Errorf("status %d and a page of %d bytes", code, len(text))
			}
			if code, _, _ := call(t, "verify", dir); code != 1 {
				t.Errorf("verify: status %d, want 1", code)
			}
			saysDamage(t, dir, page, c.code == 0)
		})
	}
}

// saysDamage checks that no command uses a damaged bundle without a word. The page is that
// of a report; readable says whether the trials could be read.
func saysDamage(t *testing.T, dir, page string, readable bool) {
	t.Helper()
	const word = "not as it was written"
	if text := allPages(t, page); readable && !strings.Contains(text, word) {
		t.Errorf("the report does not say that the bundle is damaged:\n%s", text)
	}
	for _, args := range [][]string{
		{"report", dir, "-o", page}, {"explore", dir, "-o", page + ".html"}, {"compare", dir}, {"bench", dir},
		{"explain", dir, "--base", "naive", "--head", "optimized"}, {"gate", dir, "--base", "naive", "--head", "optimized"}, {"check", dir},
	} {
		code, _, stderr := call(t, args...)
		if readable && !strings.Contains(stderr, word) || !readable && code == 0 {
			t.Errorf("%s: status %d, and the damage is not named:\n%s", args[0], code, stderr)
		}
		if refuses := args[0] == "gate" || args[0] == "check"; refuses && code != 2 {
			t.Errorf("%s: status %d of a damaged bundle, want 2", args[0], code)
		}
	}
	if html, err := os.ReadFile(page + ".html"); readable && (err != nil || !strings.Contains(string(html), word)) {
		t.Errorf("the explorer does not say that the bundle is damaged: %v", err)
	}
}

func edit(t *testing.T, dir, name string, change func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedText is about benchmark files that compare cannot use, or not all
// of.
func TestDamagedText(t *testing.T) {
	good := strings.Repeat("BenchmarkA 1 10 ns/op\nBenchmarkA 1 11 ns/op\n", 3)
	for _, c := range []struct {
		name     string
		old, new string
		code     int
		says     string
	}{
		{"empty file", "", good, 1, "old.txt: no benchmark results"},
		{"no common row", good, strings.ReplaceAll(good, "A", "B"), 1, "no row in common"},
		{"broken line", good + "BenchmarkA x 10 ns/op\n", good, 0, "old.txt:7"},
		{"NaN", good + "BenchmarkA 1 NaN ns/op\n", good, 0, "old.txt:7: no measurement: NaN sec/op"},
		{"infinity", good + "BenchmarkA 1 +Inf ns/op\n", good, 0, "old.txt:7: no measurement: +Inf ns/op"},
		{"below zero", good + "BenchmarkA 1 -10 ns/op\n", good, 0, "old.txt:7: no measurement: -1e-08 sec/op"},
		{"below zero, of no direction", good + "BenchmarkA 1 10 ns/op -2 degrees\n", good, 0, "only in old.txt"},
		{"line too long", good + "BenchmarkA 1 10 ns/op " + strings.Repeat("x", 70_000) + "\n", good, 1, "longer than 64 KiB"},
		{"all equal", strings.Repeat("BenchmarkA 1 10 ns/op\n", 6), strings.Repeat("BenchmarkA 1 10 ns/op\n", 6), 0, "no difference"},
		{"one value", "BenchmarkA 1 10 ns/op\n", "BenchmarkA 1 20 ns/op\n", 0, "cannot tell"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for name, text := range map[string]string{"old.txt": c.old, "new.txt": c.new} {
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, form := range []string{"", "--json", "--csv", "--markdown"} {
				args := []string{"compare", "old.txt", "new.txt"}
				if form != "" {
					args = append(args, form)
				}
				code, stdout, stderr := call(t, args...)
				if code != c.code || !strings.Contains(stdout+stderr, c.says) {
					t.Errorf("%s: status %d, want %d; %q is not in:\n%s%s", form, code, c.code, c.says, stdout, stderr)
				}
			}
		})
	}
}

func TestCompareUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.txt", []byte("BenchmarkA/variant=x 1 10 ns/op\nBenchmarkA/variant=y 1 11 ns/op\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"a.txt"}, 2, "nothing to compare a single file with"},
		{[]string{"a.txt", "--base", "x"}, 2, "go together"},
		{[]string{"a.txt", "--base", "x", "--head", "x"}, 2, `both "x"`},
		{[]string{"a.txt", "a.txt", "--base", "x", "--head", "y"}, 2, "within one input"},
		{[]string{"a.txt", "--base", "x", "--head", "z"}, 1, "no row in common (found: x)"},
		{[]string{"a.txt", "--base", "x y", "--head", "z"}, 2, "not the name of a variant"},
		{[]string{"a.txt", "--col", "/variant", "--filter", "("}, 2, "--filter"},
		{[]string{"a.txt", "--col", "/variant", "--json", "--csv"}, 2, "none of the others can be"},
		{[]string{"a.txt", "--base", "x", "--head", "y"}, 0, "paired by block"},
		{[]string{"a.txt", "--col", "/variant"}, 0, "cannot tell"},
		{[]string{"old=a.txt", "new=a.txt"}, 0, "new"},
	} {
		code, stdout, stderr := call(t, append([]string{"compare"}, c.args...)...)
		if code != c.code || !strings.Contains(strings.ToLower(stdout+stderr), strings.ToLower(c.says)) {
			t.Errorf("%q: status %d, want %d; %q is not in:\n%s%s", c.args, code, c.code, c.says, stdout, stderr)
		}
	}
}
