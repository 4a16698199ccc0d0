// Command release builds everything that a release of Assay consists of: an archive of
// the program for each platform, with its manual pages, completions, licences and a list
// of what is in it; the published bundle; and the SHA-256 of each file. The same commit,
// built by the same version of Go, gives the same bytes in any folder and on any machine.
//
// It is for `make release VERSION=v0.2.0` and the workflow of that name, and is no part of the program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run makes the release that the arguments ask for.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	f := flag.NewFlagSet("release", flag.ContinueOnError)
	r := release{source: ".", platforms: platforms, log: stdout}
	f.StringVar(&r.version, "version", "", "`version` of the release, like v0.2.0")
	f.StringVar(&r.out, "out", "", "`folder` of the release, which must not exist")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 || r.out == "" {
		return errors.New("usage: release -version v0.2.0 -out FOLDER")
	}
	if err := r.describe(ctx); err != nil {
		return err
	}
	return r.make(ctx)
}

// describe finds out which commit is released. A tree with changes is refused: nobody
// could build the same release again.
func (r *release) describe(ctx context.Context) error {
	changes, err := r.git(ctx, "status", "--porcelain")
	if err != nil {
		return err
	}
	if changes != "" {
		return fmt.Errorf("the tree has changes that are in no commit:\n%s", changes)
	}
	if r.commit, err = r.git(ctx, "rev-parse", "HEAD"); err != nil {
		return err
	}
	at, err := r.git(ctx, "show", "-s", "--format=%ct", "HEAD")
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return fmt.Errorf("time of the commit: %w", err)
	}
	r.at = time.Unix(seconds, 0).UTC()
	return nil
}

// git asks the repository of the source. The error has what git said.
func (r *release) git(ctx context.Context, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir = r.source
	out, err := c.Output()
	if err != nil {
		return "", failed(c, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// failed describes the failure of a command, with what it said.
func failed(c *exec.Cmd, err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, exit.Stderr)
	}
	return fmt.Errorf("%s: %w", strings.Join(c.Args, " "), err)
}
