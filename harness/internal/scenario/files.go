package scenario

import (
	"maps"
	"path/filepath"
	"slices"
)

// files are the files that a scenario reads. On another host they lie in a folder that
// holds what the scenario needs of this host's file system, under their full paths.
type files struct {
	root  string          // that folder; empty on the host of the files themselves
	names map[string]bool // absolute paths of what was read, on the host of the files
}

// within returns where a file or folder, which is named by its path on its own host, is
// read.
func (f *files) within(path string) string {
	if f.root == "" {
		return path
	}
	return filepath.Join(f.root, path)
}

// read notes that a file was read.
func (f *files) read(path string) {
	if full, err := filepath.Abs(path); err == nil {
		f.names[full] = true
	}
}

// beside returns where a file is read that the scenario names.
func (s *Scenario) beside(name string) string {
	return s.files.within(beside(filepath.Dir(s.File), name))
}

// Files returns the absolute paths of everything that the scenario reads: its file, and
// the files that it names for bodies, variables and TLS.
func (s *Scenario) Files() []string { return slices.Sorted(maps.Keys(s.files.names)) }
