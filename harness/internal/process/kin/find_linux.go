package kin

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/results"
)

// Find returns the group of the selected processes. It is an error if there are none.
func (l *Look) Find(s Selector) (*Group, error) {
	g, err := l.find(s, cgroupRoot)
	if err == nil && len(g.Members(l)) == 0 {
		err = errors.New("the process has just ended")
	}
	if err != nil {
		return nil, fmt.Errorf("also: {%s}: %w", s, err)
	}
	return g, nil
}

// find is Find with another folder of control groups, for tests.
func (l *Look) find(s Selector, cgroups string) (*Group, error) {
	switch {
	case s.Listens != 0:
		pids, err := l.listeners(s.Listens)
		return l.group(pids), err
	case s.PIDFile != "":
		pid, err := readPID(s.PIDFile)
		if err == nil && !l.has(pid) {
			err = fmt.Errorf("the file says %d, and there is no such process: is it still running?", pid)
		}
		return l.group([]int{pid}), err
	case s.CGroup != "":
		dirs, err := cgroupFolders(cgroups, s.CGroup)
		return &Group{dirs: dirs}, err
	}
	dirs, err := unitFolders(cgroups, unitFolder(s.Unit))
	return &Group{dirs: dirs}, err
}

// has reports whether a process is there and has not ended.
func (l *Look) has(pid int) bool {
	s, ok := l.stats[pid]
	return ok && s.State != "Z"
}

// group is that of processes with all that descends from them. The time at which a
// process started tells it from a later one with its id.
func (l *Look) group(pids []int) *Group {
	g := &Group{roots: map[int]uint64{}}
	for _, pid := range pids {
		g.roots[pid] = l.stats[pid].Starttime
	}
	return g
}

// Members returns the processes of the group at the moment of the look, in order of
// their number. A process whose number was given to another one since is not a member.
func (g *Group) Members(l *Look) []int {
	var pids []int
	for pid, began := range g.roots {
		if l.has(pid) && l.stats[pid].Starttime == began {
			pids = append(pids, pid)
		}
	}
	pids = l.With(pids)
	for _, dir := range g.dirs {
		pids = append(pids, cgroupMembers(dir)...)
	}
	slices.Sort(pids)
	return slices.DeleteFunc(slices.Compact(pids), func(pid int) bool { return !l.has(pid) })
}

// readPID reads the file in which a server has written its number. PostgreSQL writes
// more lines after it.
func readPID(file string) (int, error) {
	f, err := results.OpenRegular(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 4<<10))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid <= 0 {
		return 0, fmt.Errorf("its first line is %.40q, which is not the number of a process", line)
	}
	return pid, nil
}

const membersFile = "cgroup.procs"

// cgroupFolders returns the folder of a control group. Where several hierarchies have
// it, the first one with a process in it counts.
func cgroupFolders(root, path string) ([]string, error) {
	within := filepath.Clean("/" + strings.TrimPrefix(path, root))
	var empty []string
	for _, h := range hierarchies(root) {
		dirs, err := filepath.Glob(h)
		if err != nil {
			continue
		}
		for _, dir := range dirs {
			dir = filepath.Join(dir, within)
			if _, err := os.Stat(filepath.Join(dir, membersFile)); err != nil {
				continue
			}
			if len(cgroupMembers(dir)) > 0 {
				return []string{dir}, nil
			}
			empty = append(empty, dir)
		}
	}
	if len(empty) > 0 {
		return nil, fmt.Errorf("no process is in %s", empty[0])
	}
	return nil, fmt.Errorf("there is no such control group in %s: write its path as /proc/PID/cgroup has it", root)
}

// unitFolders returns the folders of a unit's control groups. Several users may each
// have a unit of that name.
func unitFolders(root, unit string) ([]string, error) {
	for _, h := range hierarchies(root) {
		if strings.HasSuffix(h, "*") {
			continue // only these hierarchies have units
		}
		var dirs []string
		_ = filepath.WalkDir(h, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == unit && len(cgroupMembers(path)) > 0 {
				dirs = append(dirs, path)
			}
			return nil // a folder may go while others are read
		})
		if len(dirs) > 0 {
			return dirs, nil
		}
	}
	return nil, fmt.Errorf("no process of a unit %s is in %s: is it started? (systemctl status %s)", unit, root, unit)
}

// cgroupMembers returns the processes of a control group and of those below it.
func cgroupMembers(dir string) (pids []int) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != membersFile {
			return nil
		}
		text, err := results.ReadRegular(path)
		if err != nil {
			return nil
		}
		for line := range strings.Lines(string(text)) {
			if pid, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && pid > 0 {
				pids = append(pids, pid)
			}
		}
		return nil
	})
	return pids
}
