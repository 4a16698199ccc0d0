package main

import (
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/results"
)

// gitState asks git; without git, or outside a repository, it is empty.
func gitState() (g results.Git) {
	head, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		return g
	}
	g.Commit = strings.TrimSpace(string(head))
	status, err := exec.Command("git", "status", "--porcelain", "--untracked-files=no").Output()
	g.Dirty = err != nil || len(status) > 0
	return g
}

// hashBinaries takes the SHA-256 of every program that the scenarios start. One
// that is built for the run, or that does not exist yet, has none here; the
// trial that wants to start it says so.
func hashBinaries(all []work) ([]results.Binary, error) {
	var binaries []results.Binary
	seen := map[string]bool{}
	for _, w := range all {
		for _, s := range w.Servers {
			if len(s.Command) == 0 || strings.Contains(s.Command[0], "${") || strings.Contains(s.Dir, "${") || seen[s.Command[0]] {
				continue
			}
			name := s.Command[0]
			seen[name] = true
			path := name
			if strings.ContainsRune(name, filepath.Separator) && !filepath.IsAbs(name) {
				path = filepath.Join(s.Dir, name)
			}
			path, err := exec.LookPath(path)
			if err != nil {
				continue
			}
			sum, err := results.Hash(path)
			if err != nil {
				return nil, err
			}
			binaries = append(binaries, results.Binary{Path: name, SHA256: sum})
		}
	}
	return binaries, nil
}
