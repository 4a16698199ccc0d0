// Package gitrepo queries a git repository and makes work trees and clones of it. It
// calls the git program, so that hooks, filters and settings of the repository take
// effect.
package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
)

// Repo is a repository with a work tree.
type Repo struct {
	Root string   // absolute path of the work tree
	Env  []string // NAME=VALUE, added to the environment of git
	run  *child.Runner
}

// ErrNone is the error of Open for a folder that is not in a repository.
var ErrNone = errors.New("not in a git repository")

// Open finds the repository that a folder belongs to.
func Open(ctx context.Context, run *child.Runner, dir string) (*Repo, error) {
	r := &Repo{Root: dir, run: run}
	root, err := r.Git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) || ctx.Err() != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s is %w", dir, ErrNone)
	}
	r.Root = root
	return r, nil
}

// Git runs git in the repository and returns its output without the final line feed.
// The error contains git's message.
func (r *Repo) Git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", r.Root}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(), r.Env...)
	if err := r.run.Run(ctx, cmd); err != nil {
		if said := strings.TrimSpace(stderr.String()); said != "" && ctx.Err() == nil {
			return "", fmt.Errorf("git %s: %w: %s", args[0], err, said)
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}

// Commit returns the full name of a commit. The given name may come from outside:
// git never treats it as an option.
func (r *Repo) Commit(ctx context.Context, name string) (string, error) {
	return r.Git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
}

// Dirty reports whether files that git tracks have uncommitted changes.
func (r *Repo) Dirty(ctx context.Context) (bool, error) {
	out, err := r.Git(ctx, "status", "--porcelain", "--untracked-files=no")
	return out != "", err
}

// AddTree checks a commit out into a new folder, as a work tree of the repository.
func (r *Repo) AddTree(ctx context.Context, dir, commit string) error {
	_, err := r.Git(ctx, "worktree", "add", "--quiet", "--detach", dir, commit)
	return err
}

// RemoveTree removes a work tree and the repository's record of it, even if the work
// tree was not made completely.
func (r *Repo) RemoveTree(ctx context.Context, dir string) error {
	_, err := r.Git(ctx, "worktree", "remove", "--force", "--force", dir)
	return err
}

// Clone makes an independent repository in a new folder, without a checkout.
func (r *Repo) Clone(ctx context.Context, dir string) (*Repo, error) {
	if _, err := r.Git(ctx, "clone", "--quiet", "--no-checkout", ".", dir); err != nil {
		return nil, err
	}
	return &Repo{Root: dir, run: r.run}, nil
}

// Checkout checks out a commit without a branch.
func (r *Repo) Checkout(ctx context.Context, commit string) error {
	_, err := r.Git(ctx, "checkout", "--quiet", "--detach", commit)
	return err
}
