package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// together starts measurements while another one runs. They would disturb it, and their
// own numbers would be wrong.
func together(ctx context.Context, l *lab, r *result) {
	dir := l.folder()
	l.runScenario(dir, "120s")
	first := l.command(dir, "run", "--blocks", "1", "--out", "first", "s.yaml")
	first.Stdout, first.Stderr = io.Discard, io.Discard
	if err := first.Start(); err != nil {
		r.attempt("the first", err)
		return
	}
	loaded := filepath.Join(dir, "loaded")
	if !await(ctx, func() bool { _, err := os.Stat(loaded); return err == nil }) {
		r.lose("the load of the first never began")
	}
	for range l.times(10, 2) {
		for _, args := range [][]string{
			{"run", "--out", "second", "s.yaml"},
			{"search", "--out", "second", "s.yaml"},
			{"attack", "--requests", "1", "http://127.0.0.1:9/"},
			{"doctor"},
		} {
			words := []string{"another measurement is running on this machine: process "}
			if args[0] == "search" {
				words = append(words, "search needs") // refused before that, for lack of objectives
			}
			r.attempt(args[0]+" beside a run", l.do(ctx, l.command(dir, args...)).refused(words...))
		}
	}
	_ = first.Process.Signal(syscall.SIGTERM)
	hung := time.AfterFunc(limit, func() { first.Process.Kill() })
	defer hung.Stop()
	_ = first.Wait() // it was interrupted
	r.attempt("nothing is left", nothingLeft(ctx, dir))
}

// checkKilled ends performance checks at random moments. The tests of the package do it
// with a small project in the place of this one, because a whole check takes minutes.
func checkKilled(ctx context.Context, l *lab, r *result) {
	for range l.times(3, 1) {
		l.tests(ctx, r, "cmd/assay/internal/perfcheck", "TestInterrupted|TestKilled")
	}
}
