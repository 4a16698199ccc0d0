package kin

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Selector names processes that belong to a server although its command did not start
// them, such as a database that already runs. Exactly one field is set. What descends
// from the processes belongs to the server too.
type Selector struct {
	Listens int    // the port on which they listen
	PIDFile string // the file that holds the number of the process
	CGroup  string // the path of a control group, from the root of its hierarchy
	Unit    string // the name of a unit of systemd
}

// String returns the selector as a scenario file has it.
func (s Selector) String() string {
	switch {
	case s.Listens != 0:
		return fmt.Sprintf("listens: %d", s.Listens)
	case s.PIDFile != "":
		return "pid_file: " + s.PIDFile
	case s.CGroup != "":
		return "cgroup: " + s.CGroup
	}
	return "unit: " + s.Unit
}

// Group is what a selector found.
type Group struct {
	roots map[int]uint64 // by process id, the moment at which the process began
	dirs  []string       // of control groups, whose members change
}

// cgroupRoot is where control groups are mounted.
const cgroupRoot = "/sys/fs/cgroup"

// hierarchies are the folders that may hold the hierarchy of all processes: of version 2
// alone, of version 2 beside version 1, and that of systemd in version 1. The last one
// stands for the controllers of version 1.
func hierarchies(root string) []string {
	return []string{root, filepath.Join(root, "unified"), filepath.Join(root, "systemd"), filepath.Join(root, "*")}
}

// unitFolder is the name of a unit's control group. systemd takes a name without an
// ending for that of a service.
func unitFolder(unit string) string {
	if strings.Contains(filepath.Base(unit), ".") {
		return unit
	}
	return unit + ".service"
}
