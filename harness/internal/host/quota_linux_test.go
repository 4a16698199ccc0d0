package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/procfs"
)

// The tightest quota of nested groups holds, in both versions of control groups, and
// what cannot be seen is no quota of 0.
func TestQuota(t *testing.T) {
	const v1 = "4:memory:/m\n1:cpu,cpuacct:/a/b\n0::/\n"
	const v2 = "0::/a/b\n"
	for _, c := range []struct {
		name, groups string
		mounts       string // with MOUNT for the folder of files
		files        map[string]string
		quota        string
		throttled    float64
		visible      bool
	}{
		{"version 2, nested", v2, "31 23 0:28 / MOUNT rw - cgroup2 cgroup2 rw",
			map[string]string{"a/b/cpu.max": "max 100000", "a/cpu.max": "50000 100000", "a/cpu.stat": "usage_usec 7\nthrottled_usec 1500000\n", "a/b/cpu.stat": "throttled_usec 0\n"},
			"50000 100000", 1.5, true},
		{"version 2, the inner is tighter", v2, "31 23 0:28 / MOUNT rw - cgroup2 cgroup2 rw",
			map[string]string{"a/b/cpu.max": "20000 100000", "a/cpu.max": "150000 100000", "a/b/cpu.stat": "throttled_usec 20\n"},
			"20000 100000", 20e-6, true},
		{"version 2 in a container, whose group is the mount", "0::/\n", "31 23 0:28 / MOUNT rw - cgroup2 cgroup2 rw",
			map[string]string{"cpu.max": "100000 100000", "cpu.stat": "throttled_usec 3000000\n"}, "100000 100000", 3, true},
		{"version 2, the group is outside of the mount", "0::/../other\n", "31 23 0:28 / MOUNT rw - cgroup2 cgroup2 rw",
			map[string]string{"cpu.max": "max 100000"}, "max 100000", 0, false},
		{"version 2, a part is mounted", v2, "31 23 0:28 /a MOUNT rw - cgroup2 cgroup2 rw",
			map[string]string{"b/cpu.max": "30000 100000"}, "30000 100000", 0, false},
		{"version 1, nested", v1, "32 31 0:29 / MOUNT rw - cgroup cgroup rw,cpu,cpuacct\n41 31 0:38 / /nowhere rw - cgroup2 cgroup2 rw",
			map[string]string{"a/b/cpu.cfs_quota_us": "-1", "a/b/cpu.cfs_period_us": "100000", "a/cpu.cfs_quota_us": "70000", "a/cpu.cfs_period_us": "100000", "a/cpu.stat": "nr_periods 4\nthrottled_time 2500000000\n"},
			"70000 100000", 2.5, true},
		{"version 1 without a quota", v1, "32 31 0:29 / MOUNT rw - cgroup cgroup rw,cpu",
			map[string]string{"a/b/cpu.cfs_quota_us": "-1", "a/b/cpu.cfs_period_us": "100000", "a/b/cpu.stat": "throttled_time 0\n"}, "max 100000", 0, true},
		{"nothing is mounted", v2, "23 1 8:1 / / rw - ext4 /dev/sda rw", nil, "", 0, false},
		{"no control groups", "", "31 23 0:28 / MOUNT rw - cgroup2 cgroup2 rw", nil, "", 0, false},
		{"nonsense", v2, "31 23 0:28 / MOUNT rw - cgroup2 cgroup2 rw", map[string]string{"a/cpu.max": "much", "a/b/cpu.max": "1 0", "a/cpu.stat": "throttled_usec x\n"}, "max 100000", 0, false},
	} {
		proc, mount := t.TempDir(), t.TempDir()
		write := func(path, text string) {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write(filepath.Join(proc, "7", "cgroup"), c.groups)
		write(filepath.Join(proc, "7", "mountinfo"), strings.ReplaceAll(c.mounts, "MOUNT", mount)+"\n")
		for name, text := range c.files {
			write(filepath.Join(mount, name), text)
		}
		if err := os.Symlink("7", filepath.Join(proc, "self")); err != nil {
			t.Fatal(err)
		}
		fs, err := procfs.NewFS(proc)
		if err != nil {
			t.Fatal(err)
		}
		q := quotaIn(fs)
		if got := q.tightest(); got != c.quota {
			t.Errorf("%s: quota %q, want %q", c.name, got, c.quota)
		}
		if s, ok := q.throttled(); s != c.throttled || ok != c.visible {
			t.Errorf("%s: throttled %v, %v, want %v, %v", c.name, s, ok, c.throttled, c.visible)
		}
	}
}
