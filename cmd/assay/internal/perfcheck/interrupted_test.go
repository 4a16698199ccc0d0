//go:build unix

package perfcheck

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// hangs starts a check whose harness waits to be ended, and returns the processes
// that it waits in.
func (p *project) hangs() (c *exec.Cmd, pids []string) {
	p.t.Helper()
	if err := os.Remove(p.log); err != nil && !os.IsNotExist(err) {
		p.t.Fatal(err)
	}
	if err := syscall.Mkfifo(p.log, 0o600); err != nil {
		p.t.Fatal(err)
	}
	c, _, stderr := p.command("STUB_HANG=1", "--out", "o", "base", "head")
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	// Opening the pipe waits for the stub, and reading for its word.
	log, err := os.Open(p.log)
	if err != nil {
		p.t.Fatal(err)
	}
	defer log.Close()
	var text []byte
	hanging := regexp.MustCompile(`hanging (\d+) (\d+)\n`)
	for hanging.Find(text) == nil {
		more := make([]byte, 4096)
		n, err := log.Read(more)
		if err != nil {
			p.t.Fatalf("%v after %s\n%s", err, text, stderr)
		}
		text = append(text, more[:n]...)
	}
	for _, pid := range hanging.FindSubmatch(text)[1:] {
		pids = append(pids, string(pid))
	}
	return c, pids
}

// gone wants that processes have ended.
func (p *project) gone(pids []string) {
	p.t.Helper()
	for _, pid := range pids {
		// One that has ended, and that nobody has waited for yet, is there for kill,
		// but has no command line.
		if text, err := os.ReadFile("/proc/" + pid + "/cmdline"); err == nil && len(text) == 0 {
			continue
		}
		if exec.Command("kill", "-0", pid).Run() == nil {
			p.t.Errorf("process %s still runs", pid)
		}
	}
}

// An interrupted check ends what it started, and leaves no summary.
func TestInterrupted(t *testing.T) {
	for _, s := range []struct {
		signal syscall.Signal
		status int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}} {
		if signal.Ignored(s.signal) {
			continue // as in a job of the background: a check leaves that as it is
		}
		t.Run(s.signal.String(), func(t *testing.T) {
			p := newProject(t)
			c, pids := p.hangs()
			if err := c.Process.Signal(s.signal); err != nil {
				t.Fatal(err)
			}
			c.Wait()
			if got := c.ProcessState.ExitCode(); got != s.status {
				t.Errorf("exit status %d, want %d\n%s", got, s.status, c.Stderr)
			}
			p.clean()
			p.gone(pids)
			if left, _ := filepath.Glob(p.dir + "/o/*.*"); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// A check that is killed cannot clean up. Its processes end with it where the system
// can see to that, and the next check cleans up the rest.
func TestKilled(t *testing.T) {
	p := newProject(t)
	c, pids := p.hangs()
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait()
	if list := p.git("worktree", "list"); strings.Count(list, "\n") != 3 {
		t.Fatalf("the test has nothing to clean up:\n%s", list)
	}
	if err := os.Remove(p.log); err != nil {
		t.Fatal(err)
	}
	p.check(0, "--out", "o2", "base", "head")
	if runtime.GOOS == "linux" {
		p.gone(pids)
	}
	if left, _ := filepath.Glob(p.dir + "/o/*.*"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
