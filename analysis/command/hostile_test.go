package command

import (
	encodingcsv "encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
)

// said is what a pull request could write into a text that Assay shows: markup, a picture
// from elsewhere, a workflow command, and what a terminal obeys.
const said = "<img src=//host.test/a> ![p](//host.test/b) [l](//host.test/c) ::error::one ##[error]two " +
	"\x1b[31mred\x1b]0;title\x07 | `code` &#60;b>\n::error::three\n# heading\n```\n<script>"

// inCode matches blocks and spans of code.
var inCode = regexp.MustCompile("(?s)\n```sh\n.*?\n```\n|````.*?````|``.*?``|`.*?`")

// harmless reports what of it got through to an output: to a terminal, where Markdown means
// nothing, or to a page.
func harmless(t *testing.T, where, text string, page bool) {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || page && strings.HasPrefix(line, "# heading") {
			t.Errorf("%s: a line begins with a command: %q", where, line)
		}
	}
	bad := []string{"\x1b", "\x07", "##[error]"}
	if page {
		text = inCode.ReplaceAllString(text, "") // where nothing is markup
		bad = append(bad, "<img src=//", "](//host", "<script>", "&#60;b>")
	}
	for _, b := range bad {
		if i := strings.Index(text, b); i >= 0 {
			t.Errorf("%s: %q got through: %q", where, b, text[max(0, i-60):min(len(text), i+60)])
		}
	}
}

// What a bundle says has no effect where it is shown: in no page, picture or terminal.
func TestTextsOfABundleHaveNoEffect(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 2, Seconds: 1, Values: 50, Void: true, Said: said})
	page := filepath.Join(t.TempDir(), "page.md")
	code, stdout, stderr := call(t, "report", dir, "-o", page)
	if code != 0 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	harmless(t, "report, terminal", stdout+stderr, false)
	rooms, pictures := placesOf(page, "")
	files := read(t, page, rooms, pictures)
	for name, text := range files {
		harmless(t, filepath.Base(name), text, true)
	}
	if text := allPages(t, page); !strings.Contains(text, "&lt;img src=//host.test/a>") {
		t.Errorf("the texts are in no page:\n%s", text)
	}
	for _, args := range [][]string{{"check", dir}, {"verify", dir}, {"compare", dir}, {"gate", dir, "--base", "naive", "--head", "optimized"}} {
		_, stdout, stderr := call(t, args...)
		harmless(t, args[0], stdout+stderr, false)
	}
}

// Names and units of benchmarks come from the code that is measured.
func TestNamesOfBenchmarksHaveNoEffect(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i, name := range []string{"old.txt", "new.txt"} {
		var b strings.Builder
		for k := range 10 {
			for _, bench := range []string{"::error::x", "A/<img src=//host.test/a>", "B/[l](//host.test/c)", "C/\x1b[31m|`d`", "D/##[error]", `E\\|f`} {
				b.WriteString("Benchmark" + strings.ReplaceAll(bench, " ", "_") + " 100 " + []string{"100", "140"}[i] + "." + string(rune('0'+k)) + " ns/op 7 <b>&#60;b>\x1b[1m/op\n")
			}
		}
		files = append(files, filepath.Join(dir, name))
		if err := os.WriteFile(files[i], []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	markdown := filepath.Join(dir, "gate.md")
	for _, c := range []struct {
		args []string
		page bool
	}{
		{[]string{"compare"}, false}, {[]string{"compare", "--markdown"}, true}, {[]string{"gate", "--markdown", markdown}, false},
	} {
		code, stdout, stderr := call(t, append(c.args, files...)...)
		if code > 1 {
			t.Errorf("%v: status %d: %s", c.args, code, stderr)
		}
		harmless(t, strings.Join(c.args, " "), stdout+stderr, c.page)
	}
	text, err := os.ReadFile(markdown)
	if err != nil {
		t.Fatal(err)
	}
	harmless(t, "job summary", string(text), true)
	if !strings.Contains(string(text), "host.test/a") {
		t.Errorf("the names are not in the job summary:\n%s", text)
	}
	// A spreadsheet computes nothing from a comparison.
	formula := filepath.Join(dir, "formula.txt")
	if err := os.WriteFile(formula, []byte(strings.Repeat("BenchmarkA/variant==HYPERLINK(1) 1 100 ns/op 5 =1+1/op\nBenchmarkA/variant=@SUM(1) 1 110 ns/op 6 =1+1/op\nBenchmarkA/variant=-2+3 1 110 ns/op 6 +1/op\n", 6)), 0o644); err != nil {
		t.Fatal(err)
	}
	code, csv, stderr := call(t, "compare", formula, "--col", "/variant", "--csv")
	if code != 0 {
		t.Errorf("status %d: %s", code, stderr)
	}
	harmless(t, "CSV", csv, false)
	records, err := encodingcsv.NewReader(strings.NewReader(csv)).ReadAll()
	if err != nil || len(records) < 4 {
		t.Fatalf("%d records, %v:\n%s", len(records), err, csv)
	}
	quoted := 0
	for _, record := range records {
		for _, cell := range record {
			if strings.HasPrefix(cell, "'") {
				quoted++
			}
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
		}
	}
	if quoted == 0 {
		t.Errorf("no cell is marked as text:\n%s", csv)
	}
	// The output of a run that fails and that of a missing file hold the same names.
	_, stdout, stderr := call(t, "compare", filepath.Join(dir, "\n::error::x\x1b[31m"), files[0])
	harmless(t, "a missing file", stdout+stderr, false)
}
