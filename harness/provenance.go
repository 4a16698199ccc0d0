package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// gitState asks git; without git, or outside a repository, it is empty.
func gitState(dir string) (g results.Git) {
	head, err := git(dir, "rev-parse", "HEAD")
	if err != nil {
		return g
	}
	g.Commit = strings.TrimSpace(string(head))
	status, err := git(dir, "status", "--porcelain", "--untracked-files=no")
	g.Dirty = err != nil || len(status) > 0
	return g
}

// gitChanges is the SHA-256 of what the tracked files of a dirty tree differ in
// from their commit; empty if git does not tell.
func gitChanges(dir string) string {
	diff, err := git(dir, "diff", "--binary", "--no-ext-diff", "--no-textconv", "HEAD")
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(diff)
	return hex.EncodeToString(sum[:])
}

func git(dir string, args ...string) ([]byte, error) {
	c := exec.Command("git", args...)
	c.Dir = dir
	return c.Output()
}

// hashBinaries takes the SHA-256 of every program that the scenarios start, in
// every cell. One that is built for the run is hashed when it is built; one that
// does not exist yet has none, and the trial that wants to start it says so.
func hashBinaries(all []work) ([]results.Binary, error) {
	var binaries []results.Binary
	seen := map[string]bool{}
	for _, w := range all {
		env := scenario.Env{Ports: map[string]int{}, Binaries: map[string]string{}}
		for _, s := range w.Servers {
			env.Ports[s.Name], env.Binaries[s.Name] = 1, "-"
		}
		for _, c := range w.cells {
			r, err := w.Resolve(c, env)
			if err != nil {
				return nil, err
			}
			for _, s := range r.Servers {
				if len(s.Command) == 0 || len(s.BuildCommand) > 0 {
					continue
				}
				name := s.Command[0]
				if strings.ContainsRune(name, filepath.Separator) && !filepath.IsAbs(name) {
					name = filepath.Join(s.Dir, name)
				}
				if seen[name] {
					continue
				}
				seen[name] = true
				path, err := exec.LookPath(name)
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
	}
	return binaries, nil
}
