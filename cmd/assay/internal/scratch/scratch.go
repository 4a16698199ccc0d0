package scratch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
	"github.com/assay-bench/assay/results"
)

const (
	prefix   = "assay-work." // scripts/assay.sh makes folders of this name, too
	lockFile = "lock"
	treeFile = "trees.json"
)

// Given is the environment variable in which scripts/assay.sh passes a folder of the
// same kind, which the script made and which contains this program.
const Given = "ASSAY_SCRATCH"

// Variable is the environment variable that lists the folders that a process was
// started from, the outermost first.
const Variable = "ASSAY_WITHIN"

// unlocked is the age from which a folder without a lock counts as left behind. Only
// the build of the program comes between the folder and its lock.
const unlocked = time.Hour

// Dir is a scratch folder.
type Dir struct {
	Path  string // absolute, without symbolic links
	lock  *os.File
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
	if !strings.HasPrefix(filepath.Base(path), prefix) || !ownedByUser(path) {
		return func() {}
	}
	lock, err := newLock(path)
	if err != nil {
		return func() {}
	}
	return (&Dir{Path: path, lock: lock}).remove
}

// Open makes a scratch folder in the folder for temporary files. Before that, it
// cleans up after programs that were killed; errors of the clean-up are ignored.
func Open() (*Dir, error) {
	Sweep()
	path, err := os.MkdirTemp("", prefix+"*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	d := &Dir{Path: path}
	if path, err = filepath.EvalSymlinks(path); err == nil {
		d.Path, err = filepath.Abs(path)
	}
	if err == nil {
		d.lock, err = newLock(d.Path)
	}
	if err == nil {
		err = os.Mkdir(d.Temp(), 0o700)
	}
	if err != nil {
		d.remove()
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return d, nil
}

// Temp returns the folder for temporary files of processes, inside the scratch
// folder.
func (d *Dir) Temp() string { return filepath.Join(d.Path, "tmp") }

// Env returns the environment for processes, by which they are found later.
func (d *Dir) Env() []string {
	within := d.Path
	if outer := os.Getenv(Variable); outer != "" {
		within = outer + string(os.PathListSeparator) + d.Path
	}
	return []string{Variable + "=" + within, "TMPDIR=" + d.Temp(), "GOTMPDIR=" + d.Temp()}
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
func (d *Dir) Close() error {
	err := clear(d.Path)
	d.lock.Close()
	return err
}

// remove removes a folder from which no process was started.
func (d *Dir) remove() {
	os.RemoveAll(d.Path)
	d.lock.Close()
}

// Sweep removes the scratch folders that killed programs of this user left in the
// folder for temporary files. It returns their paths.
func Sweep() (removed []string) {
	found, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return nil // the name of the folder contains a special character of Glob
	}
	for _, path := range found {
		info, err := os.Lstat(path)
		if err != nil || !ownedByUser(path) {
			continue
		}
		lock, err := takeLock(path)
		switch {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist) && time.Since(info.ModTime()) > unlocked:
		default:
			continue // a program uses the folder, or is about to
		}
		if clear(path) == nil {
			removed = append(removed, path)
		}
		if lock != nil {
			lock.Close()
		}
	}
	return removed
}

// clear ends the processes of a scratch folder, and removes its work trees and the
// folder.
func clear(path string) error {
	if err := endProcesses(path); err != nil {
		return fmt.Errorf("clean up %s: %w", path, err)
	}
	var trees []tree
	if text, err := os.ReadFile(filepath.Join(path, treeFile)); err == nil {
		_ = json.Unmarshal(text, &trees) // if the list is unreadable, there is nothing to remove
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, t := range trees {
		if repo, err := gitrepo.Open(ctx, new(child.Runner), t.Repository); err == nil {
			_ = repo.RemoveTree(ctx, t.Path) // the work tree may not have been made
		}
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}
