// Command server is the system under test: a small healthcare API that serves
// the same requests in one of several concurrency patterns.
//
// The benchmarks load this server. It is built as a service for production would be:
// limited where its pattern limits, observable, and drained before it ends. It holds
// no data of real people.
//
// Exit status: 0 after a complete drain, or once the patients are loaded; 1 if
// loading failed, the server could not listen, or the drain did not complete in
// time; 2 for a wrong flag.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/assay-bench/assay/server/internal/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until the context ends and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, err := parse(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "server: %v\nRun server -help for all flags.\n", err)
		return 2
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: c.logLevel}))
	do := serve
	if c.load > 0 {
		do = loadPatients
	}
	if err := do(ctx, c, log); err != nil {
		fmt.Fprintf(stderr, "server: %v\n", err)
		return 1
	}
	return 0
}

// loadPatients loads patients into the database instead of serving.
func loadPatients(ctx context.Context, c config, log *slog.Logger) error {
	if err := store.LoadPatients(ctx, c.store.DB, c.load); err != nil {
		return fmt.Errorf("load patients: %w", err)
	}
	log.Info("loaded", "patients", c.load, "db", store.Redact(c.store.DB))
	return nil
}
