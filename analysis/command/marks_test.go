package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/results"
)

// A report says which trials the generator limited, and not that the server was
// saturated in them; and it says that a load went over HTTPS without a check.
func TestReportOfALimitedGenerator(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 6, Seconds: 1, Limited: true, Secure: true})
	text, _ := pageOf(t, dir)
	for _, want := range []string{
		"the generator, and not the server, was the limit in 6 of",
		"※ generator-limited: the load generator was the limit, and not the server",
		"an answer that had come waited for the generator (handling) for a p99 of at most 5",
		", over HTTPS without a check of the certificate (insecure)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	if !regexp.MustCompile(`(?m)^\| generator lag \|.*\*\*caution\*\* \|$`).MatchString(text) {
		t.Errorf("the report calls the lag good although the generator was the limit:\n%s", text)
	}
	if strings.Contains(text, "saturated: ") {
		t.Errorf("the report says that the server was saturated:\n%s", text)
	}
	bench, err := os.ReadFile(filepath.Join(dir, results.BenchFile))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(bench)) {
		if strings.HasPrefix(line, "Benchmark") && !strings.Contains(line, " handling-p99-sec") {
			t.Errorf("no handling in %s", line)
		}
	}
}

// The report of a bundle without these says nothing of them.
func TestReportWithoutMarks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 6, Seconds: 1})
	text, _ := pageOf(t, dir)
	for _, wrong := range []string{"generator-limited", "HTTPS", "handling"} {
		if strings.Contains(text, wrong) {
			t.Errorf("the report says %q", wrong)
		}
	}
}
