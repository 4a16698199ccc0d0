//go:build unix

package scratch

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
)

// repository is a new repository with one commit.
func repository(t *testing.T) *gitrepo.Repo {
	t.Helper()
	dir := t.TempDir()
	for _, args := range [][]string{{"init", "-q"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "one"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	repo, err := gitrepo.Open(t.Context(), new(child.Runner), dir)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// left wants a number of scratch folders and of work trees.
func left(t *testing.T, repo *gitrepo.Repo, folders, trees int) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if err != nil || len(found) != folders {
		t.Errorf("%d entries are left in TMPDIR, want %d: %q, %v", len(found), folders, found, err)
	}
	list, err := repo.Git(t.Context(), "worktree", "list")
	if got := strings.Count(list, "\n"); err != nil || got != trees {
		t.Errorf("%d work trees are left, want %d: %s, %v", got, trees, list, err)
	}
}

func open(t *testing.T) *Dir {
	t.Helper()
	d, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// daemon starts a process that leaves its group and its parent, and returns a pipe
// that it holds the writing end of.
func daemon(t *testing.T, d *Dir) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cmd := exec.Command("setsid", "sh", "-c", "sleep 600 & exit 0")
	cmd.Env, cmd.ExtraFiles = append(os.Environ(), d.Env()...), []*os.File{w}
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

func TestCloseLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	repo := repository(t)
	d := open(t)
	if err := d.AddTree(t.Context(), repo, "base", "HEAD"); err != nil {
		t.Fatal(err)
	}
	left(t, repo, 1, 1)
	pipe := daemon(t, d)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	left(t, repo, 0, 0)
	ended(t, pipe)
}

// A killed program holds its lock no longer: the next one cleans up for it, and for
// no program that is still at work.
func TestSweep(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	repo := repository(t)
	killed, working := open(t), open(t)
	for _, d := range []*Dir{killed, working} {
		if err := d.AddTree(t.Context(), repo, "base", "HEAD"); err != nil {
			t.Fatal(err)
		}
	}
	pipe := daemon(t, killed)
	killed.Abandon()
	removed := Sweep()
	if len(removed) != 1 || removed[0] != killed.Path {
		t.Errorf("removed %q, want %s alone", removed, killed.Path)
	}
	ended(t, pipe)
	left(t, repo, 1, 1)
	if err := working.Close(); err != nil {
		t.Error(err)
	}
	left(t, repo, 0, 0)
}

// A tree whose making was cut short is removed, too.
func TestHalfMadeTree(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	repo := repository(t)
	d := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.AddTree(ctx, repo, "base", "HEAD"); err == nil {
		t.Error("a tree was made after the end")
	}
	if err := d.AddTree(t.Context(), repo, "head", "HEAD"); err != nil {
		t.Fatal(err)
	}
	// As git leaves it when it is killed in the middle of a checkout.
	if err := os.RemoveAll(filepath.Join(d.Path, "head")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(repo.Root, ".git/worktrees/head/locked"), []byte("initializing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	left(t, repo, 0, 0)
	if admin, _ := filepath.Glob(filepath.Join(repo.Root, ".git/worktrees/*")); len(admin) > 0 {
		t.Errorf("git still knows %q", admin)
	}
}

// A folder without a lock is one in which the program is being built, unless it is old.
func TestFolderWithoutLock(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	young, old := filepath.Join(os.TempDir(), prefix+"young"), filepath.Join(os.TempDir(), prefix+"old")
	for _, dir := range []string{young, old} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	before := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, before, before); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(os.TempDir(), prefix+"link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if removed := Sweep(); len(removed) != 1 || removed[0] != old {
		t.Errorf("removed %q, want %s alone", removed, old)
	}
}

// The folder that the program was built in lasts as long as the program.
func TestAdopt(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	given := filepath.Join(os.TempDir(), prefix+"given")
	if err := os.Mkdir(given, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(Given, given)
	release := Adopt()
	if os.Getenv(Given) != "" {
		t.Error("what this process starts is given the folder, too")
	}
	before := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(given, before, before); err != nil {
		t.Fatal(err)
	}
	if removed := Sweep(); len(removed) > 0 {
		t.Errorf("removed %q, which is in use", removed)
	}
	release()
	if _, err := os.Stat(given); err == nil {
		t.Error("the folder is left")
	}
	other := t.TempDir()
	t.Setenv(Given, other)
	Adopt()()
	if _, err := os.Stat(other); err != nil {
		t.Errorf("a folder of another kind: %v", err)
	}
}
