package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
)

// The short form of make torture is a part of the full form of the tests.
func TestShortForm(t *testing.T) {
	if testing.Short() {
		t.Skip("the short form takes minutes")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	for name, pkg := range map[string]string{"assay": "./cmd/assay", "server": "./server", "torture": "./cmd/torture"} {
		c := exec.Command("go", "build", "-o", filepath.Join(bin, name), pkg)
		c.Dir = root
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	c := exec.Command(filepath.Join(bin, "torture"), "-short", "-bin", bin)
	c.Dir = root
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	t.Log("\n" + out.String())
}
