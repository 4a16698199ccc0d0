package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"strconv"
	"time"

	"github.com/assay-bench/assay/internal/version"
	"github.com/assay-bench/assay/server/internal/audit"
	"github.com/assay-bench/assay/server/internal/handicap"
	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/store"
)

// config is everything that the flags set, after checks.
type config struct {
	addr      string // host:port to listen on
	adminAddr string // host:port for metrics and profiles; empty for none
	spec      pattern.Spec
	pattern   pattern.Config
	store     store.Config
	load      int                // number of patients to load into the database instead of serving; 0 to serve
	timeout   time.Duration      // deadline of a standard query
	cpuWork   time.Duration      // CPU time burnt by each request
	shutdown  time.Duration      // longest drain
	quiet     time.Duration      // how long a drain lets new clients in, and leaves quiet connections open
	tls       *tls.Config        // of the public address; nil for plain HTTP
	auditLog  string             // file name; empty for none
	auditKey  []byte             // key of the log's hashes; nil for a random one
	profiles  bool               // serve profiles on the public address too
	handicap  *handicap.Handicap // a known slowdown; nil for none
	logLevel  slog.Level
}

// given is what the command line says: the settings, and the values from which some of
// them are made when all flags are known.
type given struct {
	config
	port                 int
	minMillis, maxMillis float64
	slowdown             float64
	showVersion          bool
	cert, key, audit     string // files
	spec                 patternFlag
}

// parse parses the flags. Its error names the flag, the value and what is allowed.
// The error flag.ErrHelp means that the user asked for the usage or the version,
// which parse has written to out.
func parse(args []string, out io.Writer) (config, error) {
	g := &given{spec: patternFlag{name: "workerpool"}}
	fs := flag.NewFlagSet("server", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are printed once, by the caller
	fs.Usage = func() {}
	g.patternFlags(fs)
	g.storeFlags(fs)
	g.requestFlags(fs)
	g.serviceFlags(fs)
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		usage(fs, out)
		return config{}, err
	case err != nil:
		return config{}, err
	case g.showVersion:
		fmt.Fprintf(out, "server %s\n", version.Text())
		return config{}, flag.ErrHelp
	case fs.NArg() > 0:
		return config{}, fmt.Errorf("unexpected argument %q: every setting is a flag", fs.Arg(0))
	}
	if err := g.complete(); err != nil {
		return config{}, err
	}
	return g.config, nil
}

// usage writes what the flags mean, in the words that they were declared with.
func usage(fs *flag.FlagSet, out io.Writer) {
	fs.SetOutput(out)
	fmt.Fprintf(out, "Serves the healthcare API in one of several concurrency patterns.\n\nUsage: server [flags]\n\n"+
		"Examples:\n"+
		"  server -pattern naive -min-latency 10 -max-latency 20\n"+
		"  server -pattern workerpool -workers 20 -queue-size 100 -admin-addr 127.0.0.1:6060\n\nFlags:\n")
	fs.PrintDefaults()
}

// patternFlags declares the flags of where the server listens and of what the pattern
// admits.
func (g *given) patternFlags(fs *flag.FlagSet) {
	fs.Var(&g.spec, "pattern", "concurrency `pattern`: "+pattern.Names())
	fs.Var(whole(&g.port, 8080, 0, 65535), "port", "TCP `port` on 127.0.0.1; 0 takes a free one")
	fs.StringVar(&g.addr, "addr", "", "`host:port` to listen on; overrides -port")
	fs.Var(whole(&g.pattern.Workers, 20, 1, 100_000), "workers", "`number` of requests that are worked on at once")
	fs.Var(whole(&g.pattern.QueueSize, 100, 0, 1_000_000), "queue-size", "`number` of requests that may wait for their turn")
	fs.Var(duration(&g.pattern.Patience, 0, 0, time.Minute), "enqueue-timeout", "how `long` a request may wait for a place in the queue before it is refused; 0 refuses at once")
	fs.Var(number(&g.pattern.RateLimit, 250, 0.001, 1e9), "rate-limit", "requests per `second` that ratelimit admits")
	fs.Var(whole(&g.pattern.RateBurst, 50, 1, 1_000_000), "rate-burst", "`number` of requests above the rate that ratelimit admits at once")
}

