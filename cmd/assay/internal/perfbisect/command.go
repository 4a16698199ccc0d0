package perfbisect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Command returns the command `assay perf-bisect`.
func Command() *cobra.Command { return command(child.Self) }

// command makes the command with another way to find this program, for tests.
func command(self func() (string, error)) *cobra.Command {
	var repo, out string
	cmd := &cobra.Command{
		Use:   "perf-bisect GOOD BAD",
		Short: "Find the commit that made it slower",
		Long: `Find the commit between GOOD, which is fast, and BAD, which is slow, that made it
slower.

Each step is a check of a commit against GOOD by assay perf-check, which takes as long as
that: a history of 12 commits needs five on average. A commit that does not build, or whose
check cannot tell, is skipped for its neighbours. At the end the commit that was found
is checked against its parent, and explained. Merges count as one commit.

Everything is kept in a folder. A search that was interrupted or killed goes on where it
was if the command is repeated; only the check that was under way is made again.
The checkout, its branch and a bisection by git stay as they are, and uncommitted changes
are not measured.

Exit status: 0 found; 1 BAD is not slower than GOOD; 2 wrong usage or a failure; 3 it
could not be told, or only narrowed down.`,
		Example: `  assay perf-bisect v1.4.0 main
  assay perf-bisect --micro ./... --bench '^BenchmarkFind$' HEAD~12 HEAD`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage.Errorf("want two commits, GOOD and BAD; got %d (see `%s --help`)", len(args), cmd.CommandPath())
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&repo, "repo", ".", "`DIR` in the repository")
	f.StringVar(&out, "out", "", "`DIR` for the checks and the answer, and of a search to go on with (default: perf-bisect-GOOD-BAD)")
	f.Bool("short", false, "make short checks, with the scenarios in short/")
	f.StringArray("scenarios", nil, "`PATH` of a file or folder of scenarios in GOOD, or on the disk, as for assay perf-check (repeatable)")
	f.StringArray("micro", nil, "`PKG` whose Go benchmarks are compared (repeatable)")
	f.String("bench", "", "`REGEXP` that selects Go benchmarks")
	f.String("benchtime", "", "`TIME` of each Go benchmark")
	f.StringArray("margin", nil, "`MARGIN` of the gate, like 5% or p99=10% (repeatable)")
	f.String("foreign-limit", "", "`SHARE` of a CPU that other programs may take before a block is void, as for assay perf-check")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return run(cmd, self, repo, out, given(f), args)
	}
	return cmd
}

// given returns the flags for perf-check as they were given.
func given(f *pflag.FlagSet) (flags []string) {
	f.Visit(func(one *pflag.Flag) {
		if one.Name == "repo" || one.Name == "out" {
			return
		}
		values := []string{one.Value.String()}
		if list, ok := one.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			flags = append(flags, "--"+one.Name+"="+v)
		}
	})
	return flags
}

// run makes the search that a command line asks for.
func run(cmd *cobra.Command, self func() (string, error), repo, out string, flags, args []string) error {
	path, err := self()
	if err != nil {
		return usage.Errorf("find this program: %w", err)
	}
	errs := cmd.ErrOrStderr()
	ctx, signals := child.Catch(context.WithoutCancel(cmd.Context()))
	defer signals.Release()
	b := &bisection{self: path, out: out, flags: flags, run: &child.Runner{Again: signals.Again()}, stdout: cmd.OutOrStdout(), stderr: errs}
	status, err := b.search(ctx, repo, args[0], args[1])
	var interrupted *child.Interrupted
	switch {
	case errors.As(err, &interrupted):
		b.say("interrupted; the same command goes on from here")
		return &program.Status{Code: interrupted.Status()}
	case err != nil:
		b.say("%v", err)
		return &program.Status{Code: program.Wrong}
	case status != program.Done:
		return &program.Status{Code: status}
	}
	return nil
}

// bisection is one search with everything that it needs.
type bisection struct {
	self           string
	out            string
	flags          []string
	run            *child.Runner
	stdout, stderr io.Writer
}

// say writes a line of progress to stderr. Control characters in it are shown, and not
// sent to the terminal.
func (b *bisection) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, "perf-bisect: %s\n", plain.Text(fmt.Sprintf(format, args...)))
}

