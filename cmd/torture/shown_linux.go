package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// shown has hostile texts of a server and of benchmark files shown in every way there is:
// on the terminal, as Markdown, in the pages of a report and in the explorer.
func (l *lab) shown(ctx context.Context, r *result) {
	dir := l.folder()
	answer := fmt.Sprintf("HTTP/1.1 500 %s\r\nContent-Length: %d\r\n\r\n%s", hostileText, len(hostileText), hostileText)
	address, stop := listen(fault{"", say(answer), anyOK, ""}, nil)
	defer stop()
	write(dir, "s.yaml", in(`version: 1
name: s
server: {url: "http://{address}", ready: {path: /ready}}
variants: [{name: a}, {name: b}]
load: {closed: {clients: 1, duration: 200ms, backoff: 10ms}}
expect: {ok: ["500"]}
targets: [{path: /, expect: {body: [{contains: never}]}}]
warmup: 0s
blocks: 1
`, "address", address))
	// Whether a run of answers that are all wrong succeeds is not the question here.
	r.attempt("wrong answers", harmless(l.do(ctx, l.command(dir, "run", "--quick", "--out", "bundle", "s.yaml")), onTerminal))
	r.attempt("wrong answers in a report", l.do(ctx, l.command(dir, "report", "bundle", "-o", "page.md")).succeeded())
	r.attempt("wrong answers in pages", harmlessPages(dir))
	r.attempt("wrong answers in the explorer", l.do(ctx, l.command(dir, "explore", "bundle", "-o", "explorer.html")).succeeded())
	r.attempt("the explorer", harmlessFile(filepath.Join(dir, "explorer.html"), "<script>alert(1)", "\x1b"))
	for _, args := range [][]string{{"check", "bundle"}, {"compare", "bundle"}, {"compare", "bundle", "--markdown"}, {"bench", "bundle"}, {"try", "s.yaml"}, {"attack", "--requests", "2", "http://" + address}} {
		r.attempt(args[0]+" of wrong answers", harmless(l.do(ctx, l.command(dir, args...)), onTerminal))
	}
	var old, head strings.Builder
	for _, name := range []string{"::error::x", "A/x=<script>alert(1)</script>", "B[x](javascript:1)|y", "C\x1b[31mred", "D`touch`$(touch)"} {
		for i := range 8 {
			fmt.Fprintf(&old, "Benchmark%s 1 %d ns/op 5 \x1b[31m<b>/op\n", name, 100+i)
			fmt.Fprintf(&head, "Benchmark%s 1 %d ns/op 7 \x1b[31m<b>/op\n", name, 150+i)
		}
	}
	write(dir, "old.txt", old.String())
	write(dir, "new.txt", head.String())
	for _, args := range [][]string{{"compare"}, {"compare", "--markdown"}, {"gate", "--markdown", "verdict.md"}} {
		bad := onTerminal
		if len(args) == 2 {
			bad = inMarkdown
		}
		r.attempt(args[0]+" of hostile benchmarks", harmless(l.do(ctx, l.command(dir, append(args, "old.txt", "new.txt")...)), bad))
	}
	r.attempt("the verdict on hostile benchmarks", harmlessFile(filepath.Join(dir, "verdict.md"), inMarkdown...))
}

// What must not stand in an output: what a terminal or a workflow would obey, and what would
// be markup on a page.
var (
	onTerminal = []string{"\x1b", "\n::"}
	inMarkdown = []string{"\x1b", "\n::", "<script>", "](javascript:"}
)

// harmless requires that nothing bad is in what a command wrote, whatever its status is.
func harmless(e ended, bad []string) error {
	if err := e.sane(); err != nil {
		return err
	}
	if e.output == "" {
		return errors.New("it said nothing")
	}
	return containsNone(e.output, bad)
}

// harmlessFile requires that nothing bad is in a file.
func harmlessFile(path string, bad ...string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return containsNone(string(data), bad)
}

// containsNone requires a text to contain none of some others, at its beginning included.
func containsNone(text string, bad []string) error {
	for _, b := range bad {
		if at := strings.Index("\n"+text, b); at >= 0 {
			return fmt.Errorf("it contains %q: %.80q", b, ("\n" + text)[max(0, at-30):])
		}
	}
	return nil
}
