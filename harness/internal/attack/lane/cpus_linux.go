package lane

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// onlineCPUs is how many CPUs the machine has, whoever may use them; those that this
// thread may use if the system does not tell.
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

// countCPUs reads a list as the kernel writes it: 0-3,8. It is 0 if it cannot be read.
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
