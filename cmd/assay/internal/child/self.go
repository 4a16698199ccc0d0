package child

import (
	"os"
	"runtime"
)

// Self returns the path of this program. The path is valid even if the program's
// file has been replaced or removed since the program started.
func Self() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil // valid in the child too, which is this program until it executes another
	}
	return os.Executable()
}
