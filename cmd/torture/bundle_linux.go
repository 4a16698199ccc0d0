package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/assay-bench/assay/results"
)

// whole makes a bundle, complete and intact. It is empty, and the row has a loss, if the
// run fails. The result is the path of the bundle.
func (l *lab) whole(ctx context.Context, r *result) string {
	dir := l.folder()
	l.runScenario(dir, "200ms")
	if err := l.do(ctx, l.runCommand(dir, "--quick")).succeeded(); err != nil {
		r.attempt("make a bundle", err)
		return ""
	}
	return filepath.Join(dir, "bundle")
}

// copied copies a bundle to a new folder.
func (l *lab) copied(bundle string) string {
	dir := filepath.Join(l.folder(), "bundle")
	if err := os.CopyFS(dir, os.DirFS(bundle)); err != nil {
		panic(err)
	}
	return dir
}

// filesOf lists the files of a bundle, with paths from its folder.
func filesOf(bundle string) (names []string) {
	_ = filepath.WalkDir(bundle, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(bundle, path)
			names = append(names, name)
		}
		return err
	})
	return names
}

// truncated cuts the list of trials at every byte of its last two records, which is what
// a disk that fills up or a machine that loses its power leaves.
func truncated(ctx context.Context, l *lab, r *result) {
	whole := l.whole(ctx, r)
	if whole == "" {
		return
	}
	dir := l.copied(whole)
	path := filepath.Join(dir, results.TrialsFile)
	data, err := os.ReadFile(path)
	if err != nil {
		r.attempt("read", err)
		return
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	last := len(data) - len(lines[len(lines)-2]) - len(lines[len(lines)-3])
	for at := last; at < len(data) && ctx.Err() == nil; at += l.times(1, 97) {
		if err := os.WriteFile(path, data[:at], 0o644); err != nil {
			r.attempt("write", err)
			return
		}
		r.attempt(fmt.Sprintf("cut at byte %d of %d", at, len(data)), cutIsSeen(dir, bytes.Count(data[:at], []byte("\n"))))
	}
}

// cutIsSeen requires the whole lines of a cut list to be read, and the cut to be told.
func cutIsSeen(dir string, lines int) (err error) {
	defer caught(&err)
	b, err := results.Open(dir)
	if err != nil {
		return fmt.Errorf("earlier trials are lost: %w", err)
	}
	if len(b.Trials) < lines {
		return fmt.Errorf("%d trials are read, %d are whole", len(b.Trials), lines)
	}
	return named(dir, results.TrialsFile)
}

// caught turns a panic of a reader into an error, so that the next place is tried too.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v", p)
	}
}

// named requires the check of a bundle to name a file.
func named(dir, file string) error {
	differences, err := results.Verify(dir)
	for _, d := range append(differences, err) {
		if d != nil && strings.Contains(filepath.ToSlash(d.Error()), filepath.ToSlash(file)) {
			return nil
		}
	}
	return fmt.Errorf("%s is not named: %v %v", file, differences, err)
}

// flipped flips one bit at random places of every file, in a copy that is put right again
// after each file.
func flipped(ctx context.Context, l *lab, r *result) {
	whole := l.whole(ctx, r)
	if whole == "" {
		return
	}
	dir := l.copied(whole)
	for _, name := range filesOf(dir) {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil || len(data) == 0 {
			continue
		}
		for range l.times(150, 5) {
			at, bit := l.random.IntN(len(data)), byte(1)<<l.random.IntN(8)
			changed := slices.Clone(data)
			changed[at] ^= bit
			if err := os.WriteFile(path, changed, 0o644); err != nil {
				panic(err)
			}
			r.attempt(fmt.Sprintf("%s, byte %d, bit %#x", name, at, bit), flipIsSeen(dir, name))
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			panic(err)
		}
	}
}

// flipIsSeen requires the check of a bundle to fail, and every reader to return. A change
// of the sums themselves may be told as another file's.
func flipIsSeen(dir, name string) (err error) {
	defer caught(&err)
	if b, err := results.Open(dir); err == nil {
		for _, t := range b.Trials {
			_ = b.CheckLog(t.ID)
			_, _ = b.Samples(t.ID)
		}
	}
	if name == results.SumsFile {
		if differences, err := results.Verify(dir); err == nil && len(differences) == 0 {
			return errors.New("the bundle counts as intact")
		}
		return nil
	}
	return named(dir, name)
}

// oddities put something else in the place of a file.
var oddities = []struct {
	name string
	do   func(path string) error
}{
	{"missing", os.Remove},
	{"empty", func(path string) error { return os.Truncate(path, 0) }},
	{"sparse 1 GB", func(path string) error { return os.Truncate(path, 1<<30) }},
	{"a link to /dev/zero", func(path string) error { return instead(path, func() error { return os.Symlink("/dev/zero", path) }) }},
	{"a link to itself", func(path string) error { return instead(path, func() error { return os.Symlink(path, path) }) }},
	{"a folder", func(path string) error { return instead(path, func() error { return os.Mkdir(path, 0o755) }) }},
	{"a FIFO", func(path string) error { return instead(path, func() error { return syscall.Mkfifo(path, 0o644) }) }},
}

// instead removes a file before put makes something else of its name.
func instead(path string, put func() error) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return put()
}

// replaced puts each oddity in the place of one file of each kind. The commands run as
// processes of their own, because a hang or a full memory would end this one.
func replaced(ctx context.Context, l *lab, r *result) {
	whole := l.whole(ctx, r)
	if whole == "" {
		return
	}
	// Trials have the same kinds of files; one of each kind is enough.
	kinds := map[string]string{} // by ending: one name
	for _, name := range filesOf(whole) {
		_, ending, _ := strings.Cut(filepath.Base(name), ".")
		if ending == "json" || ending == "jsonl" || !strings.Contains(name, "/") {
			ending = name
		} else {
			ending = ending[strings.LastIndex(ending, ".")+1:]
		}
		if kinds[ending] == "" {
			kinds[ending] = name
		}
	}
	for _, name := range slices.Sorted(maps.Values(kinds)) {
		for i, odd := range oddities {
			if l.short && i%3 != 0 {
				continue
			}
			dir := l.copied(whole)
			what := name + " is " + odd.name
			if err := odd.do(filepath.Join(dir, name)); err != nil {
				r.attempt(what, err)
				continue
			}
			r.attempt(what+": verify", l.do(ctx, l.command(filepath.Dir(dir), "verify", "bundle")).refused(filepath.Base(name)))
			r.attempt(what+": report", l.do(ctx, l.command(filepath.Dir(dir), "report", "bundle", "-o", "page.md")).sane())
			os.RemoveAll(filepath.Dir(dir))
		}
	}
}
