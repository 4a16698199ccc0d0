package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// One more row in the metric table, here of a p75, is all that it takes: trials
// record it, bench.txt has it, objectives and the gate's options know its name, and
// the comparison and the report show it. The program is built with the row added.
func TestMetricIsOneRow(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program anew")
	}
	assay := buildWith(t, "results/metric.go", "\tquantile(\"p90\", 0.90, 0),\n", "\tquantile(\"p75\", 0.75, 0),\n")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok")) }))
	defer server.Close()
	dir := t.TempDir()
	t.Setenv("ASSAY_LOCK", filepath.Join(dir, "lock")) // nothing here needs the machine to itself
	file := filepath.Join(dir, "p75.yaml")
	write(t, file, `version: 1
name: one-row
server: {url: "`+server.URL+`"}
variants: [{name: base}, {name: head}]
load: {open: {rate: 200/s, duration: 1s}}
targets: [{path: "/${variant}"}]
warmup: 0s
blocks: 2
objectives: ["p75 < 10s"]
`)
	bundle, page := filepath.Join(dir, "bundle"), filepath.Join(dir, "page.md")
	bench := filepath.Join(bundle, "bench.txt")
	for _, c := range []struct {
		args  string
		codes []int
		want  string
	}{
		{"validate " + file, []int{0}, ""},
		{"run --out " + bundle + " " + file, []int{0}, ""},
		{"check " + bundle, []int{0, 3}, "p75 < 10s"},
		{"compare --base base --head head " + bundle, []int{0}, "p75"},
		{"gate --base base --head head --metric p75 --margin p75=20% " + bundle, []int{0, 1, 3}, "p75-sec"},
		{"report -o " + page + " " + bundle, []int{0}, ""},
	} {
		cmd := exec.Command(assay, strings.Fields(c.args)...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		code := cmd.ProcessState.ExitCode()
		ok := false
		for _, want := range c.codes {
			ok = ok || code == want
		}
		if !ok || !strings.Contains(string(out), c.want) {
			t.Fatalf("assay %s: exit %d, want one of %d and %q:\n%s", c.args, code, c.codes, c.want, out)
		}
	}
	for path, want := range map[string][]string{
		filepath.Join(bundle, "trials.jsonl"): {`"p75_ns":`},
		bench:                                 {"Unit p75-sec better=lower\n", " p75-sec "},
		filepath.Join(dir, "page-report", "one-row.md"): {"| p75, ", "p75 < 10s"},
	} {
		text, err := os.ReadFile(path)
		for _, w := range want {
			if err != nil || !strings.Contains(string(text), w) {
				t.Errorf("%s (%v) has no %q", filepath.Base(path), err, w)
			}
		}
	}
}

// buildWith builds this program with a line added behind another one of a source
// file, which itself stays as it is.
func buildWith(t *testing.T, path, after, line string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(source), after) != 1 {
		t.Fatalf("%s does not have the line %q once", path, after)
	}
	dir := t.TempDir()
	changed, overlay, program := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "assay")
	write(t, changed, strings.Replace(string(source), after, line+after, 1))
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, overlay, string(replace))
	if out, err := exec.Command("go", "build", "-overlay", overlay, "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
