package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-bench/assay/server/internal/pattern"
)

// The README lists every flag, and every pattern as the table does.
func TestREADMEKeepsUp(t *testing.T) {
	content, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(content)
	for _, spec := range pattern.Table() {
		if line := "| `" + spec.Name + "` | " + spec.Bounds + " | " + spec.Refuses + " |\n"; !strings.Contains(readme, line) {
			t.Errorf("no line %q", line)
		}
	}
	var help strings.Builder
	if status := run(t.Context(), []string{"-help"}, &help, io.Discard); status != 0 {
		t.Fatalf("help: status %d", status)
	}
	for _, flag := range regexp.MustCompile(`(?m)^  (-\S+)`).FindAllStringSubmatch(help.String(), -1) {
		if !strings.Contains(readme, "`"+flag[1]+"`") {
			t.Errorf("flag %s is not listed", flag[1])
		}
	}
}
