// Package testenv gives tests the external programs that they need.
//
// If a program is missing, a test that needs it is skipped, with a line that says
// what to install. If the variable CI is set, the test fails instead, so that no
// check is lost unnoticed. The package is only for tests.
package testenv

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Command returns the path of a program. If there is none, the test is skipped, or
// fails if CI is set; source says where to get the program.
func Command(t testing.TB, name, source string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name+" is not installed: "+source)
	}
	return path
}

// Missing ends a test that cannot run on this machine: the test is skipped, or fails
// if CI is set.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s; CI must have it", what)
	}
	t.Skipf("SKIPPED: %s", what)
}

// Root returns the directory of the module's go.mod.
func Root(t testing.TB) string {
	t.Helper()
	directory, err := root()
	if err != nil {
		t.Fatal(err)
	}
	return directory
}

// root is the folder of the module, above that of the test which runs.
func root() (string, error) {
	directory, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(directory, "go.mod")); err == nil {
			return directory, nil
		}
		parent := filepath.Dir(directory)
		if parent == directory {
			return "", errors.New("no go.mod in any directory above the test's")
		}
		directory = parent
	}
}
