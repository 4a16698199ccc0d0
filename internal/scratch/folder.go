package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const lockFile = "lock"

// Variable is the environment variable that lists the folders that a process was
// started from, the outermost first.
const Variable = "ASSAY_WITHIN"

// unlocked is the age from which a folder without a lock counts as left behind. Little
// comes between the making of a folder and its lock.
const unlocked = time.Hour

// Folder is a temporary folder of one program.
type Folder struct {
	Path string // absolute, without symbolic links
	lock *os.File
}

// Make makes a folder in the folder for temporary files. Its name begins with prefix.
func Make(prefix string) (*Folder, error) {
	path, err := os.MkdirTemp("", prefix+"*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	f := &Folder{Path: path}
	if path, err = filepath.EvalSymlinks(path); err == nil {
		f.Path, err = filepath.Abs(path)
	}
	if err == nil {
		f.lock, err = newLock(f.Path)
	}
	if err != nil {
		f.Discard()
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return f, nil
}

// Adopt takes over a folder that another program made for this one and did not lock. It
// returns nil if path is no folder of this user, or is not named as Make names them.
func Adopt(path, prefix string) *Folder {
	if !strings.HasPrefix(filepath.Base(path), prefix) || !ownedByUser(path) {
		return nil
	}
	lock, err := newLock(path)
	if err != nil {
		return nil
	}
	return &Folder{Path: path, lock: lock}
}

// Within returns the value of Variable for processes that are started from the folder.
func (f *Folder) Within() string {
	if outer := os.Getenv(Variable); outer != "" {
		return outer + string(os.PathListSeparator) + f.Path
	}
	return f.Path
}

// Enter sets Variable for every process that this one starts until leave is called.
func (f *Folder) Enter() (leave func()) {
	outer, was := os.LookupEnv(Variable)
	os.Setenv(Variable, f.Within())
	return func() {
		if was {
			os.Setenv(Variable, outer)
		} else {
			os.Unsetenv(Variable)
		}
	}
}

// Close ends the processes that were started from the folder and removes the folder.
// between, which may be nil, is called when the processes have ended.
func (f *Folder) Close(between func(path string)) error {
	err := clear(f.Path, between)
	f.unlock()
	return err
}

// Discard removes a folder from which no process was started.
func (f *Folder) Discard() {
	os.RemoveAll(f.Path)
	f.unlock()
}

// Abandon leaves the folder as a killed program does: nobody holds its lock. It is for
// tests.
func (f *Folder) Abandon() { f.unlock() }

// unlock gives the lock back, so that others may take the folder for abandoned.
func (f *Folder) unlock() {
	if f.lock != nil {
		f.lock.Close()
	}
}

// Sweep removes the folders with a prefix that killed programs of this user left in the
// folder for temporary files, as Close would have. It returns their paths.
func Sweep(prefix string, between func(path string)) (removed []string) {
	found, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return nil // the name of the folder contains a special character of Glob
	}
	for _, path := range found {
		info, err := os.Lstat(path)
		if err != nil || !ownedByUser(path) {
			continue
		}
		lock, err := takeLock(path)
		switch {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist) && time.Since(info.ModTime()) > unlocked:
		default:
			continue // a program uses the folder, or is about to
		}
		if clear(path, between) == nil {
			removed = append(removed, path)
		}
		if lock != nil {
			lock.Close()
		}
	}
	return removed
}

// clear ends what still runs in a folder, and removes the folder. between is called
// between the two, if it is not nil.
func clear(path string, between func(string)) error {
	if err := endProcesses(path); err != nil {
		return fmt.Errorf("clean up %s: %w", path, err)
	}
	if between != nil {
		between(path)
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}

// Innermost returns the innermost folder that this process was started from or has
// entered, or the folder for temporary files.
func Innermost() string {
	all := filepath.SplitList(os.Getenv(Variable))
	if len(all) == 0 {
		return os.TempDir()
	}
	return all[len(all)-1]
}
