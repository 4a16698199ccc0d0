package perfbisect

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
)

// history is the part of a repository's history that is searched.
type history struct {
	repo      *gitrepo.Repo
	good, bad string   // as the caller named them
	commits   []string // full names, from the good one to the bad one
	titles    map[string]string
	parents   map[string]string // the first parent
}

// readHistory finds the commits between two, along the first parents: what was merged
// counts as one commit.
func readHistory(ctx context.Context, repo *gitrepo.Repo, good, bad string) (*history, error) {
	h := &history{repo: repo, good: good, bad: bad, titles: map[string]string{}, parents: map[string]string{}}
	var full [2]string
	for i, name := range []string{good, bad} {
		var err error
		if full[i], err = repo.Commit(ctx, name); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			return nil, fmt.Errorf("no commit %s in %s: name a branch, a tag or a commit that is there, or fetch it", name, repo.Root)
		}
	}
	if full[0] == full[1] {
		return nil, fmt.Errorf("GOOD (%s) and BAD (%s) are the same commit: name a commit that was still fast, and a later one that is slow", good, bad)
	}
	if !h.ancestor(ctx, full[0], full[1]) {
		return nil, h.unrelated(ctx, full)
	}
	list, err := repo.Git(ctx, "log", "--first-parent", "--reverse", "--format=%H %P%x00%s", full[0]+".."+full[1], "--")
	if err != nil {
		return nil, fmt.Errorf("list the commits between %s and %s: %w", good, bad, err)
	}
	h.commits = []string{full[0]}
	for line := range strings.Lines(list) {
		names, title, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\x00")
		commit, parents, _ := strings.Cut(names, " ")
		parent, _, _ := strings.Cut(parents, " ")
		// Commits beside the line from good to bad say nothing about what came after good.
		if commit != full[1] && !h.ancestor(ctx, full[0], commit) {
			continue
		}
		h.commits = append(h.commits, commit)
		h.titles[commit], h.parents[commit] = title, parent
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if title, err := repo.Git(ctx, "log", "-1", "--format=%s", full[0], "--"); err == nil {
		h.titles[full[0]] = title
	}
	return h, nil
}

// ancestor reports whether one commit comes before another.
func (h *history) ancestor(ctx context.Context, one, other string) bool {
	_, err := h.repo.Git(ctx, "merge-base", "--is-ancestor", one, other)
	return err == nil
}

// unrelated is the error for a good commit that does not come before the bad one.
func (h *history) unrelated(ctx context.Context, full [2]string) error {
	if h.ancestor(ctx, full[1], full[0]) {
		return fmt.Errorf("GOOD (%s) comes after BAD (%s): exchange them", h.good, h.bad)
	}
	text := fmt.Sprintf("GOOD (%s) is no ancestor of BAD (%s)", h.good, h.bad)
	if base, err := h.repo.Git(ctx, "merge-base", full[0], full[1]); err == nil {
		return fmt.Errorf("%s: use %s, which both come from, after a check that BAD is slower than that", text, short(base))
	}
	return fmt.Errorf("%s, and they have no commit in common; in a shallow clone, fetch the rest: git fetch --unshallow", text)
}

// parent returns the first parent of a commit.
func (h *history) parent(commit string) string { return h.parents[commit] }

// called is a commit with its title, for people.
func (h *history) called(commit string) string {
	if title := h.titles[commit]; title != "" {
		return fmt.Sprintf("%s (%s)", short(commit), title)
	}
	return short(commit)
}

// short is the beginning of the name of a commit, which tells it apart.
func short(commit string) string { return commit[:min(12, len(commit))] }

// clearGitEnv removes what git sets for its hooks, which would make every command of git
// refer to the hook's repository.
func clearGitEnv() {
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"} {
		os.Unsetenv(name)
	}
}
