package provenance

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// A program in Go tells its build, and any other file tells nothing.
func TestProgram(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := Program(scenario.Server{Command: []string{self}})
	if !ok || p.Go != runtime.Version() || p.Settings["GOARCH"] != runtime.GOARCH {
		t.Errorf("%v, %+v", ok, p)
	}
	for key := range p.Settings {
		if key == "vcs.revision" || key == "vcs.time" {
			t.Errorf("%s is the code and no setting", key)
		}
	}
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{nil, {script}, {filepath.Join(t.TempDir(), "none")}} {
		if _, ok := Program(scenario.Server{Command: command}); ok {
			t.Errorf("%v is no program in Go", command)
		}
	}
}
