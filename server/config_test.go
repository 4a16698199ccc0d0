package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/server/internal/pattern"
)

func TestDefaults(t *testing.T) {
	c, err := parse(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	sim := c.store.Sim
	if c.addr != "127.0.0.1:8080" || c.spec.Name != "workerpool" || c.pattern.Workers != 20 || c.pattern.QueueSize != 100 ||
		c.pattern.Patience != 0 || sim.MinLatency != 50*time.Millisecond || sim.MaxLatency != 100*time.Millisecond ||
		sim.ErrorRate != 0.05 || sim.Seed != 0 || c.timeout != 5*time.Second || c.shutdown != 30*time.Second || c.quiet != 50*time.Millisecond ||
		c.store.DB != "sim" || sim.Conns != 0 || sim.SlowEvery != 0 || c.cpuWork != 0 || c.profiles || c.adminAddr != "" {
		t.Errorf("defaults: %+v", c)
	}
}

func TestFlagsReachTheirSettings(t *testing.T) {
	c, err := parse(strings.Fields("-pattern=adaptive -port 9 -workers 3 -queue-size 0 -min-latency 0.5 -max-latency 1 -error-rate 1"+
		" -seed 9223372036854775807 -enqueue-timeout 100ms -rate-limit 0.5 -rate-burst 7 -db sim -db-conns 8 -db-slow-every 9"+
		" -db-slow-for 2s -cpu-work 1ms -query-timeout 3s -shutdown-timeout 4s -shutdown-quiet 70ms -admin-addr [::1]:0 -pprof -log-level debug"), nil)
	if err != nil {
		t.Fatal(err)
	}
	sim := c.store.Sim
	if c.addr != "127.0.0.1:9" || c.spec.Name != "adaptive" || c.pattern != (pattern.Config{
		Workers: 3, QueueSize: 0, Patience: 100 * time.Millisecond, RateLimit: 0.5, RateBurst: 7,
	}) || sim.MinLatency != 500*time.Microsecond || sim.MaxLatency != time.Millisecond || sim.ErrorRate != 1 ||
		sim.Seed != 1<<63-1 || sim.Conns != 8 || sim.SlowEvery != 9 || sim.SlowFor != 2*time.Second ||
		c.cpuWork != time.Millisecond || c.timeout != 3*time.Second || c.shutdown != 4*time.Second || c.quiet != 70*time.Millisecond ||
		c.adminAddr != "[::1]:0" || !c.profiles || c.logLevel.String() != "DEBUG" {
		t.Errorf("got %+v", c)
	}
	if c, err = parse(strings.Fields("-min-latency=4 -max-latency=8 -slowdown=1.1"), nil); err != nil ||
		c.store.Sim.MinLatency != 4400*time.Microsecond || c.store.Sim.MaxLatency != 8800*time.Microsecond {
		t.Errorf("-slowdown: %+v, %v", c.store.Sim, err)
	}
	if c, err = parse([]string{"-port=9", "-addr=127.0.0.1:10"}, nil); err != nil || c.addr != "127.0.0.1:10" {
		t.Errorf("-addr over -port: %q, %v", c.addr, err)
	}
}

// Every message names the flag, the value and what is allowed.
func TestWrongFlags(t *testing.T) {
	for _, test := range []struct{ args, value, allowed string }{
		{"-pattern=magic", "magic", "naive, workerpool, optimized"},
		{"-port=-1", "-1", "from 0 to 65535"},
		{"-port=65536", "65536", "from 0 to 65535"},
		{"-port=http", "http", "from 0 to 65535"},
		{"-addr=localhost", "localhost", "host:port"},
		{"-addr=127.0.0.1:99999", "127.0.0.1:99999", "0 to 65535"},
		{"-workers=0", "0", "from 1 to 100000"},
		{"-workers=2.5", "2.5", "whole number"},
		{"-queue-size=-1", "-1", "from 0 to 1000000"},
		{"-min-latency=-1", "-1", "from 0 to 60000"},
		{"-max-latency=1e9", "1e9", "from 0 to 60000"},
		{"-min-latency=50ms", "50ms", "from 0 to 60000"},
		{"-min-latency=200", "200", "-max-latency 100"},
		{"-slowdown=0.9", "0.9", "from 1 to 100"},
		{"-slowdown=10%", "10%", "a number"},
		{"-error-rate=1.01", "1.01", "from 0 to 1"},
		{"-error-rate=NaN", "NaN", "from 0 to 1"},
		{"-seed=-1", "-1", "from 0 to 9223372036854775807"},
		{"-seed=9223372036854775808", "9223372036854775808", "from 0 to 9223372036854775807"},
		{"-enqueue-timeout=5", "5", "duration from 0s to 1m0s"},
		{"-enqueue-timeout=2m", "2m", "duration from 0s to 1m0s"},
		{"-rate-limit=0", "0", "from 0.001"},
		{"-rate-burst=0", "0", "from 1"},
		{"-db=mysql://x", "mysql://x", "want sim or postgres://"},
		{"-db=postgres://me:secret@x:y/z", "postgres://…", "invalid port"},
		{"-db=postgres://me:secret@x/z?sslmode=q", "postgres://x/z", "sslmode"},
		{"-load-patients=-1", "-1", "from 0 to 100000"},
		{"-load-patients=100001", "100001", "from 0 to 100000"},
		{"-load-patients=1", "1", "needs a PostgreSQL database, but -db is sim"},
		{"-db-conns=-1", "-1", "from 0 to 100000"},
		{"-db-slow-every=-1", "-1", "from 0"},
		{"-db-slow-for=-1s", "-1s", "from 0s to 10m0s"},
		{"-cpu-work=11s", "11s", "from 0s to 10s"},
		{"-query-timeout=0", "0", "from 1ms to 1m0s"},
		{"-shutdown-timeout=0s", "0s", "from 1ms to 10m0s"},
		{"-shutdown-quiet=0s", "0s", "from 1ms to 1m0s"},
		{"-tls-cert=c.pem", "c.pem", "needs -tls-key"},
		{"-tls-key=k.pem", "k.pem", "needs -tls-cert"},
		{"-audit-key=k", "k", "needs -audit-log"},
		{"-admin-addr=0.0.0.0:1", "0.0.0.0:1", "loopback"},
		{"-admin-addr=example.org:1", "example.org:1", "loopback"},
		{"-admin-addr=x", "x", "host:port"},
		{"-known-slowdown=luck=1", "luck=1", "serialisation=N"},
		{"-pprof -addr=:8080", ":8080", "loopback"},
		{"-log-level=loud", "loud", "debug, info, warn or error"},
	} {
		_, err := parse(strings.Fields(test.args), nil)
		name, _, _ := strings.Cut(strings.Fields(test.args)[0], "=")
		if err == nil {
			t.Errorf("%s was accepted", test.args)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the message tells the password: %s", name, err)
		}
		for _, part := range []string{name, test.value, test.allowed} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not name %q", test.args, err, part)
			}
		}
	}
	for _, args := range []string{"-wrkers=3", "serve", "-workers"} {
		if _, err := parse([]string{args}, nil); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

func TestRunReportsWrongFlags(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"-workers=0"}, &stdout, &stderr); status != 2 {
		t.Errorf("status %d, want 2", status)
	}
	if stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), "server: invalid value \"0\" for flag -workers: ") {
		t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"-help"}, &stdout, &stderr); status != 0 {
		t.Errorf("status %d, want 0", status)
	}
	for _, spec := range pattern.Table() {
		if !strings.Contains(stdout.String(), spec.Name) {
			t.Errorf("help does not name %s", spec.Name)
		}
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr %q", &stderr)
	}
}
