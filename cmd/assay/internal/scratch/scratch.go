package scratch

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
	"github.com/assay-bench/assay/internal/scratch"
	"github.com/assay-bench/assay/results"
)

const (
	prefix   = "assay-work." // scripts/assay.sh makes folders of this name, too
	treeFile = "trees.json"
)

// Given is the environment variable in which scripts/assay.sh passes a folder of the
// same kind, which the script made and which contains this program.
const Given = "ASSAY_SCRATCH"

// Dir is a scratch folder.
type Dir struct {
	*scratch.Folder
	trees []tree
}

// tree is a work tree in a scratch folder.
type tree struct {
	Repository string `json:"repository"` // root of the repository that the work tree belongs to
	Path       string `json:"path"`
}

// Adopt adopts the folder that Given names, if there is one, until release is
// called.
func Adopt() (release func()) {
	path := os.Getenv(Given)
	os.Unsetenv(Given) // programs that this one starts must not see it
	f := scratch.Adopt(path, prefix)
	if f == nil {
		return func() {}
	}
	return f.Discard
}

// Open makes a scratch folder in the folder for temporary files. Before that, it
// cleans up after programs that were killed; errors of the clean-up are ignored.
func Open() (*Dir, error) {
	Sweep()
	f, err := scratch.Make(prefix)
	if err != nil {
		return nil, err
	}
	d := &Dir{Folder: f}
	if err := os.Mkdir(d.Temp(), 0o700); err != nil {
		d.Discard()
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return d, nil
}

// Temp returns the folder for temporary files of processes, inside the scratch
// folder.
func (d *Dir) Temp() string { return filepath.Join(d.Path, "tmp") }

// Env returns the environment for processes, by which they are found later.
func (d *Dir) Env() []string {
	return []string{scratch.Variable + "=" + d.Within(), "TMPDIR=" + d.Temp(), "GOTMPDIR=" + d.Temp()}
}

// AddTree checks out a commit of a repository into a folder with the given name.
func (d *Dir) AddTree(ctx context.Context, repo *gitrepo.Repo, name, commit string) error {
	path := filepath.Join(d.Path, name)
	d.trees = append(d.trees, tree{repo.Root, path})
	text, err := json.Marshal(d.trees)
	if err == nil {
		err = results.WriteFile(filepath.Join(d.Path, treeFile), text)
	}
	if err != nil {
		return fmt.Errorf("note the work tree %s: %w", name, err)
	}
	return repo.AddTree(ctx, path, commit)
}

// Close ends the processes that were started from the folder, and removes its work
// trees and the folder.
func (d *Dir) Close() error { return d.Folder.Close(removeTrees) }

// Sweep removes the scratch folders that killed programs of this user left in the
// folder for temporary files. It returns their paths.
func Sweep() (removed []string) { return scratch.Sweep(prefix, removeTrees) }

// removeTrees removes the work trees that are listed in a scratch folder.
func removeTrees(path string) {
	var trees []tree
	if text, err := results.ReadRegular(filepath.Join(path, treeFile)); err == nil {
		_ = json.Unmarshal(text, &trees) // if the list is unreadable, there is nothing to remove
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, t := range trees {
		if repo, err := gitrepo.Open(ctx, new(child.Runner), t.Repository); err == nil {
			_ = repo.RemoveTree(ctx, t.Path) // the work tree may not have been made
		}
	}
}
