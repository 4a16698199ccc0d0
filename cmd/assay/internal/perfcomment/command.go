package perfcomment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/perfcheck"
	"github.com/assay-bench/assay/internal/usage"
)

// mostComment is the length of the longest comment that GitHub takes, in characters.
const mostComment = 65536

// Command returns the command `assay perf-comment`, which is the step of an action and
// not a command for people.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "perf-comment DIR",
		Short: "Comment on a pull request what a performance check found",
		Long: `Write the verdict of a performance check into one comment on its pull request, or
replace the comment of an earlier check. DIR is the unpacked artifact of the check, and
only data.

The environment says where: GITHUB_API_URL, GITHUB_SERVER_URL (for links to lines of
source), GITHUB_REPOSITORY, GITHUB_TOKEN (with
pull-requests: write), HEAD_SHA (the commit that was checked), RUN_URL (the address of the
check's run) and, if there is one, HISTORY (a folder of verdicts that perf-check keeps).
Without an open pull request whose head is HEAD_SHA nothing is written.`,
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			self, err := child.Self()
			if err != nil {
				return err
			}
			return run(cmd.Context(), cmd.OutOrStdout(), args[0], os.Getenv, assay{self}.annotate)
		},
	}
}

// fullCommit is the full name of a commit.
var fullCommit = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)

// run writes the comments. Annotate words a verdict. The text of the comment comes from
// a process of its own, and is neither read nor changed here but for its first line, by
// which the next comment finds it.
func run(ctx context.Context, w io.Writer, dir string, env func(string) string, annotate func(ctx context.Context, verdict string, flags ...string) (string, error)) error {
	commit := env("HEAD_SHA")
	if !fullCommit.MatchString(commit) {
		return usage.Errorf("HEAD_SHA is %q, expected the full name of a commit", commit)
	}
	g, err := newGitHub(env("GITHUB_API_URL"), env("GITHUB_REPOSITORY"), env("GITHUB_TOKEN"))
	if err != nil {
		return usage.Errorf("%w", err)
	}
	// Lines are linked in the commit that GitHub names, and not in one that the check does.
	source := ""
	if server := env("GITHUB_SERVER_URL"); server != "" {
		source = server + "/" + env("GITHUB_REPOSITORY") + "/blob/" + commit
	}
	text, err := annotate(ctx, filepath.Join(dir, perfcheck.VerdictFile), "--link="+env("RUN_URL"), "--found="+lastFound(env("HISTORY")), "--source="+source)
	if err != nil {
		return fmt.Errorf("word the verdict: %w", err)
	}
	if len(text) > mostComment {
		return fmt.Errorf("the comment would have %d bytes, and GitHub takes %d", len(text), mostComment)
	}
	mark, _, found := strings.Cut(text, "\n")
	if !found {
		return errors.New("the comment has no mark by which the next one could replace it")
	}
	numbers, err := g.pullRequests(ctx, commit)
	if err != nil {
		return fmt.Errorf("find the pull request of %s: %w", commit, err)
	}
	if len(numbers) == 0 {
		_, err := fmt.Fprintf(w, "No open pull request has the head %s: nothing to say.\n", commit)
		return err
	}
	for _, n := range numbers {
		if err := g.say(ctx, n, mark, text); err != nil {
			return fmt.Errorf("comment on pull request %d: %w", n, err)
		}
		if _, err := fmt.Fprintf(w, "Pull request %d has the verdict.\n", n); err != nil {
			return err
		}
	}
	return nil
}

// assay is this program, of which another command words verdicts.
type assay struct{ path string }

// annotate returns the text of a comment.
func (a assay) annotate(ctx context.Context, verdict string, flags ...string) (string, error) {
	cmd := exec.Command(a.path, slices.Concat([]string{"annotate", "--comment"}, flags, []string{verdict})...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := (&child.Runner{}).Run(ctx, cmd); err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(problems.String()))
	}
	return out.String(), nil
}
