package host

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// sharedDir returns a folder of this user: Windows has no folder in which all users
// can create files that others may write.
func sharedDir() string { return os.TempDir() }

// noFollow is 0: in that folder nobody else creates links.
const noFollow = 0

// isLock reports whether a file can be one that openLock made.
func isLock(info fs.FileInfo) bool { return info.Mode().IsRegular() }

// lockFile takes the lock, or returns errLocked at once.
func lockFile(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}
