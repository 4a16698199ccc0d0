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

// Given is the variable in which scripts/assay.sh passes the folder that it made, of
// the same kind, which holds this program.
const Given = "ASSAY_SCRATCH"

// Variable holds the folders that a process was started from, the outermost first.
const Variable = "ASSAY_WITHIN"

// unlocked is the age at which a folder without a lock counts as left behind. Only
// building the program lies between the two.
const unlocked = time.Hour

// Dir is a scratch folder.
type Dir struct {
	Path  string // absolute, without symbolic links
	lock  *os.File
	trees []tree
}

// tree is a work tree in a scratch folder.
type tree struct {
	Repository string `json:"repository"` // root of the work tree that it belongs to
	Path       string `json:"path"`
}

// Adopt takes the folder that Given names, if it names one, until release is called.
func Adopt() (release func()) {
	path := os.Getenv(Given)
	os.Unsetenv(Given) // what this program starts has nothing to do with it
	if !strings.HasPrefix(filepath.Base(path), prefix) || !mine(path) {
		return func() {}
	}
	lock, err := newLock(path)
	if err != nil {
		return func() {}
	}
	return (&Dir{Path: path, lock: lock}).remove
}

// Open makes a scratch folder in the folder for temporary files. First it cleans up
// after programs that were killed; a failure of that is none of Open.
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

// Temp is the folder for temporary files of processes, within the scratch folder.
func (d *Dir) Temp() string { return filepath.Join(d.Path, "tmp") }

// Env is what processes are started with, so that what they leave is found.
func (d *Dir) Env() []string {
	within := d.Path
	if outer := os.Getenv(Variable); outer != "" {
		within = outer + string(os.PathListSeparator) + d.Path
	}
	return []string{Variable + "=" + within, "TMPDIR=" + d.Temp(), "GOTMPDIR=" + d.Temp()}
}

// AddTree checks a commit of a repository out into a folder of that name.
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

// Close ends the processes that were started from the folder and removes its work
// trees and the folder.
func (d *Dir) Close() error {
	err := clear(d.Path)
	d.lock.Close()
	return err
}

// remove removes a folder from which nothing was started.
func (d *Dir) remove() {
	os.RemoveAll(d.Path)
	d.lock.Close()
}

// Sweep removes the scratch folders that killed programs of this user left in the
// folder for temporary files. It returns their paths.
func Sweep() (removed []string) {
	found, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return nil // the folder's name has a character that Glob gives a meaning
	}
	for _, path := range found {
		info, err := os.Lstat(path)
		if err != nil || !mine(path) {
			continue
		}
		lock, err := takeLock(path)
		switch {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist) && time.Since(info.ModTime()) > unlocked:
		default:
			continue // somebody works in it, or is about to
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

// clear ends the processes of a scratch folder and removes its work trees and it.
func clear(path string) error {
	if err := endProcesses(path); err != nil {
		return fmt.Errorf("clean up %s: %w", path, err)
	}
	var trees []tree
	if text, err := os.ReadFile(filepath.Join(path, treeFile)); err == nil {
		_ = json.Unmarshal(text, &trees) // an unreadable list cannot be followed
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, t := range trees {
		if repo, err := gitrepo.Open(ctx, new(child.Runner), t.Repository); err == nil {
			_ = repo.RemoveTree(ctx, t.Path) // it need not have come to be
		}
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}
