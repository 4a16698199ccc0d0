package results

import (
	"fmt"
	"io/fs"
	"os"
)

// own refuses a file or folder of a bundle that is a link, because what a run writes would
// land wherever it leads, and whatever else is neither file nor folder. What is not there
// yet is fine. Links are followed when bundles are read, and where the bundle itself is
// one.
func own(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil: // it comes again when the file is opened
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link: a bundle is written into its own folder only", path)
	case !info.Mode().IsRegular() && !info.IsDir():
		return fmt.Errorf("%s is %s: a bundle consists of files and folders", path, kind(info))
	}
	return nil
}

// writeOwn creates or replaces a file of a bundle in one step, and follows no link.
func writeOwn(path string, data []byte) error {
	if err := own(path); err != nil {
		return err
	}
	return WriteFile(path, data)
}
