package perfaction

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/assay-bench/assay/cmd/assay/internal/perfcheck"
	"github.com/assay-bench/assay/results"
)

// A history is a folder that the caller keeps between checks:
//
//	reference              the commit that a check compares with if nothing else is known
//	COMMIT/TIME-HEAD.json  verdicts against that commit; names sort by time
//	COMMIT-short/…         the same of short checks
const referenceFile = "reference"

// shortSuffix marks the verdicts of short checks. They are a series of their own,
// because their windows are shorter and their levels are others.
const shortSuffix = "-short"

// reference returns what a trend compares with, which has to stay the same for long: the
// newest tag before head, else the commit that the history knows, else head's parent.
func (c *check) reference(ctx context.Context) string {
	if tag, err := c.repo.Git(ctx, "describe", "--tags", "--abbrev=0", c.head+"^"); err == nil {
		return tag
	}
	if known, err := results.ReadRegular(filepath.Join(c.History, referenceFile)); err == nil {
		if commit, err := c.repo.Commit(ctx, strings.TrimSpace(string(known))); err == nil {
			return commit
		}
	}
	return c.Head + "^1"
}

// remember adds the verdict to the history, writes the trend of all verdicts against the
// same commit to w, and leaves a copy of the history among the results.
func (c *check) remember(ctx context.Context, w io.Writer) error {
	series := filepath.Join(c.History, c.base)
	if c.Short {
		series += shortSuffix
	}
	if err := os.MkdirAll(series, 0o755); err != nil {
		return err
	}
	// A base that the caller chose for once is no reference, unless it is the first.
	reference := filepath.Join(c.History, referenceFile)
	if _, err := os.Stat(reference); err != nil || !c.chosen {
		if err := results.WriteFile(reference, []byte(c.base+"\n")); err != nil {
			return err
		}
	}
	verdict, err := results.ReadRegular(c.result(perfcheck.VerdictFile))
	if err != nil {
		return err
	}
	name := time.Now().UTC().Format("20060102T150405Z") + "-" + abbreviated(c.head) + ".json"
	if err := results.WriteFile(filepath.Join(series, name), verdict); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n### Trend against %s\n\n", abbreviated(c.base))
	if err := c.call(ctx, w, "trend", "--markdown", series); err != nil {
		return err
	}
	return os.CopyFS(c.result("history"), os.DirFS(c.History))
}

// abbreviated is the beginning of the full name of a commit, which tells it apart.
func abbreviated(commit string) string { return commit[:12] }