// search makes or continues the search, and returns the exit status.
func (b *bisection) search(ctx context.Context, dir, good, bad string) (status int, err error) {
	for _, name := range []string{"git", "go"} {
		if _, err := exec.LookPath(name); err != nil {
			return 0, fmt.Errorf("no %s in PATH: install it", name)
		}
	}
	clearGitEnv()
	repo, err := gitrepo.Open(ctx, b.run, dir)
	if err != nil {
		if ctx.Err() != nil {
			return 0, err
		}
		return 0, fmt.Errorf("%s is not in a git repository: go to one, or name it with --repo DIR", dir)
	}
	h, err := readHistory(ctx, repo, good, bad)
	if err != nil {
		return 0, err
	}
	if dirty, err := repo.Dirty(ctx); err != nil {
		return 0, err
	} else if dirty {
		b.say("warning: uncommitted changes in %s are not measured", repo.Root)
	}
	if err := b.begin(h); err != nil {
		return 0, err
	}
	b.say("%d commits between %s and %s; the results are in %s", len(h.commits)-1, h.called(h.commits[0]), h.called(h.commits[len(h.commits)-1]), b.out)
	flags := append([]string{"--repo=" + repo.Root}, b.flags...)
	c := &checker{self: b.self, out: b.out, flags: flags, run: b.run, h: h, stderr: b.stderr, say: b.say}
	a, err := find(ctx, h.commits, h.parent, c)
	if err != nil {
		return 0, err
	}
	if err := b.keep(a, c.made); err != nil {
		return 0, err
	}
	return statusOf(a.Outcome), tell(b.stdout, h, a)
}

// AnswerFile is what a search leaves for programs, beside its checks.
const AnswerFile = "answer.json"

// Kept is the answer of a search as AnswerFile has it.
type Kept struct {
	Outcome string `json:"outcome"` // found, doubtful, narrowed, not slower or untold
	// Suspects are the full names of the commits of which one made it slower, the oldest
	// first. They mean nothing if Outcome is "not slower" or "untold".
	Suspects []string `json:"suspects"`
	Checks   int      `json:"checks"` // that it took
	// Wrong is the largest share of searches that name a wrong commit; null if none is
	// named.
	Wrong *float64 `json:"wrong_at_most"`
}

// ReadAnswer reads the answer of a search in a folder.
func ReadAnswer(dir string) (k Kept, err error) {
	text, err := results.ReadRegular(filepath.Join(dir, AnswerFile))
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(text, &k); err != nil {
		return k, fmt.Errorf("%s: want the answer of a search: %w", filepath.Join(dir, AnswerFile), err)
	}
	return k, nil
}

// keep writes the answer for programs.
func (b *bisection) keep(a Answer, checks int) error {
	k := Kept{Outcome: a.Outcome.String(), Suspects: append([]string{}, a.Suspects...), Checks: checks}
	if a.Outcome == found {
		wrong, _ := sure(&a)
		k.Wrong = &wrong
	}
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	return results.WriteFile(filepath.Join(b.out, AnswerFile), append(text, '\n'))
}

// statusOf is the exit status of an outcome.
func statusOf(o outcome) int {
	switch o {
	case found:
		return program.Done
	case notSlower:
		return program.Failed
	}
	return program.Undecided
}

// state says what a folder is the search of.
type state struct {
	Good    string   `json:"good"`
	Bad     string   `json:"bad"`
	Commits []string `json:"commits"`
	Flags   []string `json:"flags"`
}

// begin makes the folder of the search, or makes sure that it is the folder of the same.
func (b *bisection) begin(h *history) error {
	if b.out == "" {
		b.out = "perf-bisect-" + short(h.commits[0]) + "-" + short(h.commits[len(h.commits)-1])
	}
	var err error
	if b.out, err = filepath.Abs(b.out); err != nil {
		return err
	}
	now := state{h.commits[0], h.commits[len(h.commits)-1], h.commits, append([]string{}, b.flags...)}
	path := filepath.Join(b.out, stateFile)
	text, err := results.ReadRegular(path)
	switch {
	case err == nil:
		var was state
		if json.Unmarshal(text, &was) != nil || !slices.Equal(was.Commits, now.Commits) || !slices.Equal(was.Flags, now.Flags) {
			return fmt.Errorf("%s holds another search, or one with other flags: repeat its command, or choose another folder with --out", b.out)
		}
		return nil
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	if _, err := os.Lstat(filepath.Join(b.out, checksFolder)); err == nil {
		return fmt.Errorf("%s holds checks, but no %s: choose another folder with --out", b.out, stateFile)
	}
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return err
	}
	if text, err = json.MarshalIndent(now, "", "  "); err != nil {
		return err
	}
	return results.WriteFile(path, append(text, '\n'))
}
