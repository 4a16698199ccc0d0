// Package provenance records what was measured: the commit of a source tree, the
// changes to it, and the SHA-256 of the programs that are started. A run stores
// these in its manifest, and a resumed run compares them with the current state.
package provenance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// Git returns the state of the repository that contains dir. Without git, or outside
// a repository, it is empty.
func Git(dir string) (g results.Git) {
	head, err := git(dir, "rev-parse", "HEAD")
	if err != nil {
		return g
	}
	g.Commit = strings.TrimSpace(string(head))
	status, err := git(dir, "status", "--porcelain", "--untracked-files=no")
	g.Dirty = err != nil || len(status) > 0
	return g
}

// gitChanges returns the SHA-256 of the difference between the tracked files of a
// dirty tree and its commit, or "" if git fails.
func gitChanges(dir string) string {
	diff, err := git(dir, "diff", "--binary", "--no-ext-diff", "--no-textconv", "HEAD")
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(diff)
	return hex.EncodeToString(sum[:])
}

// git runs git in a folder and returns what it prints.
func git(dir string, args ...string) ([]byte, error) {
	c := exec.Command("git", args...)
	c.Dir = dir
	return c.Output()
}

// Tree returns the state of a folder that programs are built from. It ignores files
// that git does not track, because builds leave such files behind.
func Tree(dir string) results.Tree {
	t := results.Tree{Git: Git(dir)}
	if t.Git.Dirty {
		t.Changes = gitChanges(dir)
	}
	return t
}

// Difference describes how two states of a tree differ, as "this and not that". It
// returns "" if they do not.
func Difference(was, now results.Tree) string {
	switch {
	case was.Git != now.Git:
		return fmt.Sprintf("%s and not %s", commitText(was.Git), commitText(now.Git))
	case was.Changes != now.Changes:
		return "other changes to " + commitText(was.Git)
	}
	return ""
}

// commitText names the state of a tree in a sentence.
func commitText(g results.Git) string {
	switch {
	case g.Commit == "":
		return "no known commit"
	case g.Dirty:
		return "commit " + g.Commit + " with changes"
	}
	return "commit " + g.Commit
}

// Binaries returns the SHA-256 of every program that is started. Programs that the
// run builds are hashed when they are built. A program that does not exist yet has
// no hash; the trial that wants to start it reports the error.
func Binaries(servers []scenario.Server) ([]results.Binary, error) {
	var binaries []results.Binary
	seen := map[string]bool{}
	for _, s := range servers {
		// A server that already runs was not started by the run, and one that is built
		// is hashed when it is built.
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
	return binaries, nil
}

// Trees returns the state of every folder that servers are built in.
func Trees(servers []scenario.Server) map[string]results.Tree {
	trees := map[string]results.Tree{}
	for _, s := range servers {
		if len(s.BuildCommand) == 0 {
			continue
		}
		dir := filepath.Clean(s.BuildDir)
		if _, ok := trees[dir]; !ok {
			trees[dir] = Tree(dir)
		}
	}
	return trees
}
