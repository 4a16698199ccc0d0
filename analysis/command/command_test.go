package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
)

// call runs the program and returns its status and what it printed.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = Run(context.Background(), args, strings.NewReader(""), &out, &err)
	return code, out.String(), err.String()
}

func TestReportGivesTheSameBytesAnywhere(t *testing.T) {
	var pages []map[string]string
	made := t.TempDir()
	bundletest.Write(t, made, bundletest.Plan{Blocks: 6, AA: true, Void: true, Micro: true})
	for range 2 {
		t.Chdir(t.TempDir())
		if err := os.CopyFS(publishedBundle, os.DirFS(made)); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := call(t, "report"); code != 0 {
			t.Fatalf("status %d: %s", code, stderr)
		}
		pages = append(pages, read(t, publishedReport, publishedRooms, publishedPlots))
	}
	if len(pages[0]) < 5 {
		t.Errorf("only %d files written", len(pages[0]))
	}
	for name, text := range pages[0] {
		if pages[1][name] != text {
			t.Errorf("%s differs between two folders", name)
		}
		if strings.Contains(text, os.TempDir()) {
			t.Errorf("%s holds an absolute path", name)
		}
	}
	text := allPages(t, publishedReport)
	for _, want := range []string{
		"## Findings", "## Can these numbers be trusted?", "closed loop", "**Burst: no steady state.**",
		"voided", "prefers-color-scheme: dark", "n = 6, 96.9 %", "## Reproduce",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

func TestReportRemovesPicturesThatItNoLongerShows(t *testing.T) {
	t.Chdir(t.TempDir())
	bundletest.Write(t, "b", bundletest.Plan{Blocks: 1, Seconds: 1})
	report := func() map[string]string {
		if code, _, stderr := call(t, "report", "b", "-o", "page.md"); code != 0 {
			t.Fatalf("status %d: %s", code, stderr)
		}
		return read(t, "page.md", "page-report", "page-plots")
	}
	first := report()
	old := first["page.md"] + `<img src="page-plots/shown-before.svg"> <img src="page-plots/../other.svg">`
	for name, text := range map[string]string{"page.md": old, "page-plots/shown-before.svg": "", "page-plots/mine.svg": "", "other.svg": ""} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	second := report()
	if _, kept := second["page-plots/mine.svg"]; !kept || len(second) != len(first)+1 {
		t.Errorf("%d files became %d, and the one that no page showed is kept: %v", len(first), len(second), kept)
	}
	if _, err := os.Stat("other.svg"); err != nil {
		t.Errorf("a file outside the folder of pictures: %v", err)
	}
}

// allPages is the text of a report: of its front page and of all rooms, with plain spaces
// where the tables have such as keep a number on its line. It is "" if there is none.
func allPages(t *testing.T, page string) string {
	t.Helper()
	rooms, pictures := placesOf(page, "")
	files := read(t, page, rooms, pictures)
	text := files[page]
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name != page && strings.HasSuffix(name, ".md") {
			text += "\n" + files[name]
		}
	}
	return strings.ReplaceAll(text, "\u00a0", " ")
}

// read reads a file and all files below folders, where they are there.
func read(t *testing.T, file string, dirs ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	names := []string{file}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, path)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	return files
}

func TestReportRefusesToWriteIntoABundle(t *testing.T) {
	dir := t.TempDir()
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 1, Seconds: 1})
	code, _, stderr := call(t, "report", dir, "-o", filepath.Join(dir, "page.md"))
	if code != 2 || !strings.Contains(stderr, "never written to") {
		t.Errorf("status %d: %s", code, stderr)
	}
}

