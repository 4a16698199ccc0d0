package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/results"
)

// pageOf makes the report of a bundle and returns its text and the names of its
// pictures.
func pageOf(t *testing.T, bundle string) (text string, pictures string) {
	t.Helper()
	page := filepath.Join(t.TempDir(), "page.md")
	if code, _, stderr := call(t, "report", bundle, "-o", page); code != 0 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	_, plots := placesOf(page, "")
	files := read(t, page, plots)
	for name := range files {
		pictures += filepath.Base(name) + "\n"
	}
	return allPages(t, page), pictures
}

func TestReportOfASearch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.WriteSearch(t, dir)
	text, pictures := pageOf(t, dir)
	for _, want := range []string{
		"- **`steady`, capacity**: `workerpool` holds its objectives at **295/s** (confirmed; 9 trials at this rate) and falls behind its schedule at 308/s.",
		"- **`steady`, capacity**: `naive` holds its objectives at **800/s** (**not confirmed**); where it ends was not found: the generator is the limit: it used 97 % of its 1 CPU.",
		"# Capacity: steady",
		"Sought: the highest rate at which the p99 response time is below 200 ms and the share of errors is below 6 %.",
		"| `workerpool` | 295 | yes | 308 | done: the bracket is 4.4 % wide |",
		"| `naive` | 800 | **no** | – | the generator is the limit: it used 97 % of its 1 CPU |",
		"400 § |", "harness search scenarios/steady.yaml", "voided trials",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	// Nothing of a search is compared by pairs or judged as a run of blocks.
	for _, wrong := range []string{"\n# steady", "against `", "Hodges–Lehmann estimates over", "voided blocks", "Nothing to compare"} {
		if strings.Contains(text, wrong) {
			t.Errorf("the report says %q", wrong)
		}
	}
	for _, want := range []string{"steady-capacity-latency-light.svg", "steady-capacity-goodput-dark.svg"} {
		if !strings.Contains(pictures, want) {
			t.Errorf("no picture %s among\n%s", want, pictures)
		}
	}
}

func TestCheckOfASearch(t *testing.T) {
	dir := t.TempDir()
	bundletest.WriteSearch(t, dir)
	code, stdout, stderr := call(t, "check", dir)
	if code != 2 || stdout != "" || !strings.Contains(stderr, "which rates held") {
		t.Errorf("status %d: %s%s", code, stdout, stderr)
	}
}

// A search that was killed has trials and no results.
func TestReportOfAKilledSearch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.WriteSearch(t, dir)
	path := filepath.Join(dir, results.ManifestFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m results.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	m.Searches, m.State = nil, results.StateRunning
	if data, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	text, _ := pageOf(t, dir)
	for _, want := range []string{"| `naive` | – | **no** | – | the search is running |", "`naive` was seen to hold the objectives at **no rate**: the search is running."} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
}
