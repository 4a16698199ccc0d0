//go:build unix

package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// The machine has one lock, whatever TMPDIR is, but for tests.
func TestLockFiles(t *testing.T) {
	t.Setenv("TMPDIR", "/private")
	for _, c := range []struct {
		variable string
		want     []string
	}{
		{"", []string{"/tmp/assay.lock", "/private/assay.lock"}},
		{"/x/lock", []string{"/x/lock"}},
	} {
		t.Setenv(LockVariable, c.variable)
		if got := lockFiles(); !slices.Equal(got, c.want) {
			t.Errorf("%s=%q: %v, want %v", LockVariable, c.variable, got, c.want)
		}
	}
}

// Every user can write to the lock, also if who made it lets nobody read files.
func TestLockIsForEverybody(t *testing.T) {
	defer unix.Umask(unix.Umask(0o077))
	path := filepath.Join(t.TempDir(), "lock")
	for range 2 { // made, and found
		f, err := openShared(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil || info.Mode() != 0o666 {
			t.Errorf("mode %v (%v)", info.Mode(), err)
		}
		f.Close()
	}
}

// What is in the place of the lock and is none is not touched.
func TestLockIsNoOtherFile(t *testing.T) {
	dir := t.TempDir()
	file, path := filepath.Join(dir, "file"), filepath.Join(dir, "lock")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(LockVariable, path)
	for _, c := range []struct {
		what string
		make func() error
	}{
		{"symbolic link", func() error { return os.Symlink(file, path) }},
		{"symbolic link to nothing", func() error { return os.Symlink(filepath.Join(dir, "new"), path) }},
		{"hard link", func() error { return os.Link(file, path) }},
		{"folder", func() error { return os.Mkdir(path, 0o755) }},
	} {
		if err := c.make(); err != nil {
			t.Fatal(err)
		}
		if machine, err := Lock(); err == nil {
			machine.Release()
			t.Errorf("a %s is taken for the lock", c.what)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(file)
	text, readErr := os.ReadFile(file)
	if err := errors.Join(err, readErr); err != nil || string(text) != "mine" || info.Mode() != 0o600 {
		t.Errorf("the file holds %q, mode %v (%v)", text, info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made behind a link: %v", err)
	}
}
