package command

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/results"
)

// What a skipped scenario promises is not known, so it is not met.
func TestCheckOfASkippedScenario(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	bundletest.WriteCheck(t, dir, bundletest.Check{Skipped: true})
	code, stdout, stderr := call(t, "check", dir)
	if code != 3 || !strings.HasPrefix(stdout, "undecided: 4 of 4 objectives met") || !strings.Contains(stdout, "not measured here: no database") {
		t.Errorf("status %d:\n%s%s", code, stdout, stderr)
	}
}

// TestCheckRefuses is about runs from which nothing may be concluded.
func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		check  bundletest.Check
		damage func(t *testing.T, dir string)
		says   string
	}{
		{"not ended", bundletest.Check{State: results.StateRunning}, nil, "the run has not ended"},
		{"edited", bundletest.Check{}, func(t *testing.T, dir string) {
			path := filepath.Join(dir, results.TrialsFile)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, bytes.Replace(data, []byte(`"error":0`), []byte(`"error":9`), 1), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "trials.jsonl:1: the line was changed"},
		{"cut short", bundletest.Check{}, func(t *testing.T, dir string) { bundletest.Truncate(t, dir, results.TrialsFile, 20) }, "trials.jsonl was changed"},
	} {
		dir := filepath.Join(t.TempDir(), "bundle")
		bundletest.WriteCheck(t, dir, c.check)
		if c.damage != nil {
			c.damage(t, dir)
		}
		if code, stdout, stderr := call(t, "check", dir); code != 2 || stdout != "" || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: status %d, want 2, and %q:\n%s%s", c.name, code, c.says, stdout, stderr)
		}
	}
}

// full takes nothing, like a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// What could not be said must not look like an objective that is missed.
func TestCheckThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	bundletest.WriteCheck(t, dir, bundletest.Check{})
	var stderr bytes.Buffer
	if code := Run(context.Background(), []string{"check", dir}, strings.NewReader(""), full{}, &stderr); code != 2 || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("status %d, want 2: %s", code, &stderr)
	}
}
