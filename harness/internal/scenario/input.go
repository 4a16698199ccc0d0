package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// maxInput is the largest size, in bytes, of a file that a scenario names: a
// body_file, or the file or csv of a variable.
const maxInput = 64 << 20

// besideScenario is the one rule for relative paths, for messages.
const besideScenario = "the path is relative to the scenario file"

// input reads another file that the scenario names, and keeps its digest.
func (c *checker) input(t text, what string) ([]byte, bool) {
	data, bad := c.readFile(t.value)
	if bad != nil {
		c.report(t.mark, what+": "+bad.message, bad.suggestion)
		return nil, false
	}
	sum := sha256.Sum256(data)
	c.out.Inputs[t.value] = hex.EncodeToString(sum[:])
	return data, true
}

// readFile reads another file that the scenario names. Anything but a regular file is
// a problem, because to open a named pipe would wait for somebody who writes to it.
func (c *checker) readFile(name string) ([]byte, *problem) {
	c.files.read(beside(c.dir, name))
	path := c.files.within(beside(c.dir, name))
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &problem{fmt.Sprintf("there is no file %q", name), besideScenario}
	case err != nil:
		return nil, &problem{err.Error(), ""}
	case info.IsDir():
		return nil, &problem{fmt.Sprintf("%s is a folder, expected a file", name), ""}
	case !info.Mode().IsRegular():
		return nil, &problem{fmt.Sprintf("%s is not a regular file", name), "every trial needs the same content: write it into a file"}
	}
	if info.Size() <= maxInput {
		data, err := readLimited(path, maxInput+1) // the file may have grown since
		if err != nil {
			return nil, &problem{err.Error(), ""}
		}
		if len(data) <= maxInput {
			return data, nil
		}
	}
	return nil, &problem{fmt.Sprintf("%s has more than %d bytes", name, maxInput), ""}
}

// beside is the path of a file that a scenario names, from the folder of the scenario.
func beside(folder, name string) string {
	path := filepath.FromSlash(name)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
