package host

import (
	"os/exec"
	"strconv"
	"strings"
)

// ChildFileLimit is how many files a program that this one starts may open at
// first; 0: unknown, or no limit. Go raises the limit of its own programs as far
// as it may, and gives their children the old one, which only a child can see.
func ChildFileLimit() uint64 {
	out, err := exec.Command("sh", "-c", "ulimit -Sn").Output()
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
