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

// patience is how long endProcesses waits for killed processes to be gone. One that
// the kernel holds in a system call can take longer than that.
const patience = 10 * time.Second

// endProcesses kills the processes that were started from a scratch folder, and those
// that these start meanwhile, until there are none.
func endProcesses(dir string) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		left := startedFrom(dir)
		if len(left) == 0 {
			return nil
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
		if time.Now().After(deadline) {
			return errors.New("a process that was started from there does not end")
		}
	}
}

// startedFrom finds processes by their environment. Those of other users, and those
// that have ended and wait for their parent, have none that can be read.
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
