package host

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
)

// quota is where the CPU quotas of this process are: the folders of its control group
// and of all groups around it that can be seen from here. A group in a group may use
// what each of them allows, so the tightest quota holds.
type quota struct {
	folders []string // empty if they are not visible
	files   quotaFiles
}

// quotaFiles is how a version of control groups keeps quotas.
type quotaFiles struct {
	limit     func(folder string) string // "quota period" in µs, "max period", or "" if the group has none
	throttled string                     // in cpu.stat: the name of the time that was waited
	second    float64                    // one second of that time
}

var (
	version1 = quotaFiles{limit1, "throttled_time", 1e9}
	version2 = quotaFiles{func(folder string) string { return read(filepath.Join(folder, "cpu.max")) }, "throttled_usec", 1e6}
)

// limit1 is the quota of a group of version 1, in the form of version 2.
func limit1(folder string) string {
	most, period := read(filepath.Join(folder, "cpu.cfs_quota_us")), read(filepath.Join(folder, "cpu.cfs_period_us"))
	switch {
	case most == "" || period == "":
		return ""
	case strings.HasPrefix(most, "-"):
		most = "max"
	}
	return most + " " + period
}

// findQuota looks for the control groups of this process.
func findQuota() quota {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return quota{}
	}
	return quotaIn(fs)
}

// quotaIn looks for the control groups of this process in a /proc. Where both versions
// are mounted, the controller cpu belongs to the first.
func quotaIn(fs procfs.FS) quota {
	self, err := fs.Self()
	if err != nil {
		return quota{}
	}
	groups, err1 := self.Cgroups()
	mounts, err2 := self.MountInfo()
	if err1 != nil || err2 != nil {
		return quota{}
	}
	var found quota
	for _, g := range groups {
		first := slices.Contains(g.Controllers, "cpu")
		second := g.HierarchyID == 0 && found.folders == nil
		for _, m := range mounts {
			_, cpu := m.SuperOptions["cpu"]
			switch {
			case first && m.FSType == "cgroup" && cpu:
				return quota{around(m, g.Path), version1}
			case second && m.FSType == "cgroup2":
				found = quota{around(m, g.Path), version2}
			}
		}
	}
	return found
}

// around lists the folder of a group and those of the groups around it, up to the mount
// point. In a container the path of the group may lead out of what is mounted; the mount
// point is then the group itself.
func around(m *procfs.MountInfo, group string) (folders []string) {
	inside, err := filepath.Rel(m.Root, group)
	if err != nil || strings.HasPrefix(inside, "..") || strings.HasPrefix(group, "/..") {
		inside = "."
	}
	for at := filepath.ToSlash(inside); at != "."; at = path.Dir(at) {
		folders = append(folders, filepath.Join(m.MountPoint, at))
	}
	return append(folders, m.MountPoint)
}

// tightest returns the quota that allows least, in the form of cpu.max: "50000 100000"
// is half a CPU, "max 100000" no limit. It is empty if no group is visible.
func (q quota) tightest() string {
	if len(q.folders) == 0 {
		return ""
	}
	least, tightest := 0.0, "max 100000"
	for _, folder := range q.folders {
		text := q.files.limit(folder)
		var most, period float64
		if n, err := fmt.Sscanf(text, "%g %g", &most, &period); n != 2 || err != nil || period <= 0 {
			continue
		}
		if share := most / period; least == 0 || share < least {
			least, tightest = share, text
		}
	}
	return tightest
}

// throttled returns how long the threads of the groups have waited for their quota since
// the groups were made, in seconds, added up over CPUs: that of the group that waited
// most, because a thread that waits for an outer group waits in all of them. ok is false
// if no group says so.
func (q quota) throttled() (seconds float64, ok bool) {
	for _, folder := range q.folders {
		for line := range strings.Lines(read(filepath.Join(folder, "cpu.stat"))) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			if v, err := strconv.ParseFloat(value, 64); err == nil && name == q.files.throttled {
				seconds, ok = max(seconds, v/q.files.second), true
			}
		}
	}
	return seconds, ok
}
