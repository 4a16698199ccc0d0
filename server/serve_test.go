package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/server/internal/testenv"
)

// TestMain lets the test binary be the server: a test that needs a process of
// its own starts itself with this variable set.
func TestMain(m *testing.M) {
	if os.Getenv(beServer) != "" {
		main()
	}
	goleak.VerifyTestMain(testenv.Stopping(m))
}

const beServer = "ASSAY_TEST_BE_SERVER"

var listening = regexp.MustCompile(`level=INFO msg=listening addr=(\S+)(?:.* admin_addr=(\S+))?`)

// announced reads the log up to the line that tells the addresses, and collects
// the rest for the returned function.
func announced(t *testing.T, log io.Reader) (addr, admin string, rest func() string) {
	t.Helper()
	lines := bufio.NewReader(log)
	line, err := lines.ReadString('\n')
	found := listening.FindStringSubmatch(line)
	if found == nil {
		t.Fatalf("first line %q, %v", line, err)
	}
	text := make(chan string, 1)
	go func() {
		all, err := io.ReadAll(lines)
		if err != nil {
			all = append(all, err.Error()...)
		}
		text <- string(all)
	}()
	return found[1], found[2], func() string { return <-text }
}

// started runs the server in this process. The returned function stops it and
// returns its status and the rest of its log.
func started(t *testing.T, args ...string) (addr, admin string, stop func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	log, stderr := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, append([]string{"-addr=127.0.0.1:0", "-min-latency=0", "-max-latency=0", "-error-rate=0"}, args...), io.Discard, stderr)
		stderr.Close()
	}()
	addr, admin, rest := announced(t, log)
	return addr, admin, func() (int, string) {
		cancel()
		return <-status, rest()
	}
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	// One connection each: nothing is left open for the leak check.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(body)
}

func TestRunServesAndStops(t *testing.T) {
	addr, _, stop := started(t, "-pattern=optimized", "-cpu-work=10us", "-db-conns=3")
	for path, content := range map[string]string{
		"/": "optimized", "/health": "ready", "/api/v1/patients?id=P00042": `"id":"P00042"`, "/metrics": `"connections_max": 3`,
	} {
		if status, body := fetch(t, "http://"+addr+path); status != http.StatusOK || !strings.Contains(body, content) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, _ := fetch(t, "http://"+addr+"/debug/pprof/"); status != http.StatusNotFound {
		t.Errorf("/debug/pprof/ without -pprof: %d", status)
	}
	status, log := stop()
	if status != 0 || strings.Contains(log, "listening") || strings.Count(log, "\n") != 2 {
		t.Errorf("status %d, log after the start:\n%s", status, log)
	}
}

func TestAdminAddress(t *testing.T) {
	addr, admin, stop := started(t, "-admin-addr=127.0.0.1:0", "-pprof")
	for _, url := range []string{
		addr + "/debug/pprof/", admin + "/debug/pprof/", admin + "/debug/pprof/goroutine?debug=1",
		admin + "/metrics?format=prometheus", admin + "/health", admin + "/livez",
	} {
		if status, body := fetch(t, "http://"+url); status != http.StatusOK {
			t.Errorf("%s: %d %s", url, status, body)
		}
	}
	if status, _ := fetch(t, "http://"+admin+"/api/v1/patients?id=P00001"); status != http.StatusNotFound {
		t.Errorf("patients on the administrative address: %d", status)
	}
	if status, log := stop(); status != 0 {
		t.Errorf("status %d, log:\n%s", status, log)
	}
}

func TestAddressInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, flag := range []string{"-addr=", "-addr=127.0.0.1:0 -admin-addr="} {
		var stderr strings.Builder
		args := strings.Fields(flag + listener.Addr().String())
		if status := run(t.Context(), args, io.Discard, &stderr); status != 1 || !strings.Contains(stderr.String(), "server: listen") {
			t.Errorf("%v: status %d, %s", args, status, &stderr)
		}
	}
}

// dialRaw connects to a server made by newServer, with limits short enough to test.
func dialRaw(t *testing.T, change func(*http.Server)) net.Conn {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config = newServer(server.Config.Handler, slog.New(slog.DiscardHandler))
	change(server.Config)
	server.Start()
	t.Cleanup(server.Close)
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

func TestSlowClientsAreCutOff(t *testing.T) {
	for name, sent := range map[string]string{
		"silent": "", "half a line": "GET / HT", "half the headers": "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",
	} {
		connection := dialRaw(t, func(s *http.Server) { s.ReadTimeout = 20 * time.Millisecond })
		if _, err := io.WriteString(connection, sent); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// Without the limit this read would never end.
		if answer, err := io.ReadAll(connection); err != nil || strings.Contains(string(answer), "200 OK") {
			t.Errorf("%s: %q, %v", name, answer, err)
		}
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	connection := dialRaw(t, func(s *http.Server) { s.IdleTimeout = 20 * time.Millisecond })
	if _, err := io.WriteString(connection, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(connection); err != nil || !strings.Contains(string(answer), "404 Not Found") {
		t.Errorf("%q, %v", answer, err)
	}
}

func TestHugeHeadersAreRefused(t *testing.T) {
	connection := dialRaw(t, func(*http.Server) {})
	go func() { // it may stop reading before all is sent: that is its right
		_, _ = fmt.Fprintf(connection, "GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: %s\r\n\r\n", strings.Repeat("a", 2*maxHeaderBytes))
	}()
	line, err := bufio.NewReader(connection).ReadString('\n')
	if !strings.Contains(line, " 431 ") && !errors.Is(err, io.EOF) {
		t.Errorf("%q, %v; want 431", line, err)
	}
}

func TestLimitsOfThePublicServer(t *testing.T) {
	s := newServer(nil, slog.New(slog.DiscardHandler))
	if s.ReadTimeout != 15*time.Second || s.WriteTimeout != 15*time.Second || s.IdleTimeout != time.Minute || s.MaxHeaderBytes <= 0 {
		t.Errorf("read %v, write %v, idle %v, headers %d", s.ReadTimeout, s.WriteTimeout, s.IdleTimeout, s.MaxHeaderBytes)
	}
}
