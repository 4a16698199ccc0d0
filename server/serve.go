package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/assay-bench/assay/server/internal/api"
	"github.com/assay-bench/assay/server/internal/store"
	"github.com/assay-bench/assay/server/internal/telemetry"
)

// Limits on what a client may cost a connection.
const (
	readTimeout    = 15 * time.Second // a whole request, headers included
	writeTimeout   = 15 * time.Second // a request's work and its answer
	idleTimeout    = 60 * time.Second
	maxHeaderBytes = 16 << 10
)

const (
	// quietTime is how long no request must arrive before connections are closed
	// on shutdown, and drainShare the part of the drain it may take.
	quietTime  = 50 * time.Millisecond
	drainShare = 4

	goroutineInterval = 100 * time.Millisecond
)

// serve runs the server until the context ends, then drains it.
func serve(ctx context.Context, c config, log *slog.Logger) (err error) {
	st := store.NewSim(c.store)
	defer func() { err = errors.Join(err, st.Close()) }()
	p := c.spec.New(c.pattern)
	recorder := telemetry.NewRecorder()
	handler := api.New(api.Config{
		Spec: c.spec, Pattern: p, Store: st, Recorder: recorder, Log: log, QueryTimeout: c.timeout,
	})

	// Go asks the kernel for the longest accept queue it allows, so a thousand
	// clients that connect at once need nothing special here.
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		p.Close()
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{
		Handler:        handler,
		ReadTimeout:    readTimeout,
		WriteTimeout:   writeTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	log.Info("listening", "addr", listener.Addr().String(), "pattern", c.spec.Name,
		"workers", c.pattern.Workers, "queue_size", c.pattern.QueueSize, "seed", c.store.Seed)

	watch, stopWatching := context.WithCancel(context.Background())
	defer stopWatching()
	go recorder.Watch(watch, goroutineInterval)

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	if err := drain(server, handler, c.shutdown, log); err != nil {
		return err
	}
	p.Close()
	return nil
}

// drain answers every accepted request, then closes the server.
func drain(server *http.Server, handler *api.API, limit time.Duration, log *slog.Logger) error {
	log.Info("draining", "limit", limit)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	quiet, cancelQuiet := context.WithTimeout(ctx, limit/drainShare)
	defer cancelQuiet()
	handler.Drain(quiet, quietTime)
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("drain within %v: %w", limit, err), server.Close())
	}
	log.Info("stopped")
	return nil
}
