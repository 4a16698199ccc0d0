package lane

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// onlineCPUs returns the number of CPUs of the machine, including those that this process
// may not use. If the kernel does not say, it returns the number that this thread may use.
func onlineCPUs() int {
	if b, err := os.ReadFile("/sys/devices/system/cpu/online"); err == nil {
		if n := countCPUs(strings.TrimSpace(string(b))); n > 0 {
			return n
		}
	}
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return 1
	}
	return set.Count()
}

// countCPUs counts the CPUs of a list in the form of the kernel, such as "0-3,8". It
// returns 0 for a list that it cannot read.
func countCPUs(list string) (n int) {
	for part := range strings.SplitSeq(list, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil || to < from {
			return 0
		}
		n += to - from + 1
	}
	return n
}
