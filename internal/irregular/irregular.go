//go:build unix

// Package irregular tests that commands name whatever is no regular file, and neither wait
// for it nor read it without end: pipes, devices, sockets and folders. It serves tests only.
package irregular

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// At stands in the arguments of a row for the path of what is no regular file.
const At = "{odd}"

// Row is a command line that reads or writes a file.
type Row struct {
	// Args are the arguments. At is replaced wherever it occurs.
	Args []string
	// Writes is how the command treats the path: it reads the file if Writes is No.
	Writes Writing
	// Says is what the command may say instead of naming what is wrong with the file,
	// because something else is wrong first.
	Says string
}

// Writing says what a command does with a path.
type Writing int

const (
	No       Writing = iota // it is read
	Anything                // it is written, to a pipe or a device too
	Files                   // it is written, and has to be a regular file
	Folder                  // a folder is made or filled
)

// limit is how long a command may take. No command here does anything that takes seconds.
const limit = 2 * time.Minute

// Call runs a command and returns its exit status and what it wrote to stderr.
type Call func(args []string) (code int, stderr string)

// Check runs every row with everything that is no regular file.
func Check(t *testing.T, call Call, rows []Row) {
	for _, r := range rows {
		t.Run(strings.Join(r.Args, " "), func(t *testing.T) {
			for _, k := range kinds {
				if k.of(r.Writes) {
					k.check(t, call, r)
				}
			}
		})
	}
}

// kind is one thing that is no regular file.
type kind struct {
	name  string
	put   func(path string) error
	of    func(Writing) bool // the rows that it is tried with
	fails func(Writing) bool
	says  string // what a command that writes to it says, beside the path
}

// These report which kinds of writing something is about.
func always(Writing) bool        { return true }
func read(w Writing) bool        { return w == No }
func written(w Writing) bool     { return w != No }
func notFolder(w Writing) bool   { return w != Folder }
func notAnything(w Writing) bool { return w != Anything }

// link makes a symbolic link to another path.
func link(to string) func(string) error {
	return func(path string) error { return os.Symlink(to, path) }
}

var kinds = []kind{
	{"pipe", func(path string) error { return syscall.Mkfifo(path, 0o600) }, always, always, ""},
	{"folder", func(path string) error { return os.Mkdir(path, 0o700) }, notFolder, always, ""},
	{"socket", func(path string) error {
		// The path of a socket may have about 100 bytes, so it is bound by a short name.
		return bind(path)
	}, always, always, ""},
	{"zero", link("/dev/zero"), read, always, ""},
	{"full", link("/dev/full"), written, always, "space"},
	{"null", link("/dev/null"), written, notAnything, ""},
}

// bind makes a socket, whose path may be longer than that of a socket can be.
func bind(path string) error {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unix"})
	if err != nil {
		return err
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, "s"), path)
}

// check runs a row with one kind.
func (k kind) check(t *testing.T, call Call, r Row) {
	t.Helper()
	if target, err := os.Stat("/dev/full"); k.name == "full" && (err != nil || target.Mode()&os.ModeCharDevice == 0) {
		return // only Linux has it
	}
	path := filepath.Join(t.TempDir(), "odd."+k.name)
	if err := k.put(path); err != nil {
		t.Fatal(err)
	}
	before, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	args := make([]string, len(r.Args))
	for i, a := range r.Args {
		args[i] = strings.ReplaceAll(a, At, path)
	}
	type outcome struct {
		code   int
		stderr string
	}
	done := make(chan outcome, 1)
	go func() {
		code, stderr := call(args)
		done <- outcome{code, stderr}
	}()
	select {
	case got := <-done:
		named := strings.Contains(got.stderr, filepath.Base(path)) && (r.Writes != Anything || strings.Contains(got.stderr, k.says))
		instead := r.Says != "" && strings.Contains(got.stderr, r.Says)
		if k.fails(r.Writes) && (got.code == 0 || !named && !instead) {
			t.Errorf("%s: status %d, and the file is not named:\n%.2000s", k.name, got.code, got.stderr)
		}
		if !k.fails(r.Writes) && got.code != 0 && !instead {
			t.Errorf("%s: status %d:\n%.2000s", k.name, got.code, got.stderr)
		}
	case <-time.After(limit):
		t.Fatalf("%s: the command has not ended", k.name)
	}
	if after, err := os.Lstat(path); err != nil || after.Mode() != before.Mode() {
		t.Errorf("%s: it was %v, and now it is %v, %v", k.name, before.Mode(), after, err)
	}
}

// Complete reports every command that no row has, and every flag whose value is a file and
// that no row has, unless it is listed in without, like "schema" or "try --variant".
func Complete(t *testing.T, commands []*cobra.Command, rows []Row, without []string) {
	t.Helper()
	known := map[string]bool{}
	for _, w := range without {
		known[w] = true
	}
	for _, r := range rows {
		known[r.Args[0]] = true
		for _, a := range r.Args[1:] {
			known[r.Args[0]+" "+a] = true
		}
	}
	for _, c := range commands {
		if !known[c.Name()] {
			t.Errorf("%s: no row says what it does with a pipe or a device", c.Name())
		}
		c.LocalFlags().VisitAll(flagOf(t, c.Name(), known))
	}
}
