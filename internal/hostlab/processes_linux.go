package hostlab

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Process is a program that runs on a host.
type Process struct {
	ID   int      // process id, as this machine counts
	Args []string // its command line
}

// Processes returns what runs on the host, found by its network. The processes that hold
// the namespaces, this one and those that have ended are left out.
func (h *Host) Processes() (all []Process) {
	mine, err := os.Readlink("/proc/" + strconv.Itoa(h.holder) + "/ns/net")
	if err != nil {
		return nil
	}
	links, _ := filepath.Glob("/proc/[0-9]*/ns/net")
	for _, link := range links {
		if net, err := os.Readlink(link); err != nil || net != mine {
			continue
		}
		dir := filepath.Dir(filepath.Dir(link))
		id, err := strconv.Atoi(filepath.Base(dir))
		if err != nil || id == h.holder || id == h.outer || id == os.Getpid() {
			continue
		}
		line, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || len(line) == 0 {
			continue // it has ended
		}
		all = append(all, Process{id, strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")})
	}
	return all
}

// Clear kills everything that runs on the host, without a warning, and gives up after a
// hundred rounds.
func (h *Host) Clear() {
	for range 100 { // what is ended may have started something meanwhile
		all := h.Processes()
		for _, p := range all {
			_ = syscall.Kill(p.ID, syscall.SIGKILL)
		}
		if len(all) == 0 {
			return
		}
	}
}
