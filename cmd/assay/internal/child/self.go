package child

import (
	"os"
	"runtime"
)

// Self is the path of this program, also when its file has been replaced or removed
// since it was started.
func Self() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil // the child, too, is this program until it becomes another
	}
	return os.Executable()
}
