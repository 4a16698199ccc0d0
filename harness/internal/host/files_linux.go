package host

import (
	"os/exec"
	"strconv"
	"strings"
)

// ChildFileLimit returns how many files a child of this program may open at first,
// or 0 if that is unknown or unlimited. Go raises the limit of its own programs as
// far as it may but gives their children the old limit, which only a child can see.
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
