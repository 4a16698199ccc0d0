package benchgate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/internal/events"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// The content of a check's folder.
const (
	noteFile    = "check"  // KEY=VALUE lines: exit, seconds, base, head
	checkFolder = "run"    // the results of perf-check
	logFile     = "log"    // its output
	eventsFile  = "events" // the events of the harness, for its Go benchmarks
)

// shown is how many lines of the log of a failed check are printed.
const shown = 15

// makeCheck makes one check. If the check cannot be made, makeCheck keeps its log in
// a folder named failed, and returns an error.
func (b *bench) makeCheck(ctx context.Context, o one) error {
	out := filepath.Join(b.dir, o.name())
	part, failed := out+".part", out+".failed"
	if err := errors.Join(os.RemoveAll(part), os.RemoveAll(failed), os.Mkdir(part, 0o755)); err != nil {
		return err
	}
	// A check of a commit with itself has nothing to find, whether or not the machine
	// is disturbed.
	head := b.commit
	if o.kind == slower {
		head = b.slowed
	}
	start := time.Now()
	status, err := b.check(ctx, o, head, part)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	// perf-check did not even start: no other check would.
	case err != nil && status < 0:
		return err
	}
	switch status {
	case 0, 1, 3:
	case 129, 130, 143:
		return errInterrupted
	default:
		if err := os.Rename(part, failed); err != nil {
			return err
		}
		b.say("%s could not be made, exit status %d; the end of %s/%s:", o.name(), status, failed, logFile)
		io.WriteString(b.stderr, plain.Text(end(filepath.Join(failed, logFile))))
		return errFailed
	}
	// The folder gets its name last, so a folder of that name holds a complete check.
	note := fmt.Sprintf("exit=%d\nseconds=%d\nbase=%s\nhead=%s\n", status, int(time.Since(start).Seconds()), b.commit, head)
	if err := results.WriteFile(filepath.Join(part, noteFile), []byte(note)); err != nil {
		return err
	}
	return os.Rename(part, out)
}

// check runs perf-check in the clone and returns its exit status.
func (b *bench) check(ctx context.Context, o one, head, part string) (status int, err error) {
	if err := b.clone.Checkout(ctx, head); err != nil {
		return -1, err
	}
	log, err := os.Create(filepath.Join(part, logFile))
	if err != nil {
		return -1, err
	}
	defer log.Close()
	if o.kind == loaded {
		// The other program ends before the check counts as made, or it would disturb
		// the next one.
		disturbing, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() { defer close(ended); disturb(disturbing, part) }()
		defer func() { stop(); <-ended }()
	}
	// Why head is slower is not asked: the answer takes two more minutes and changes no
	// verdict.
	cmd := exec.Command("scripts/perf-check.sh", b.commit, head, "--short", "--explain", "never", "--out", filepath.Join(part, checkFolder))
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.clone.Root, log, log
	cmd.Env = append(os.Environ(), events.Variable+"="+filepath.Join(part, eventsFile))
	err = b.run.Run(ctx, cmd)
	return child.Status(err), err
}

// end returns the last lines of a file.
func end(path string) string {
	text, err := results.ReadRegular(path)
	if err != nil {
		return err.Error() + "\n"
	}
	lines := strings.SplitAfter(string(text), "\n")
	return strings.Join(lines[max(0, len(lines)-1-shown):], "")
}
