package benchexplain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/internal/plain"
)

// errInterrupted ends a series that can be continued.
var errInterrupted = errors.New("interrupted; start it again to go on")

// profiled is how many profiled blocks a round has, after the measured ones of the
// scenario.
const profiled = "8"

// manifestFile is what makes a folder a bundle.
const manifestFile = "manifest.json"

// bench makes a series of rounds.
type bench struct {
	rounds                               int
	limit, runs, records, page, scenario string
	self                                 string // path of this program
	stdout, stderr                       io.Writer
	child                                *child.Runner
}

// measure makes the missing rounds, and the records and the page after each of them. A
// folder with the name of a round is complete, and is left alone.
func (b *bench) measure(ctx context.Context) error {
	if err := os.MkdirAll(b.runs, 0o755); err != nil {
		return err
	}
	made := 0
	for i := range b.rounds {
		dir := filepath.Join(b.runs, fmt.Sprintf("round-%02d", i+1))
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			continue
		}
		fmt.Fprintf(b.stdout, "Round %d of %d\n", i+1, b.rounds)
		if err := b.round(ctx, dir); err != nil {
			return err
		}
		made++
		if err := b.publish(ctx); err != nil {
			return err
		}
	}
	if made == 0 {
		return b.publish(ctx)
	}
	return nil
}

// round makes one round, or what is missing of it. Its folder gets its name last. A run
// that was killed in the midst is continued.
func (b *bench) round(ctx context.Context, dir string) error {
	part := dir + ".part"
	args := []string{"run", "--out", part, "--profile", profiled, "--foreign-limit", b.limit}
	if _, err := os.Stat(filepath.Join(part, manifestFile)); err == nil {
		args = append(args, "--resume")
	}
	if err := b.assay(ctx, append(args, b.scenario)...); err != nil {
		return err
	}
	return os.Rename(part, dir)
}

// publish asks explain about all rounds, and puts the figures into the page.
func (b *bench) publish(ctx context.Context) error {
	if err := b.assay(ctx, "explained", b.records, "--record", b.runs); err != nil {
		return err
	}
	if err := b.assay(ctx, "explained", b.records, "--into", b.page); err != nil {
		return err
	}
	fmt.Fprintf(b.stdout, "The figures are in %s\n", plain.Line(b.page))
	return nil
}

// assay runs a command of this program, whose output is that of the series. An interrupt
// of the command is returned as errInterrupted, whoever was interrupted.
func (b *bench) assay(ctx context.Context, args ...string) error {
	cmd := exec.Command(b.self, args...)
	cmd.Stdout, cmd.Stderr = b.stdout, b.stderr
	err := b.child.Run(ctx, cmd)
	switch status := child.Status(err); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err
	case status == interrupted:
		return errInterrupted
	}
	return fmt.Errorf("assay %s: %w", args[0], err)
}

// say writes a line for people or for the log. The line may contain names from outside.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, "bench-explain: %s\n", plain.Line(fmt.Sprintf(format, args...)))
}
