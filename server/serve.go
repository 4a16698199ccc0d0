package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/assay-bench/assay/server/internal/api"
	"github.com/assay-bench/assay/server/internal/audit"
	"github.com/assay-bench/assay/server/internal/door"
	"github.com/assay-bench/assay/server/internal/store"
	"github.com/assay-bench/assay/server/internal/telemetry"
)

// Limits on what one client may cost. The API sets the limit on answers, because it
// knows the deadlines.
const (
	readTimeout    = 15 * time.Second // for a whole request, including the headers
	idleTimeout    = 60 * time.Second
	maxHeaderBytes = 16 << 10
)

const (
	// How much -pprof counts: one in mutexShare of the waits for locks, and of other waits
	// one for every blockRate of time waited. Both cost too little to be measured. Waits
	// for locks are too rare in a healthy server for only a part of them to be counted.
	mutexShare = 1
	blockRate  = 100 * time.Microsecond

	goroutineInterval = 100 * time.Millisecond
	firstLook         = time.Second // the longest wait for the store at the start
)

// serve runs the server until the context ends, then drains it.
func serve(ctx context.Context, c config, log *slog.Logger) (err error) {
	if c.profiles {
		runtime.SetMutexProfileFraction(mutexShare)
		runtime.SetBlockProfileRate(int(blockRate))
	}
	c.handicap.Start(ctx)
	st, err := store.Open(ctx, c.store)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	auditLog, closeAudit, err := openAudit(c, log)
	if err != nil {
		return err
	}
	defer closeAudit()
	p := c.spec.New(c.pattern)
	recorder := telemetry.NewRecorder()
	handler := api.New(api.Config{
		Spec: c.spec, Pattern: p, Store: st, Recorder: recorder, Log: log, Audit: auditLog,
		QueryTimeout: c.timeout, CPUWork: c.cpuWork, Profiles: c.profiles, Handicap: c.handicap,
	})

	public, admin, err := listen(ctx, c)
	if err != nil {
		p.Close()
		return err
	}
	server, adminServer := newServer(handler, log), newAdminServer(handler.Admin(), log)
	server.TLSConfig = c.tls
	announce(c, public, admin, log)
	warnOfStore(ctx, st, log) // before the first request, so that the warning precedes the first answer

	watch, stopWatching := context.WithCancel(context.Background())
	defer stopWatching()
	go recorder.Watch(watch, goroutineInterval)

	public.Watch(server)
	failed, served := make(chan error, 2), make(chan struct{}) // one error for each server
	go func() {
		defer close(served)
		failed <- accept(server, public)
	}()
	if admin != nil {
		go func() { failed <- adminServer.Serve(admin) }()
		defer adminServer.Close() // closed last, so that the drain can be watched
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	handler.Drain()
	if err := drain(server, public, served, c, log); err != nil {
		return err
	}
	p.Close()
	return nil
}

// openAudit opens the audit log. Without a file it returns nil, which means none. The
// function closes the log, and says if lines are missing in it.
func openAudit(c config, log *slog.Logger) (auditLog *audit.Log, closeAudit func(), err error) {
	if c.auditLog == "" {
		return nil, func() {}, nil
	}
	if auditLog, err = audit.Open(c.auditLog, c.auditKey, log); err != nil {
		return nil, nil, fmt.Errorf("open -audit-log: %w", err)
	}
	return auditLog, func() {
		if err := auditLog.Close(); err != nil {
			log.Error("the audit log is not complete", "error", err)
		}
	}, nil
}

// announce logs where the server listens and with which settings. Whoever started it on a
// free port reads the address here.
func announce(c config, public *door.Door, admin net.Listener, log *slog.Logger) {
	started := []any{"addr", public.Addr().String(), "pattern", c.spec.Name,
		"workers", c.pattern.Workers, "queue_size", c.pattern.QueueSize, "seed", c.store.Sim.Seed, "db", store.Redact(c.store.DB), "tls", c.tls != nil}
	if admin != nil {
		started = append(started, "admin_addr", admin.Addr().String())
	}
	log.Info("listening", started...)
}

// warnOfStore logs why the server is not ready yet, if the store is the reason. The
// probes only say that the server is not ready.
func warnOfStore(ctx context.Context, st store.Store, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, firstLook)
	defer cancel()
	if err := st.Ping(ctx); err != nil && !errors.Is(err, context.Canceled) {
		log.Warn("the store does not answer yet; not ready until it does", "error", err)
	}
}

// newServer returns the public server. It disconnects clients that send or read too
// slowly, send too much, or stay without making requests.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:        handler,
		ReadTimeout:    readTimeout,
		WriteTimeout:   api.WriteTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// newAdminServer returns the administrative server. It sets no limit on answers,
// because a profile takes as long as the client asked for.
func newAdminServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// listen opens the public address and, if there is one, the administrative address.
//
// Go asks the kernel for the longest accept queue that is allowed, so a thousand
// clients that connect at once need nothing special here.
func listen(ctx context.Context, c config) (public *door.Door, admin net.Listener, err error) {
	public, err = door.Open(ctx, c.addr)
	if err != nil {
		return nil, nil, fmt.Errorf("listen: %w", err)
	}
	if c.adminAddr == "" {
		return public, nil, nil
	}
	admin, err = net.Listen("tcp", c.adminAddr)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("listen for -admin-addr: %w", err), public.Close())
	}
	return public, admin, nil
}

// drain answers everyone who has a connection, then closes the server.
func drain(server *http.Server, public *door.Door, served <-chan struct{}, c config, log *slog.Logger) error {
	log.Info("draining", "limit", c.shutdown)
	ctx, cancel := context.WithTimeout(context.Background(), c.shutdown)
	defer cancel()
	if err := public.Shut(ctx, c.quiet, served); err != nil && ctx.Err() == nil {
		log.Warn("connections that were being opened may have been lost", "error", err)
	}
	// It ends the connections of HTTP/2, and those that are left when the time is over.
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("drain within %v: %w", c.shutdown, err), server.Close())
	}
	log.Info("stopped")
	return nil
}
