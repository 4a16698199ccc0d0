package scratch

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is how long endProcesses waits until killed processes have gone. A
// process inside a system call may take longer.
const patience = 10 * time.Second

// endProcesses kills the processes that were started from a scratch folder, and
// those that they start meanwhile, until none are left.
func endProcesses(dir string) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		left := startedFrom(dir)
		if len(left) == 0 {
			return nil
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // the process may have ended already
		}
		if time.Now().After(deadline) {
			return errors.New("a process that was started from there does not end")
		}
	}
}

// startedFrom finds processes by their environment. It cannot read the environment
// of other users' processes, or of processes that have ended and wait for their
// parent.
func startedFrom(dir string) (pids []int) {
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil
	}
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil || pid == os.Getpid() {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for setting := range strings.SplitSeq(string(text), "\x00") {
			within, ok := strings.CutPrefix(setting, Variable+"=")
			if ok && slices.Contains(filepath.SplitList(within), dir) {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
