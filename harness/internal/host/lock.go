package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// LockVariable names another file to lock than the machine's own: for tests, which
// must not wait for each other, nor for a measurement.
const LockVariable = "ASSAY_LOCK"

// Lock takes the machine for one measurement: two would disturb each other. The
// error names the holder. Idle CPUs are kept awake meanwhile, where that is
// allowed: in a sleep that nobody asked for, each request would wait for two CPUs
// to wake up, longer than for all else that an empty answer needs. Both last until
// release is called or the process ends, however it ends.
func Lock() (release func(), err error) {
	f, err := openLock()
	if err != nil {
		return nil, fmt.Errorf("lock the machine: %w", err)
	}
	if err := lockFile(f); err != nil {
		defer f.Close()
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("lock the machine: %s: %w", f.Name(), err)
		}
		return nil, fmt.Errorf("another measurement is running on this machine: %s: wait for it, or end it", holder(f))
	}
	// The note is for the message above alone; the lock does not depend on it.
	_ = f.Truncate(0)
	_, _ = f.WriteAt(fmt.Appendf(nil, "process %d (%s)\n", os.Getpid(), strings.Join(os.Args, " ")), 0)
	sleep := keepAwake()
	return func() {
		sleep()
		f.Close()
	}, nil
}

var errLocked = errors.New("held by another process")

// holder is the note of the process that holds the lock. Anybody may have written
// it, so that it is cut short and only what can be shown is.
func holder(f *os.File) string {
	note, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil || len(note) == 0 {
		return "a process that did not give its name"
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, string(note)))
}

// lockFiles are the files that may be the lock. The first that can be is it; the
// other is for machines where it cannot, and keeps apart only those who have the
// same folder for temporary files.
//
// Note: that folder does not come first. It is a user's own where TMPDIR says so,
// as on macOS and for many services, and measurements of two users would not meet.
func lockFiles() []string {
	if path := os.Getenv(LockVariable); path != "" {
		return []string{path}
	}
	const name = "assay.lock"
	return []string{filepath.Join(sharedDir(), name), filepath.Join(os.TempDir(), name)}
}

func openLock() (*os.File, error) {
	var first error
	for _, path := range lockFiles() {
		f, err := openShared(path)
		if err == nil {
			return f, nil
		}
		if first == nil {
			first = err
		}
		if _, err := os.Lstat(path); err == nil {
			break // it is there, and who can open it may hold it
		}
	}
	return nil, fmt.Errorf("%w (%s=FILE locks another file)", first, LockVariable)
}

// openShared opens a file that every user can lock, whoever made it. One that is
// there is not opened with O_CREATE: in a folder like /tmp Linux may refuse that for
// another user's file, even to root. One that cannot be written to can be locked
// all the same.
func openShared(path string) (f *os.File, err error) {
	f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		_ = f.Chmod(0o666) // whatever the umask; without it, others cannot leave their note
		return f, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	for _, mode := range []int{os.O_RDWR, os.O_RDONLY} {
		if f, err = os.OpenFile(path, mode|noFollow, 0); !errors.Is(err, fs.ErrPermission) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !plain(info) {
		err = fmt.Errorf("%s is no file of its own", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
