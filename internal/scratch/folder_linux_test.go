package scratch

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const prefix = "assay-test."

func make1(t *testing.T) *Folder {
	t.Helper()
	f, err := Make(prefix)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// daemon starts a process that leaves its group and its parent, and returns a pipe that
// it holds the writing end of.
func daemon(t *testing.T, f *Folder) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	leave := f.Enter()
	defer leave()
	cmd := exec.Command("setsid", "sh", "-c", "sleep 600 & exit 0")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return r
}

// ended wants that no process holds the writing end of a pipe.
func ended(t *testing.T, pipe *os.File) {
	t.Helper()
	if err := pipe.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n, err := pipe.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) {
		t.Errorf("a process is left: read %d, %v", n, err)
	}
}

// A program that was killed holds its lock no longer. Who comes next cleans up for it,
// and for no program that is still at work.
func TestSweepEndsWhatADeadProgramLeft(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv(Variable, "")
	killed, working := make1(t), make1(t)
	pipe := daemon(t, killed)
	killed.Abandon()
	between := ""
	removed := Sweep(prefix, func(path string) { between = path })
	if len(removed) != 1 || removed[0] != killed.Path || between != killed.Path {
		t.Errorf("removed %q, between %q, want %s alone", removed, between, killed.Path)
	}
	ended(t, pipe)
	if err := working.Close(nil); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// Processes are found by the innermost folder and by every outer one.
func TestFoldersNest(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv(Variable, "")
	outer := make1(t)
	leave := outer.Enter()
	inner := make1(t)
	pipe := daemon(t, inner)
	leave()
	if os.Getenv(Variable) != "" {
		t.Errorf("after leaving: %q", os.Getenv(Variable))
	}
	if err := outer.Close(nil); err != nil {
		t.Error(err)
	}
	ended(t, pipe)
	inner.Discard()
}