func TestReportOfFewBlocks(t *testing.T) {
	for _, blocks := range []int{1, 3} {
		root := t.TempDir()
		bundletest.Write(t, filepath.Join(root, "b"), bundletest.Plan{Blocks: blocks, Seconds: 1})
		page := filepath.Join(root, "page.md")
		if code, _, stderr := call(t, "report", filepath.Join(root, "b"), "-o", page); code != 0 {
			t.Fatalf("status %d: %s", code, stderr)
		}
		text := allPages(t, page)
		if !strings.Contains(text, "below 6 no 95 % interval exists") {
			t.Errorf("%d blocks: the report does not say that there is no interval", blocks)
		}
		for _, bad := range []string{"NaN", "Inf", "**more**", "**shorter**"} {
			if strings.Contains(text, bad) {
				t.Errorf("%d blocks: the report says %q", blocks, bad)
			}
		}
	}
}

func TestCompareJSON(t *testing.T) {
	dir := t.TempDir()
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 6, Seconds: 1, Values: 100})
	code, stdout, stderr := call(t, "compare", dir, "--base", "naive", "--head", "workerpool", "--json")
	if code != 0 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	var rows []map[string]any
	if err := json.Unmarshal([]byte(stdout), &rows); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, r := range rows {
		for _, key := range []string{"name", "unit", "better", "base", "head", "ratio", "ratio_low", "ratio_high", "p", "p_adjusted",
			"method", "smallest_detectable", "verdict", "notes"} {
			if _, ok := r[key]; !ok {
				t.Fatalf("row without %q: %v", key, r)
			}
		}
		if r["unit"] == "goodput/s" && strings.Contains(r["name"].(string), "burst") {
			found = true
			if r["verdict"] != "worse" {
				t.Errorf("goodput of the burst is %v, want worse: %v", r["verdict"], r)
			}
		}
	}
	if !found {
		t.Error("no row for the goodput of the burst")
	}
}

func TestBenchIsTheBenchFile(t *testing.T) {
	dir := t.TempDir()
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 1, Seconds: 1, Values: 50, Micro: true})
	code, stdout, stderr := call(t, "bench", dir)
	if code != 0 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	var want strings.Builder
	for _, name := range []string{"bench.txt", "micro.txt"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "micro.txt" {
			want.WriteByte('\n')
		}
		want.Write(data)
	}
	if stdout != want.String() {
		t.Errorf("bench prints something else than the bundle's files hold:\n%s", stdout)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		plan bundletest.Plan
		code int
		says string
	}{
		{"met", bundletest.Plan{Trials: 15, Seconds: 1, Values: 3000}, 0, "met: 6 of 6 objectives met"},
		{"too few blocks", bundletest.Plan{Trials: 6, Seconds: 1, Values: 50}, 3, "undecided: 0 of 6"},
		{"time-outs", bundletest.Plan{Trials: 15, Seconds: 1, Values: 1100, Timeouts: 100}, 1, "missed: "},
	} {
		dir := t.TempDir()
		bundletest.Write(t, dir, c.plan)
		code, stdout, stderr := call(t, "check", dir)
		if code != c.code || !strings.HasPrefix(stdout, c.says) {
			t.Errorf("%s: status %d, want %d, and %q:\n%s%s", c.name, code, c.code, c.says, stdout, stderr)
		}
	}
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 1, Seconds: 1})
	if code, stdout, stderr := call(t, "verify", dir); code != 0 || !strings.Contains(stdout, "intact") {
		t.Fatalf("status %d: %s%s", code, stdout, stderr)
	}
	bench := filepath.Join(dir, "bench.txt")
	if err := os.WriteFile(bench, []byte("BenchmarkX 1 1 sec/op\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := call(t, "verify", dir); code != 1 || !strings.Contains(stderr, "bench.txt was changed") {
		t.Errorf("status %d: %s", code, stderr)
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"compare"}, 2, "accepts between 1 and 2 arg"},
		{[]string{"nonsense"}, 2, "unknown command"},
		{[]string{"verify", "--no-such-flag", "x"}, 2, "unknown flag"},
		{[]string{"verify", "/nonexistent"}, 1, "no bundle there"},
		{[]string{"compare", "/nonexistent", "x"}, 1, "no such file"},
	} {
		code, _, stderr := call(t, c.args...)
		if code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: status %d, want %d; stderr %q, want %q", c.args, code, c.code, stderr, c.says)
		}
	}
}
