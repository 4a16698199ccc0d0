package command

import (
	"fmt"
	"os"
	"os/exec"
	ossignal "os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
)

// TestNothingIsLeftOfEndedRuns ends a run whose server is a grandchild, in every way in
// which a run ends that is not its own. No process is left; the files that a killed run
// leaves are removed by the next one.
func TestNothingIsLeftOfEndedRuns(t *testing.T) {
	dir := t.TempDir()
	temp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temp)
	t.Setenv(host.LockVariable, filepath.Join(dir, "lock"))
	if err := os.Symlink(os.Args[0], filepath.Join(dir, "testserver")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	pids := filepath.Join(dir, "pids")
	// scenario writes a scenario of so many seconds, whose server is a grandchild that
	// leaves the process group and tells its number.
	scenario := func(seconds int) string {
		file := filepath.Join(dir, fmt.Sprintf("s%d.yaml", seconds))
		text := fmt.Sprintf(`version: 1
name: s
server:
  command: [sh, -c, 'setsid testserver "$1" & echo $! >> %s; wait', sh, "${port}"]
  ready: {path: /health, timeout: 2m}
load: {open: {rate: 100/s, duration: %ds}, connections: 2}
targets: [{method: GET, path: /}]
warmup: 0s
blocks: 1
`, pids, seconds)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	start := func(number int, file string) *exec.Cmd {
		c := &exec.Cmd{Path: os.Args[0], Args: []string{"harness", "run", "--quick", "--out", filepath.Join(dir, fmt.Sprint("bundle", number)), file}, Env: os.Environ()}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for i, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT, syscall.SIGKILL} {
		if ossignal.Ignored(signal) {
			t.Logf("%v is not tried: this process ignores it, as one that nohup started, and so would the run", signal)
			continue
		}
		if err := os.RemoveAll(pids); err != nil {
			t.Fatal(err)
		}
		c := start(2*i, scenario(600))
		await(t, "a server", func() bool { text, _ := os.ReadFile(pids); return strings.HasSuffix(string(text), "\n") })
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err == nil {
			t.Errorf("%v: the run ended as if it was complete", signal)
		}
		text, err := os.ReadFile(pids)
		if err != nil {
			t.Fatal(err)
		}
		for _, pid := range strings.Fields(string(text)) {
			await(t, "the end of process "+pid, func() bool { return ended(pid) })
		}
		if signal == syscall.SIGKILL {
			if err := start(2*i+1, scenario(1)).Wait(); err != nil {
				t.Errorf("the next run: %v", err)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
			t.Errorf("%v: left in TMPDIR: %q", signal, left)
		}
	}
}

// await waits for something that happens, and fails only if it never does.
func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !happened(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// ended reports whether a process has gone, or only waits for its parent to notice.
func ended(pid string) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return true
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z")
}
