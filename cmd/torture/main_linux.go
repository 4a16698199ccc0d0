// Command torture does to Assay what the world does to it: it kills runs, damages bundles,
// fills disks, serves nonsense, and counts what was lost. It uses the built programs from
// outside, and the fuzz targets and tests of the packages for what cannot be done from
// there. The table that it prints is docs/torture.md.
//
// It needs Linux, and some rows need root or a feature of the kernel. What is missing is
// found out by trying, and named in the table.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == serveCommand {
		os.Exit(serve(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

// errLost says that something was lost; the table has said what.
var errLost = errors.New("something was lost")

// run tries the rows and prints the table. It is an error if a row has lost something.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	f := flag.NewFlagSet("torture", flag.ContinueOnError)
	var (
		bin   = f.String("bin", "bin", "`folder` of assay and server")
		page  = f.String("o", "", "`file` for the table in Markdown")
		only  = f.String("only", "", "rows whose name contains `text`")
		short = f.Bool("short", false, "few tries in each row, and no fuzzing")
		seed  = f.Uint64("seed", 1, "seed of the random moments and places")
	)
	if err := f.Parse(args); err != nil {
		return err
	}
	l, err := newLab(*bin, *short, *seed, stdout)
	if err != nil {
		return err
	}
	defer os.RemoveAll(l.dir)
	begin := time.Now()
	var done []finished
	for _, r := range rows() {
		if !strings.Contains(r.name, *only) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		d := l.finish(ctx, r)
		done = append(done, d)
		d.print(stdout)
	}
	if *page != "" {
		var b bytes.Buffer
		writePage(&b, done, *short, *seed, time.Since(begin))
		if err := os.WriteFile(*page, b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	for _, d := range done {
		if len(d.lost) > 0 {
			return errLost
		}
	}
	return ctx.Err()
}

// finish tries one row. A panic of a row is a loss of that row and does not end the
// others.
func (l *lab) finish(ctx context.Context, r row) (d finished) {
	begin := time.Now()
	defer func() {
		if p := recover(); p != nil {
			d.lose("panic: %v", p)
		}
		d.row, d.took = r, time.Since(begin)
	}()
	r.try(ctx, l, &d.result)
	return d
}

// newLab makes a folder for everything that the rows write.
func newLab(bin string, short bool, seed uint64, progress io.Writer) (*lab, error) {
	l := &lab{short: short, random: rand.New(rand.NewPCG(seed, 0)), progress: progress}
	var err error
	if l.root, err = os.Getwd(); err != nil {
		return nil, err
	}
	if l.self, err = os.Executable(); err != nil {
		return nil, err
	}
	for name, to := range map[string]*string{"assay": &l.assay, "server": &l.server} {
		if *to, err = filepath.Abs(filepath.Join(bin, name)); err != nil {
			return nil, err
		}
		if _, err := os.Stat(*to); err != nil {
			return nil, fmt.Errorf("%w: make build makes it", err)
		}
	}
	if l.dir, err = os.MkdirTemp("", "assay-torture-"); err != nil {
		return nil, err
	}
	return l, nil
}
