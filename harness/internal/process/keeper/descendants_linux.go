package keeper

import (
	"os"
	"strconv"
	"strings"
)

// kin is a process that descends from a keeper.
type kin struct {
	pid  int
	name string
}

// descendants lists the processes that descend from another, the elder before the
// younger. It leaves out those that have ended and wait for their parent.
func descendants(of int) []kin {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	children := map[int][]kin{}
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if p, parent, ok := readStat(pid); ok {
			children[parent] = append(children[parent], p)
		}
	}
	var all []kin
	for next := []int{of}; len(next) > 0; next = next[1:] {
		for _, p := range children[next[0]] {
			all = append(all, p)
			next = append(next, p.pid)
		}
	}
	return all
}

// readStat reads what a process is called and who its parent is. ok is false if the
// process has ended.
//
// Note: a library would read and parse all of the file. A keeper that was told to end
// reads every process of the machine, and again.
func readStat(pid int) (p kin, parent int, ok bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return kin{}, 0, false
	}
	// The name is in parentheses and may hold any character.
	before, after, found := strings.Cut(string(text), "(")
	end := strings.LastIndex(after, ") ")
	if !found || before == "" || end < 0 {
		return kin{}, 0, false
	}
	fields := strings.Fields(after[end+2:])
	const state, parentOf, threads = 0, 1, 17
	if len(fields) <= threads {
		return kin{}, 0, false
	}
	// A process whose first thread has ended looks like one that has ended altogether.
	if fields[state] == "Z" && fields[threads] == "1" || fields[state] == "X" {
		return kin{}, 0, false
	}
	parent, err = strconv.Atoi(fields[parentOf])
	return kin{pid, after[:end]}, parent, err == nil
}