// storeFlags declares the flags of the store and of the patients in it.
func (g *given) storeFlags(fs *flag.FlagSet) {
	sim, limits := &g.store.Sim, &g.store.Sim.Limits
	fs.StringVar(&g.store.DB, "db", store.SimName, "`store`: sim, the simulated one, or postgres://user:password@host:port/database, "+
		"for which the latency, error-rate and seed flags have no effect")
	fs.Var(whole(&g.load, 0, 0, patient.Count), "load-patients", "put this `number` of patients, from P00000 on, into the PostgreSQL database of -db, and exit")
	fs.Var(number(&g.minMillis, 50, 0, 60_000), "min-latency", "shortest latency of the simulated store, in `milliseconds`")
	fs.Var(number(&g.maxMillis, 100, 0, 60_000), "max-latency", "longest latency of the simulated store, in `milliseconds`")
	fs.Var(number(&g.slowdown, usualSlowdown, 1, 100), "slowdown", "`factor` by which the simulated store is slower than its latency flags say: a known slowdown that a comparison should find")
	fs.Var(number(&sim.ErrorRate, 0.05, 0, 1), "error-rate", "`share` of queries that the simulated store fails")
	fs.Var(integer(&sim.Seed, 0, 0, math.MaxInt64), "seed", "`number` from which the simulated store draws latencies and errors")
	fs.Var(whole(&limits.Conns, 0, 0, 100_000), "db-conns", "`number` of store connections at once; 0 opens one for every query, without a limit")
	fs.Var(integer(&limits.SlowEvery, 0, 0, math.MaxInt64), "db-slow-every", "make the queries of every `n`-th request slow; 0 makes none slow")
	fs.Var(duration(&limits.SlowFor, 30*time.Second, 0, 10*time.Minute), "db-slow-for", "how `long` a slow query takes")
}

// requestFlags declares the flags of what a request may take, and of how the server ends.
func (g *given) requestFlags(fs *flag.FlagSet) {
	fs.Var(duration(&g.cpuWork, 0, 0, 10*time.Second), "cpu-work", "CPU `time` that each request burns after its query")
	fs.Var(duration(&g.timeout, 5*time.Second, time.Millisecond, time.Minute), "query-timeout", "`deadline` of a standard request; critical ones have 2s, batch ones 30s")
	fs.Var(duration(&g.shutdown, 30*time.Second, time.Millisecond, 10*time.Minute), "shutdown-timeout", "`longest` drain on SIGTERM")
	fs.Var(duration(&g.quiet, 50*time.Millisecond, time.Millisecond, time.Minute), "shutdown-quiet",
		"how `long` new clients are let in after SIGTERM, and a kept connection may be without a request before it is closed")
}

