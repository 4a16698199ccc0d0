package benchgate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
	"github.com/assay-bench/assay/cmd/assay/internal/scratch"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// The places of checks, recordings and rates in the repository.
const (
	runsFolder      = "results/runs/gate"
	commitFile      = "commit" // in that folder: the commit that the series was started with
	recordingFolder = "results/gate"
	page            = "analysis/GATE.md"
)

// patience is how many checks may fail in a row.
const patience = 3

// A series that ends with one of these errors can be continued.
var (
	errInterrupted = errors.New("interrupted; start it again to go on")
	errFailed      = errors.New("a check could not be made")
)

// bench makes a series of checks.
type bench struct {
	*series
	self           string // path of this program
	stdout, stderr io.Writer
	run            *child.Runner
	scratch        *scratch.Dir
	clone          *gitrepo.Repo
	commit, slowed string
}

// measure makes the missing checks. When all are there, it makes the recordings, and
// the page from them.
func (b *bench) measure(ctx context.Context) (err error) {
	repo, err := gitrepo.Open(ctx, b.run, ".")
	if err != nil {
		return err
	}
	if err := b.begin(ctx, repo); err != nil {
		return err
	}
	fmt.Fprintf(b.stdout, "%d checks of commit %s (%d aa, %d slow, %d load); %d to make, about %s.\n", len(b.checks), plain.Line(b.commit),
		b.counts[same.name], b.counts[slower.name], b.counts[loaded.name], len(b.missing()), duration(b.left()))
	if b.scratch, err = scratch.Open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.scratch.Close()) }()
	b.run.Env = b.scratch.Env()
	// Recordings are made in the scratch folder, and replace the published ones only
	// when the series is complete.
	if err := os.Mkdir(b.recordings(), 0o755); err != nil {
		return err
	}
	// The checks run in a clone, so that the repository may be worked in meanwhile, for
	// hours.
	if b.clone, err = repo.Clone(ctx, filepath.Join(b.scratch.Path, "source")); err != nil {
		return err
	}
	if b.slowed, err = slow(ctx, b.clone, b.commit); err != nil {
		return err
	}
	if err := b.all(ctx); err != nil {
		return err
	}
	if missing := b.missing(); len(missing) > 0 {
		var names []string
		for _, o := range missing {
			names = append(names, o.name())
		}
		return fmt.Errorf("not made: %s; start it again to make them", strings.Join(names, " "))
	}
	return b.publish(ctx)
}

// begin finds the commit of the series: that of an earlier start, or else the one
// that is checked out.
func (b *bench) begin(ctx context.Context, repo *gitrepo.Repo) error {
	path := filepath.Join(b.dir, commitFile)
	text, err := results.ReadRegular(path)
	switch {
	case err == nil:
		b.commit = strings.TrimSpace(string(text))
		return nil
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	if b.commit, err = repo.Commit(ctx, "HEAD"); err != nil {
		return err
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	return results.WriteFile(path, []byte(b.commit+"\n"))
}

// all makes the missing checks in order.
func (b *bench) all(ctx context.Context) error {
	failed := 0
	for i, o := range b.checks {
		if b.done(o) {
			continue
		}
		switch err := b.makeCheck(ctx, o); {
		case errors.Is(err, errFailed):
			// One check may fail by accident. Three in a row will not get better by
			// themselves.
			if failed++; failed == patience {
				return errors.New("three in a row: giving up; start it again to go on")
			}
			continue
		case err != nil:
			return err
		}
		failed = 0
		line, err := b.record(ctx, o.name())
		if err != nil {
			return err
		}
		fmt.Fprintf(b.stdout, "%d/%d %s; about %s left\n", i+1, len(b.checks), plain.Line(line), duration(b.left()))
	}
	return nil
}

// record makes the recordings of all finished checks, in addition to those that are
// published, and returns the line of the named one.
func (b *bench) record(ctx context.Context, name string) (string, error) {
	text, err := b.rates(ctx, "--record", b.dir)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(text) {
		if of, _, _ := strings.Cut(line, " "); of == name {
			return strings.TrimSuffix(line, "\n"), nil
		}
	}
	return "", fmt.Errorf("the recordings have no check %s", name)
}

// rates runs `assay rates` on the recordings in the scratch folder.
func (b *bench) rates(ctx context.Context, how ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.Command(b.self, append([]string{"rates", b.recordings()}, how...)...)
	cmd.Stdout, cmd.Stderr = &out, b.stderr
	if err := b.run.Run(ctx, cmd); err != nil {
		return "", fmt.Errorf("assay rates %s: %w", strings.Join(how, " "), err)
	}
	return out.String(), nil
}

// recordings is the folder in which recordings are made.
func (b *bench) recordings() string {
	return filepath.Join(b.scratch.Path, "recordings")
}

// publish replaces the recordings and the page. Until then both belong to the
// previous series.
func (b *bench) publish(ctx context.Context) error {
	if _, err := b.rates(ctx, "--record", b.dir); err != nil {
		return err
	}
	text, err := results.ReadRegular(page)
	if err != nil {
		return err
	}
	draft := filepath.Join(b.scratch.Path, "page")
	if err := results.WriteFile(draft, text); err != nil {
		return err
	}
	if _, err := b.rates(ctx, "--into", draft); err != nil {
		return err
	}
	// From here on, interrupts are ignored: recordings and page belong together.
	files, err := filepath.Glob(filepath.Join(b.recordings(), "*"))
	if err != nil {
		return err
	}
	slices.Sort(files)
	if err := os.MkdirAll(recordingFolder, 0o755); err != nil {
		return err
	}
	for _, file := range files {
		if err := replace(filepath.Join(recordingFolder, filepath.Base(file)), file); err != nil {
			return err
		}
	}
	return replace(page, draft)
}

// replace replaces the content of a file by that of another one.
func replace(path, with string) error {
	text, err := results.ReadRegular(with)
	if err != nil {
		return err
	}
	return results.WriteFile(path, text)
}

// say writes a line for people or for the log. The line may contain names from outside.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, "bench-gate: %s\n", plain.Line(fmt.Sprintf(format, args...)))
}
