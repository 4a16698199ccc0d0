//go:build unix

package host

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// sharedDir is the folder in which every user can make files.
func sharedDir() string { return "/tmp" }

// noFollow refuses symbolic links.
const noFollow = unix.O_NOFOLLOW

// plain tells a lock from what somebody may have put in its place, for the next
// holder to overwrite: a device, or another name of that user's own files.
func plain(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return info.Mode().IsRegular() && ok && stat.Nlink == 1
}

func lockFile(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
