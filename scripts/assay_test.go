//go:build unix

package scripts

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// checkout makes a folder that has the scripts, and a program that says how it was
// called and ends with the exit status 3.
func checkout(t *testing.T, source string) (dir string, env []string) {
	t.Helper()
	dir, temp := t.TempDir(), t.TempDir()
	for _, name := range []string{"assay.sh", "perf-check.sh", "perf-bisect.sh", "bench-gate.sh"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "scripts", name), string(text))
	}
	write(t, filepath.Join(dir, "go.mod"), "module example.com/x\n\ngo 1.24\n")
	write(t, filepath.Join(dir, "cmd/assay/main.go"), source)
	return dir, append(os.Environ(), "TMPDIR="+temp, "GOWORK=off")
}

// The program is built anew and gets the arguments as they are. What it was built in
// is its own to remove.
func TestBootstrap(t *testing.T) {
	dir, env := checkout(t, `package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	scratch := os.Getenv("ASSAY_SCRATCH")
	fmt.Printf("%q %v\n", os.Args[1:], filepath.Join(scratch, "assay") == os.Args[0])
	os.RemoveAll(scratch)
	os.Exit(3)
}
`)
	for script, want := range map[string]string{
		"assay.sh":       `["a b" "*" ""] true`,
		"perf-check.sh":  `["perf-check" "a b" "*" ""] true`,
		"perf-bisect.sh": `["perf-bisect" "a b" "*" ""] true`,
		"bench-gate.sh":  `["bench-gate" "a b" "*" ""] true`,
	} {
		c := exec.Command(filepath.Join(dir, "scripts", script), "a b", "*", "")
		c.Dir, c.Env = t.TempDir(), env
		out, err := c.CombinedOutput()
		if got := strings.TrimSpace(string(out)); c.ProcessState.ExitCode() != 3 || got != want {
			t.Errorf("%s: %q, %v, want %q and exit status 3", script, got, err, want)
		}
		nothingLeft(t, env)
	}
}

func TestBootstrapThatDoesNotBuild(t *testing.T) {
	dir, env := checkout(t, "package main\n\nfunc main() { it does not compile }\n")
	c := exec.Command(filepath.Join(dir, "scripts", "perf-check.sh"), "base")
	c.Env = env
	out, _ := c.CombinedOutput()
	if text := string(out); c.ProcessState.ExitCode() != 2 || !strings.Contains(text, "unexpected name does") || !strings.Contains(text, "assay does not build") {
		t.Errorf("exit status %d, %s", c.ProcessState.ExitCode(), text)
	}
	nothingLeft(t, env)
	c = exec.Command("/bin/bash", filepath.Join(dir, "scripts", "assay.sh"))
	c.Env = append(env, "PATH="+dir)
	out, _ = c.CombinedOutput()
	if text := string(out); c.ProcessState.ExitCode() != 2 || text != "assay.sh: no go in PATH: install it\n" {
		t.Errorf("without go: exit status %d, %s", c.ProcessState.ExitCode(), text)
	}
}

// A signal ends the build at once, and nothing is left of it.
func TestBootstrapInterrupted(t *testing.T) {
	for s, status := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		dir, env := checkout(t, "")
		write(t, filepath.Join(dir, "bin", "go"), "#!/bin/sh\necho on >&2\nsleep 600\n")
		c := exec.Command(filepath.Join(dir, "scripts", "perf-check.sh"))
		c.Env = append(env, "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
		stderr, err := c.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(stderr, make([]byte, 3)); err != nil { // the build has begun
			t.Fatal(err)
		}
		if err := c.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		// Whatever was started has the pipe, so its end is the end of all.
		if _, err := io.Copy(io.Discard, stderr); err != nil {
			t.Error(err)
		}
		c.Wait()
		if got := c.ProcessState.ExitCode(); got != status {
			t.Errorf("%v: exit status %d, want %d", s, got, status)
		}
		nothingLeft(t, env)
	}
}

// nothingLeft wants an empty TMPDIR.
func nothingLeft(t *testing.T, env []string) {
	t.Helper()
	for _, setting := range env {
		if temp, ok := strings.CutPrefix(setting, "TMPDIR="); ok {
			if left, err := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
				t.Errorf("left: %q, %v", left, err)
			}
		}
	}
}
