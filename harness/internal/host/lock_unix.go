//go:build unix

package host

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// sharedDir returns a folder in which every user can create files.
func sharedDir() string { return "/tmp" }

// noFollow makes open refuse symbolic links.
const noFollow = unix.O_NOFOLLOW

// isLock reports whether the file is a lock, and not something put in its place for
// the next holder to overwrite: a device, or another name of a file that belongs to
// that user.
func isLock(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return info.Mode().IsRegular() && ok && stat.Nlink == 1
}

// lockFile takes the lock, or returns errLocked at once. The lock goes with the file: it
// ends when the process does, however that ends.
func lockFile(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
