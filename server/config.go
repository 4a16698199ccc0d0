package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/store"
)

// config is everything the flags set, checked.
type config struct {
	addr     string // host:port to listen on
	spec     pattern.Spec
	pattern  pattern.Config
	store    store.SimConfig
	timeout  time.Duration // deadline of a standard query
	shutdown time.Duration // longest drain
	logLevel slog.Level
}

// parse reads the flags. Its error names the flag, the value and what is allowed;
// flag.ErrHelp means that usage was asked for and written to out.
func parse(args []string, out io.Writer) (config, error) {
	var (
		c                    config
		port                 int
		minMillis, maxMillis float64
		spec                 = patternFlag{name: "workerpool"}
	)
	fs := flag.NewFlagSet("server", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are printed once, by the caller
	fs.Usage = func() {}

	fs.Var(&spec, "pattern", "concurrency `pattern`: "+pattern.Names())
	fs.Var(whole(&port, 8080, 0, 65535), "port", "TCP `port` on 127.0.0.1; 0 takes a free one")
	fs.StringVar(&c.addr, "addr", "", "`host:port` to listen on; overrides -port")
	fs.Var(whole(&c.pattern.Workers, 20, 1, 100_000), "workers", "`number` of requests worked on at once")
	fs.Var(whole(&c.pattern.QueueSize, 100, 0, 1_000_000), "queue-size", "`number` of requests that may wait for their turn")
	fs.Var(duration(&c.pattern.Patience, 0, 0, time.Minute), "enqueue-timeout", "how `long` a request may wait for room before it is refused; 0 refuses at once")
	fs.Var(number(&minMillis, 50, 0, 60_000), "min-latency", "shortest latency of the simulated store, in `milliseconds`")
	fs.Var(number(&maxMillis, 100, 0, 60_000), "max-latency", "longest latency of the simulated store, in `milliseconds`")
	fs.Var(number(&c.store.ErrorRate, 0.05, 0, 1), "error-rate", "`share` of queries that the simulated store fails")
	fs.Var(seed(&c.store.Seed), "seed", "`number` from which the simulated store draws latencies and errors")
	fs.Var(duration(&c.timeout, 5*time.Second, time.Millisecond, time.Minute), "query-timeout", "`deadline` of a standard request; critical ones have 2s, batch ones 30s")
	fs.Var(duration(&c.shutdown, 30*time.Second, time.Millisecond, 10*time.Minute), "shutdown-timeout", "`longest` drain on SIGTERM")
	fs.TextVar(&c.logLevel, "log-level", slog.LevelInfo, "least `level` that is logged: debug (one line per request), info, warn, error")

	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(out)
		fmt.Fprintf(out, "Serves the healthcare API in one of several concurrency patterns.\n\nUsage: server [flags]\n\n")
		fs.PrintDefaults()
		return config{}, err
	case err != nil:
		return config{}, err
	case fs.NArg() > 0:
		return config{}, fmt.Errorf("unexpected argument %q: every setting is a flag", fs.Arg(0))
	}
	if minMillis > maxMillis {
		return config{}, fmt.Errorf("-min-latency %v is above -max-latency %v", minMillis, maxMillis)
	}
	c.spec, _ = pattern.Find(spec.name)
	c.store.MinLatency, c.store.MaxLatency = millis(minMillis), millis(maxMillis)
	if c.addr == "" {
		c.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	} else if err := checkAddr(c.addr); err != nil {
		return config{}, fmt.Errorf("invalid value %q for flag -addr: %w", c.addr, err)
	}
	return c, nil
}

func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

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
