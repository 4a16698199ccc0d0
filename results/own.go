package results

import (
	"fmt"
	"io/fs"
	"os"
)

// own refuses a file or folder of a bundle that is a link: what a run writes would land
// wherever it leads. What is not there yet is fine. Links are followed when bundles are
// read, and where the bundle itself is one.
func own(path string) error {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s is a link: a bundle is written into its own folder only", path)
	}
	return nil // an error of Lstat comes again when the file is opened
}

// writeOwn creates or replaces a file of a bundle in one step, and follows no link.
func writeOwn(path string, data []byte) error {
	if err := own(path); err != nil {
		return err
	}
	return WriteFile(path, data)
}