// serviceFlags declares the flags of what a service has besides: encryption, an audit log,
// an administrative address, profiles and messages.
func (g *given) serviceFlags(fs *flag.FlagSet) {
	fs.StringVar(&g.cert, "tls-cert", "", "PEM `file` with the certificate and its chain: serves HTTPS with HTTP/2; needs -tls-key")
	fs.StringVar(&g.key, "tls-key", "", "PEM `file` with the private key of -tls-cert")
	fs.StringVar(&g.auditLog, "audit-log", "", "`file` to which the server adds a JSON line for every access to a patient: time, X-User-ID, hash of the patient's id, outcome")
	fs.StringVar(&g.audit, "audit-key", "", fmt.Sprintf("`file` with a secret of at least %d bytes that keys the hashes of -audit-log; without it, the hashes cannot be compared with those of another run", audit.MinKey))
	fs.StringVar(&g.adminAddr, "admin-addr", "", "loopback `host:port` for metrics and profiles, besides the public address")
	fs.Func("known-slowdown", "make the server slower in a known way, to test whether an instrument finds it: "+handicap.Kinds, func(text string) (err error) {
		g.handicap, err = handicap.Parse(text)
		return err
	})
	fs.BoolVar(&g.profiles, "pprof", false, "serve /debug/pprof/ on the public address too, which must be on loopback then, and count waits for its mutex and block profiles")
	fs.BoolVar(&g.showVersion, "version", false, "print the version with its commit, and exit")
	fs.Func("log-level", "lowest `level` that is logged: debug (one line per request), info, warn or error (default info)", func(text string) error {
		if err := g.logLevel.UnmarshalText([]byte(text)); err != nil {
			return errors.New("want debug, info, warn or error")
		}
		return nil
	})
}

// complete makes the settings that follow from several flags, and checks those that
// depend on each other.
func (g *given) complete() (err error) {
	if err := store.CheckDB(g.store.DB); err != nil {
		// The error is made here, because the flag package would print the password.
		return fmt.Errorf("invalid value %q for flag -db: %w", store.Redact(g.store.DB), err)
	}
	if g.load > 0 && !store.IsPostgres(g.store.DB) {
		return fmt.Errorf("-load-patients %d needs a PostgreSQL database, but -db is %s", g.load, g.store.DB)
	}
	if g.tls, err = readTLS(g.cert, g.key); err != nil {
		return err
	}
	if g.auditKey, err = readAuditKey(g.audit, g.auditLog); err != nil {
		return err
	}
	if g.minMillis > g.maxMillis {
		return fmt.Errorf("-min-latency %v is above -max-latency %v", g.minMillis, g.maxMillis)
	}
	g.config.spec, _ = pattern.Find(g.spec.name)
	sim := &g.store.Sim
	sim.MinLatency, sim.MaxLatency = millis(g.minMillis*g.slowdown), millis(g.maxMillis*g.slowdown)
	if g.handicap != nil {
		sim.MinLatency, sim.MaxLatency = sim.MinLatency+g.handicap.Query, sim.MaxLatency+g.handicap.Query
	}
	if g.addr == "" {
		g.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(g.port))
	} else if err := checkAddr(g.addr); err != nil {
		return fmt.Errorf("invalid value %q for flag -addr: %w", g.addr, err)
	}
	if g.profiles {
		if err := checkLoopback(g.addr); err != nil {
			return fmt.Errorf("-pprof serves profiles on %q, which show what is in memory: %w, or use -admin-addr for them", g.addr, err)
		}
	}
	if g.adminAddr != "" {
		if err := checkLoopback(g.adminAddr); err != nil {
			return fmt.Errorf("invalid value %q for flag -admin-addr: %w", g.adminAddr, err)
		}
	}
	return nil
}

// readAuditKey reads the file of -audit-key. It returns nil if there is none.
func readAuditKey(file, auditLog string) ([]byte, error) {
	switch {
	case file == "":
		return nil, nil
	case auditLog == "":
		return nil, fmt.Errorf("-audit-key %q needs -audit-log", file)
	}
	key, err := audit.ReadKey(file)
	if err != nil {
		return nil, fmt.Errorf("invalid value %q for flag -audit-key: %w", file, err)
	}
	return key, nil
}

// millis turns milliseconds, with their fractions, into a duration.
func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

// checkAddr finds a mistake before anything is opened. The host may be empty, which
// means every interface.
func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return errors.New("want host:port with a port from 0 to 65535, like 127.0.0.1:8080")
	}
	return nil
}

// checkLoopback rejects an address that other machines could reach, because profiles
// show what is in memory.
func checkLoopback(addr string) error {
	if err := checkAddr(addr); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("want a loopback address, like 127.0.0.1:8081")
	}
	return nil
}
