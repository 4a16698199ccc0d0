package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runsFromArchive unpacks the program and uses it in an empty environment and an empty
// folder: no HOME, no PATH, no cache.
func runsFromArchive(t *testing.T, release string, p platform) {
	if p.os != "linux" {
		t.Log("SKIPPED: the program from its archive; it is run on Linux only")
		return
	}
	base := "assay_" + testVersion + "_" + p.String()
	assay := filepath.Join(t.TempDir(), "assay")
	if err := os.WriteFile(assay, unpack(t, filepath.Join(release, base+".tar.gz"))["assay"], 0o755); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer server.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s.yaml"), []byte(`version: 1
name: s
server: {url: "`+server.URL+`"}
load: {closed: {clients: 1, duration: 200ms}}
targets: [{method: GET, path: /}]
warmup: 0s
blocks: 1
`), 0o644); err != nil {
		t.Fatal(err)
	}
	// Only what reserves the machine is told not to wait for other tests.
	lock := "ASSAY_LOCK=" + filepath.Join(t.TempDir(), "lock")
	for _, c := range []struct {
		env  []string
		args string
		want string // in what the command prints
	}{
		{nil, "--version", "assay " + testVersion + " (commit " + testCommit + ", go"},
		{nil, "init " + server.URL + " -o first.yaml", ""},
		{nil, "validate s.yaml", "s.yaml: ok"},
		{nil, "plan s.yaml", "1 trial"},
		{[]string{lock}, "run --quick --out bundle s.yaml", "scenario=s/variant=default"},
		{nil, "verify bundle", "bundle"},
		{nil, "report bundle -o report.md", ""},
		{nil, "bench bundle", "scenario=s"},
	} {
		cmd := exec.Command(assay, strings.Fields(c.args)...)
		cmd.Dir, cmd.Env = dir, append([]string{}, c.env...)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), c.want) {
			t.Errorf("assay %s: %v, want %q in\n%s", c.args, err, c.want, out)
		}
	}
	if manifest := read1(t, filepath.Join(dir, "bundle", "manifest.json")); !strings.Contains(manifest, `"tool": "assay harness `+testVersion+`"`) {
		t.Error("the manifest of a bundle does not name the version")
	}
}
