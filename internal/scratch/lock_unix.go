//go:build unix

package scratch

import (
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownedByUser reports whether a path is a folder, and not a link to one, that belongs to
// this user. In /tmp, anybody can make a folder with any name.
func ownedByUser(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}

// newLock makes the lock of a folder. The lock gets its name only when it is held,
// so that nobody can take it first.
func newLock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile+".new"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, os.Rename(f.Name(), filepath.Join(dir, lockFile))
}

// takeLock takes the lock of a folder whose program has ended. The error is
// fs.ErrNotExist if there is no lock yet.
func takeLock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
