package report

import (
	"testing"

	"github.com/assay-bench/assay/results"
)

// A run is made again by the program that made it, which make builds in Assay's own
// repository.
func TestProgramOfARun(t *testing.T) {
	type want struct {
		program   string
		installed bool
	}
	for command, w := range map[string]want{
		"assay": {"assay", true}, "./assay": {"assay", true}, "/usr/local/bin/assay": {"assay", true}, "/opt/assay.exe": {"assay", true},
		"bin/assay": {"bin/assay", false}, "./bin/assay": {"bin/assay", false},
		"bin/harness": {}, "/tmp/assay/harness": {}, "": {},
	} {
		m := &results.Manifest{Command: []string{command, "run"}}
		if program, installed := assay(m); program != w.program || installed != w.installed {
			t.Errorf("%q: %q, installed %v, want %+v", command, program, installed, w)
		}
	}
	if program, installed := assay(&results.Manifest{}); program != "" || installed {
		t.Error("a run whose command is not known")
	}
}
