package host

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/assay-bench/assay/results"
)

const cpuDir = "/sys/devices/system/cpu/"

// facts fills in what /proc, /sys and the kernel tell.
func facts(h *results.Host) {
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		h.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	h.CPUModel = field("/proc/cpuinfo", "model name")
	if h.CPUModel == "" {
		h.CPUModel = field("/proc/cpuinfo", "Model") // arm64
	}
	h.CPUs = usableCPUs()
	for _, c := range h.CPUs {
		s := read(fmt.Sprintf(cpuDir+"cpu%d/topology/thread_siblings_list", c))
		if s != "" && !slices.Contains(h.Siblings, s) {
			h.Siblings = append(h.Siblings, s)
		}
	}
	h.Governor = read(cpuDir + "cpu0/cpufreq/scaling_governor")
	h.Turbo = turbo()
	if kb, err := strconv.ParseUint(strings.TrimSuffix(field("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		h.MemoryBytes = kb << 10
	}
	h.CgroupCPU = findQuota().tightest()
	h.CgroupMemory = read("/sys/fs/cgroup/memory.max")
	h.ClockSource = read("/sys/devices/system/clocksource/clocksource0/current_clocksource")
	h.Virtualisation = virtualisation("/")
	h.IdleCPUs = idle()
	var lim unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &lim) == nil {
		h.FileLimit = lim.Cur
	}
	if f := strings.Fields(read("/proc/loadavg")); len(f) > 0 {
		if v, err := strconv.ParseFloat(f[0], 64); err == nil {
			h.LoadAverage = &v
		}
	}
}

// turbo is "on" or "off", or empty if the drivers of the CPU do not tell.
func turbo() string {
	switch read(cpuDir + "intel_pstate/no_turbo") {
	case "0":
		return "on"
	case "1":
		return "off"
	}
	switch read(cpuDir + "cpufreq/boost") {
	case "1":
		return "on"
	case "0":
		return "off"
	}
	return ""
}

// read returns a small file without its last newline, or "" if it cannot be read.
func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// field returns the value of "name : value" in a file.
func field(path, name string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if k, v, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// usableCPUs are the CPUs that this process may use, in rising order; nil if unknown.
func usableCPUs() []int {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return nil
	}
	var cpus []int
	for c := 0; len(cpus) < set.Count(); c++ {
		if set.IsSet(c) {
			cpus = append(cpus, c)
		}
	}
	return cpus
}

// coreOf identifies the physical core of a CPU by its lowest sibling.
func coreOf(cpu int) int {
	s := read(fmt.Sprintf(cpuDir+"cpu%d/topology/thread_siblings_list", cpu))
	first := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '-' })
	if len(first) == 0 {
		return cpu
	}
	core, err := strconv.Atoi(first[0])
	if err != nil {
		return cpu
	}
	return core
}

// Confine moves all threads of this process to the generator's CPUs, and prepares it
// for a load of one stream.
func Confine(p Placement) error {
	if len(p.Generator) == 0 {
		return nil
	}
	if err := keepTo(p.Generator); err != nil {
		return err
	}
	p.SetProcs(1)
	return nil
}

// Free undoes Confine. The process may use the servers' CPUs too, with as many
// threads as its load needs on them (see SetProcs).
func Free(p Placement, streams int) error {
	all := slices.Concat(p.Server, p.Generator)
	if len(all) == 0 {
		return nil
	}
	if err := keepTo(all); err != nil {
		return err
	}
	Placement{Generator: all}.SetProcs(streams)
	return nil
}

// keepTo confines every thread of this process to the given CPUs.
func keepTo(cpus []int) error {
	var set unix.CPUSet
	for _, c := range cpus {
		set.Set(c)
	}
	threads, err := filepath.Glob("/proc/self/task/*")
	if err != nil {
		return fmt.Errorf("place the generator: %w", err)
	}
	for _, t := range threads {
		tid, err := strconv.Atoi(filepath.Base(t))
		if err != nil {
			continue
		}
		if err := unix.SchedSetaffinity(tid, &set); err != nil && err != unix.ESRCH {
			return fmt.Errorf("place the generator on CPUs %v: %w", cpus, err)
		}
	}
	return nil
}
