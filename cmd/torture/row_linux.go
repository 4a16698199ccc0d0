package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// row is one line of the table.
type row struct {
	name string // of the fault or the input
	must string // what it must give
	try  func(context.Context, *lab, *result)
}

// result is what a row found.
type result struct {
	tried  int
	lost   []string // what was lost in each try that lost something
	notRun []string // parts that this machine cannot run, and why
}

// attempt counts a try, which lost something if err is not nil. Goroutines must not call
// attempt at the same time.
func (r *result) attempt(what string, err error) {
	r.tried++
	if err != nil {
		r.lose("%s: %v", what, err)
	}
}

// lose counts a loss. Only its first lines are kept.
func (r *result) lose(format string, args ...any) {
	r.tried = max(r.tried, 1)
	lines := strings.SplitN(strings.TrimSpace(fmt.Sprintf(format, args...)), "\n", 6)
	r.lost = append(r.lost, strings.Join(lines[:min(len(lines), 5)], "\n"))
}

// skip notes what could not be tried here. It counts neither as a try nor as a loss.
func (r *result) skip(what, why string) { r.notRun = append(r.notRun, what+": "+why) }

// finished is a row with its result.
type finished struct {
	row
	result
	took time.Duration
}

// print writes the line of a row for people, and what was lost below it.
func (f *finished) print(w io.Writer) {
	fmt.Fprintf(w, "%-28s tried %7d  lost %3d  at most %-8s %4.0f s\n", f.name, f.tried, len(f.lost), f.bound(), f.took.Seconds())
	for _, s := range f.lost[:min(len(f.lost), 10)] {
		fmt.Fprintf(w, "    lost: %s\n", strings.ReplaceAll(s, "\n", "\n          "))
	}
	for _, s := range f.notRun {
		fmt.Fprintf(w, "    not run: %s\n", s)
	}
}

// bound is the upper end of the interval of the share that is lost, as a percentage. A
// row that tried nothing has a dash.
func (f *finished) bound() string {
	if f.tried == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2g %%", 100*upperBound(len(f.lost), f.tried, confidence))
}

// writePage writes the table as a page.
func writePage(w io.Writer, all []finished, short bool, seed uint64, took time.Duration) {
	form := "`make torture`"
	if short {
		form = "the short form of `make torture`"
	}
	fmt.Fprintf(w, `# What was tried, and what was lost

This page is written by %s, on %s/%s with %s and %d CPUs, with seed %d, in %.0f minutes.
"At most" is the upper end of the one-sided Clopper–Pearson interval of 95 %% for the share that is lost: what can
still be true if as many tries as this lost as few. Tries that are not random, such as one of each kind of file, have no
such meaning, and the figure is then only a measure of how much was tried.

| fault or input | must give | tried | lost | at most |
| --- | --- | ---: | ---: | ---: |
`, form, runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU(), seed, max(1, took.Minutes()))
	for _, f := range all {
		fmt.Fprintf(w, "| %s | %s | %d | %d | %s |\n", f.name, f.must, f.tried, len(f.lost), f.bound())
	}
	var lost, not []string
	for _, f := range all {
		for _, s := range f.lost {
			lost = append(lost, f.name+": "+cell(s))
		}
		for _, s := range f.notRun {
			not = append(not, f.name+": "+cell(s))
		}
	}
	list(w, "Lost", lost)
	list(w, "Not run", not)
}

// list writes a section of a page, if there is anything to write.
func list(w io.Writer, title string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(w, "\n## %s\n\n", title)
	for _, s := range items {
		fmt.Fprintf(w, "- %s\n", s)
	}
}

// cell makes text one line of Markdown in which nothing is markup: what was lost may
// quote hostile input.
func cell(s string) string {
	return "`" + strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case r == '|':
			return '/'
		case r < ' ':
			return ' '
		}
		return r
	}, s) + "`"
}
