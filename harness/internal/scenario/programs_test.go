package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A program whose path has a slash is that beside the scenario file, from wherever the
// harness is started. Without one there, it is the one below the current folder, unless
// the scenario gives a directory of its own.
func TestProgramsBesideTheScenario(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	for _, name := range []string{"scenarios/here", "here", "there"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ program, dir, want string }{
		{"./here", "", filepath.FromSlash("scenarios/here")},
		{"./there", "", "./there"},
		{"./here", "\n  dir: .", "./here"},
		{"sh", "", "sh"},
		{"./missing", "", "./missing"},
	} {
		text := strings.Replace(strings.Replace(base, "bin/server", c.program, 1), "\nvariants:", c.dir+"\nvariants:", 1)
		s, err := Parse("scenarios/s.yaml", []byte(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{s.Servers[0].Name: 1}})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Servers[0].Command[0]; got != c.want {
			t.Errorf("%s%s: %s, want %s", c.program, c.dir, got, c.want)
		}
	}
	s, err := Parse("s.yaml", []byte(strings.Replace(base, "bin/server", "./here", 1)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{s.Servers[0].Name: 1}})
	if err != nil || r.Servers[0].Command[0] != "."+string(filepath.Separator)+"here" {
		t.Errorf("beside a file in the current folder: %v, %v", r.Servers[0].Command, err)
	}
}
