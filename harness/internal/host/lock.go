package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Lock takes the machine for one measurement: two would disturb each other. The
// error names the holder. Idle CPUs are kept awake meanwhile, where that is
// allowed: in a sleep that nobody asked for, each request would wait for two CPUs
// to wake up, longer than for all else that an empty answer needs. Both last until
// release is called or the process ends, however it ends.
func Lock() (release func(), err error) {
	path := filepath.Join(os.TempDir(), "assay.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if errors.Is(err, os.ErrPermission) {
		f, err = os.Open(path) // another user's: it can be held all the same
	}
	if err != nil {
		return nil, fmt.Errorf("lock the machine: %w", err)
	}
	if err := lockFile(f); err != nil {
		defer f.Close()
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("lock the machine: %s: %w", path, err)
		}
		holder, readErr := os.ReadFile(path)
		if readErr != nil || len(holder) == 0 {
			holder = []byte("a process that did not give its name")
		}
		return nil, fmt.Errorf("another measurement is running on this machine: %s: wait for it, or end it", strings.TrimSpace(string(holder)))
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
