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

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/internal/scratch"
)

// LockVariable is the environment variable that names another file to lock than the
// machine's own. Tests use it, so that they wait neither for each other nor for a
// measurement.
const LockVariable = "ASSAY_LOCK"

// RunPrefix begins the name of every folder that a measurement has for temporary files.
// Lock removes those that nobody uses any more.
const RunPrefix = "assay-run."

// Reservation is the machine, reserved for one measurement.
type Reservation struct {
	// Temp is the folder for temporary files of the measurement.
	Temp    string
	release func()
}

// Release ends the reservation, and every process that was started under it and is
// still there, and removes Temp. It is called once.
func (r *Reservation) Release() { r.release() }

// Lock reserves the machine for one measurement, because two would disturb each
// other. If another process holds the lock, the error names that process. While the
// lock is held, idle CPUs are kept awake if that is allowed: otherwise each request
// would wait for two CPUs to wake up, which takes longer than everything else that
// an empty answer needs. Both last until the reservation is released or the process
// ends in any way.
//
// Lock first cleans up after measurements that were killed: it ends the servers and
// removes the containers that they left, and removes their folders.
func Lock() (*Reservation, error) {
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
	// The note is only for the message above; the lock does not depend on it.
	_ = f.Truncate(0)
	_, _ = f.WriteAt(fmt.Appendf(nil, "process %d (%s)\n", os.Getpid(), strings.Join(os.Args, " ")), 0)
	scratch.Sweep(RunPrefix, process.RemoveContainers)
	temp, err := scratch.Make(RunPrefix)
	if err != nil {
		f.Close()
		return nil, err
	}
	leave, sleep := temp.Enter(), keepAwake()
	return &Reservation{temp.Path, func() {
		sleep()
		leave()
		_ = temp.Close(process.RemoveContainers) // the next measurement tries again
		f.Close()
	}}, nil
}

var errLocked = errors.New("held by another process")

// holder returns the note of the process that holds the lock. Anybody may have
// written the note, so it is cut short and reduced to printable characters.
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

// lockFiles returns the files that may be the lock; the first one that can be used
// is the lock. The second is for machines where the first cannot be used, and only
// separates processes with the same folder for temporary files.
//
// Note: that folder does not come first. Where TMPDIR says so, as on macOS and for
// many services, each user has a separate one, and the measurements of two users
// would not exclude each other.
func lockFiles() []string {
	if path := os.Getenv(LockVariable); path != "" {
		return []string{path}
	}
	const name = "assay.lock"
	return []string{filepath.Join(sharedDir(), name), filepath.Join(os.TempDir(), name)}
}

// openLock opens the first lock file that can be opened. All users of a machine must
// come to the same file, so it tries another one only if the first is not there.
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
			break // the file exists, and whoever can open it may hold the lock
		}
	}
	return nil, fmt.Errorf("%w (%s=FILE locks another file)", first, LockVariable)
}

// openShared opens a file that every user can lock, whoever created it. A file that
// exists is opened without O_CREATE: in a folder like /tmp, Linux may refuse that
// for another user's file, even to root. A file that cannot be written to can be
// locked nevertheless.
func openShared(path string) (f *os.File, err error) {
	f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		_ = f.Chmod(0o666) // override the umask, so that others can leave their note
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
	if err == nil && !isLock(info) {
		err = fmt.Errorf("%s is not a regular file with a single name", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
