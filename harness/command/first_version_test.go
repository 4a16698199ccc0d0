package command

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// A run of the first version that was killed in its last trial goes on: seven
// trials stay as they are, and the eighth is made.
func TestRunOfTheFirstVersionGoesOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the test server is found by a symbolic link")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv(host.LockVariable, filepath.Join(dir, "lock"))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if err := os.Symlink(os.Args[0], filepath.Join(dir, "testserver")); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(dir, "v1")
	if err := os.CopyFS(bundle, os.DirFS("../../results/testdata/v1")); err != nil {
		t.Fatal(err)
	}
	was, err := results.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	killedHere(t, was)
	args := []string{"harness", "run", "--resume", "--quick", "--blocks", "2", "--out", bundle}
	for _, s := range was.Manifest.Scenarios {
		file := filepath.Join(dir, s.File)
		if err := os.WriteFile(file, []byte(s.Text), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	c := &exec.Cmd{Path: os.Args[0], Args: args, Env: os.Environ()}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := results.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Trials) != 8 || len(b.Valid()) != 8 || b.Manifest.State != results.StateComplete {
		t.Errorf("%d trials, %d of them valid, %s", len(b.Trials), len(b.Valid()), b.Manifest.State)
	}
	if found, err := results.Verify(bundle); err != nil || len(found) > 0 {
		t.Errorf("verify: %v, %v", found, err)
	}
}

// killedHere makes a finished run one that was killed on this machine while its
// last trial ran, with programs that nobody has hashed.
func killedHere(t *testing.T, b *results.Bundle) {
	t.Helper()
	path := filepath.Join(b.Dir, results.TrialsFile)
	lines, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(bytes.TrimSpace(lines), '\n') + 1
	if err := os.WriteFile(path, lines[:last+20], 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(b.Dir, results.SumsFile)); err != nil {
		t.Fatal(err)
	}
	m := *b.Manifest
	m.State, m.Quick, m.Binaries, m.Host = results.StateRunning, true, nil, host.Facts(host.Place())
	m.Host.AnswerStamps = attack.AnswerStamps()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.Dir, results.ManifestFile), text, 0o644); err != nil {
		t.Fatal(err)
	}
}
