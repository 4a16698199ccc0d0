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

// changeManifest edits the manifest of a finished bundle.
func changeManifest(t *testing.T, dir string, change func(m *results.Manifest)) {
	t.Helper()
	path := filepath.Join(dir, results.ManifestFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m results.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	change(&m)
	if text, err = json.Marshal(&m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := results.WriteSums(dir); err != nil {
		t.Fatal(err)
	}
}

// built gives a variant's programs a build.
func built(variant string, b results.BuildInfo) func(m *results.Manifest) {
	return func(m *results.Manifest) {
		if m.Builds == nil {
			m.Builds = map[string]results.BuildInfo{}
		}
		for _, s := range m.Scenarios {
			for _, server := range s.Servers {
				m.Builds[results.BuildKey(s.Name, variant, server.Name)] = b
			}
		}
	}
}

// What differs between base and head and is no code is said before anything else.
func TestEnvironmentComesFirst(t *testing.T) {
	top := t.TempDir()
	dir, other := filepath.Join(top, "a"), filepath.Join(top, "b")
	old := results.BuildInfo{Go: "go1.25.3", Settings: map[string]string{"-tags": "fast"}, Modules: map[string]string{"example.org/json": "v1.2.0", "example.org/gone": "v0.1.0"}}
	now := results.BuildInfo{Go: "go1.26.1", Settings: map[string]string{"-gcflags": "-N"}, Modules: map[string]string{"example.org/json": "v1.3.0", "example.org/new": "v0.2.0"}}
	for _, path := range []string{dir, other} {
		bundletest.WriteCheck(t, path, bundletest.Check{})
		changeManifest(t, path, func(m *results.Manifest) {
			built("base", old)(m)
			built("head", now)(m)
		})
	}
	lines := []string{"Go: go1.25.3, head go1.26.1", "build setting -gcflags: only in head, -N", "build setting -tags: only in base, fast",
		"module example.org/gone: only in base, v0.1.0", "module example.org/json: v1.2.0, head v1.3.0", "module example.org/new: only in head, v0.2.0"}
	_, stdout, _ := call(t, "gate", dir, "--base", "base", "--head", "head")
	verdict, rest, _ := strings.Cut(stdout, "\n")
	first := "\nBase and head differ in more than code:\n" + strings.Join(lines, "\n") + "\n"
	if strings.Contains(verdict, " ") || !strings.HasPrefix(rest, first) {
		t.Errorf("the gate says\n%s\nwant after the verdict\n%s", stdout, first)
	}
	_, stdout, _ = call(t, "gate", dir, "--base", "base", "--head", "head", "--json")
	var said struct{ Environment []string }
	if err := json.Unmarshal([]byte(stdout), &said); err != nil || strings.Join(said.Environment, "|") != strings.Join(lines, "|") {
		t.Errorf("%q, %v", said.Environment, err)
	}
	page := filepath.Join(top, "page.md")
	call(t, "gate", dir, "--base", "base", "--head", "head", "--markdown", page)
	text, err := os.ReadFile(page)
	if _, rest, _ := strings.Cut(string(text), "\n"); err != nil || !strings.HasPrefix(rest, "\n**Base and head differ in more than code**\n\n- Go: go1.25.3, head go1.26.1\n") {
		t.Errorf("the page is\n%s (%v)", text, err)
	}
	_, _, stderr := call(t, "compare", dir, "--base", "base", "--head", "head")
	for _, line := range lines {
		if !strings.Contains(stderr, "base and head differ in more than code: "+line) {
			t.Errorf("compare does not warn of %q:\n%s", line, stderr)
		}
	}

	// Two bundles may have been made on different machines. The gate compares none whose
	// processors or quotas differ.
	changeManifest(t, other, func(m *results.Manifest) {
		m.Host.Kernel, m.Host.CgroupMemory = "9.9", "1G"
		built("head", old)(m)
	})
	changeManifest(t, dir, func(m *results.Manifest) { m.Host.Kernel, m.Host.CgroupMemory = "6.1", "2G" })
	_, _, compared := call(t, "compare", dir, other)
	_, gated, _ := call(t, "gate", dir, other)
	for _, line := range []string{"kernel: 6.1, head 9.9", "memory limit: 2G, head 1G", "Go: go1.26.1, head go1.25.3"} {
		if !strings.Contains(compared, line) || !strings.Contains(gated, line) {
			t.Errorf("no %q in\n%s\nor\n%s", line, compared, gated)
		}
	}
	changeManifest(t, other, func(m *results.Manifest) { m.Host.CgroupCPU, m.Host.CPUModel = "50000 100000", "Another" })
	changeManifest(t, dir, func(m *results.Manifest) { m.Host.CgroupCPU, m.Host.CPUModel = "max 100000", "One" })
	_, _, compared = call(t, "compare", dir, other)
	status, _, refused := call(t, "gate", dir, other)
	for _, part := range []string{"processor (One, Another)", "CPU quota (max 100000, 50000 100000)"} {
		if !strings.Contains(compared, part) || status != 2 || !strings.Contains(refused, part) {
			t.Errorf("no %q in\n%s\nor\n%s", part, compared, refused)
		}
	}
}
