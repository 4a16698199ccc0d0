package benchgate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
	"github.com/assay-bench/assay/results"
)

// slowdown is the factor by which the simulated store of the slower commit is slower.
const slowdown = "1.1"

// slowFile contains only the default of the server's flag -slowdown.
const slowFile = "server/slowdown.go"

// slowSource is the content of that file in the slower commit.
const slowSource = `package main

// usualSlowdown is the default of the flag -slowdown.
const usualSlowdown = ` + slowdown + "\n"

// slow makes a commit in a clone whose server is slower by a known factor, and
// returns the commit's name. Dates and author are fixed, so that a series that is
// continued has the same commit.
func slow(ctx context.Context, clone *gitrepo.Repo, commit string) (string, error) {
	if err := clone.Checkout(ctx, commit); err != nil {
		return "", err
	}
	path := filepath.Join(clone.Root, slowFile)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("commit %s has no %s, which holds the default of the server's flag -slowdown: start the series with a commit that has it", commit, slowFile)
	}
	if err := results.WriteFile(path, []byte(slowSource)); err != nil {
		return "", err
	}
	// A commit's name depends on its dates. With today's, a series that is continued
	// would compare with another commit.
	clone.Env = []string{"GIT_AUTHOR_DATE=2000-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2000-01-01T00:00:00Z"}
	defer func() { clone.Env = nil }()
	if _, err := clone.Git(ctx, "-c", "user.name=bench-gate", "-c", "user.email=bench-gate@localhost", "-c", "commit.gpgsign=false",
		"commit", "--quiet", "--all", "--no-verify", "-m", "server: slower by a known factor"); err != nil {
		return "", err
	}
	return clone.Commit(ctx, "HEAD")
}
