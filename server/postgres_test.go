package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/assay-bench/assay/server/internal/testenv"
)

// The program as a person uses it with a database: load, load again, serve.
func TestServesFromPostgres(t *testing.T) {
	db := testenv.Database(t)
	for range 2 {
		var stdout, stderr strings.Builder
		if status := run(t.Context(), []string{"-db=" + db, "-load-patients=50"}, &stdout, &stderr); status != 0 || stdout.Len() > 0 {
			t.Fatalf("load: status %d, stdout %q, stderr %q", status, &stdout, &stderr)
		}
		if log := stderr.String(); !strings.Contains(log, "msg=loaded patients=50 db=postgres://127.0.0.1:") {
			t.Errorf("log of the load: %s", log)
		}
	}
	for _, conns := range []string{"0", "3"} {
		addr, _, stop := started(t, "-db="+db, "-db-conns="+conns, "-db-slow-every=2", "-db-slow-for=10ms",
			"-error-rate=1", "-min-latency=60000", "-max-latency=60000") // of the simulated store alone
		for path, want := range map[string]struct {
			status  int
			content string
		}{
			"/health":                               {200, "ready"},
			"/api/v1/patients?id=P00042":            {200, `"id":"P00042"`},
			"/api/v1/patients?id=P00042&id=P00007":  {200, `"patients":[{"id":"P00042"`},
			"/api/v1/patients?id=P00050":            {404, "unknown patient"},
			"/api/v1/patients?id=P00001&id=P123456": {404, "unknown patient"},
		} {
			if status, body := fetch(t, "http://"+addr+path); status != want.status || !strings.Contains(body, want.content) {
				t.Errorf("conns %s, %s: %d %s, want %d and %q", conns, path, status, body, want.status, want.content)
			}
		}
		if _, body := fetch(t, "http://"+addr+"/metrics"); !strings.Contains(body, `"connections_max": `+conns) || !strings.Contains(body, `"errors": 0`) {
			t.Errorf("conns %s: metrics %s", conns, body)
		}
		status, log := stop()
		if status != 0 || strings.Contains(log, "level=WARN") {
			t.Errorf("conns %s: status %d, log:\n%s", conns, status, log)
		}
	}
}

// A query that takes too long in the database is answered in time, and those
// after it find a connection.
func TestSlowPostgresMissesTheDeadline(t *testing.T) {
	db := testenv.Database(t)
	var stderr strings.Builder
	if status := run(t.Context(), []string{"-db=" + db, "-load-patients=1"}, io.Discard, &stderr); status != 0 {
		t.Fatalf("load: status %d, %s", status, &stderr)
	}
	for _, conns := range []string{"0", "1"} {
		addr, _, stop := started(t, "-db="+db, "-db-conns="+conns, "-db-slow-every=2", "-db-slow-for=10m", "-query-timeout=50ms")
		// Requests without a number are counted: the second and the fourth are
		// slow. The others have more time than any machine takes.
		for i, want := range []int{200, 504, 200, 504, 200} {
			class := map[int]string{200: "batch", 504: "standard"}[want]
			response, body := ask(t, addr, "GET", "GET /api/v1/patients?id=P00000 HTTP/1.1\r\nHost: x\r\nX-Query-Class: "+class+"\r\n\r\n")
			if response.StatusCode != want {
				t.Errorf("conns %s, request %d: %s %s, want %d", conns, i, response.Status, body, want)
			}
		}
		if status, log := stop(); status != 0 {
			t.Errorf("conns %s: status %d, log:\n%s", conns, status, log)
		}
	}
}

// Without its database the server starts, says why it is not ready, and answers
// requests with errors.
func TestStartsWithoutItsDatabase(t *testing.T) {
	const db = "postgres://me:secret@127.0.0.1:1/none" // nothing listens there
	addr, _, stop := started(t, "-db="+db, "-db-conns=2")
	if status, _ := fetch(t, "http://"+addr+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d", status)
	}
	if status, _ := fetch(t, "http://"+addr+"/livez"); status != http.StatusOK {
		t.Errorf("/livez: %d", status)
	}
	if status, body := fetch(t, "http://"+addr+"/api/v1/patients?id=P00001"); status != http.StatusInternalServerError || strings.Contains(body, "127.0.0.1") {
		t.Errorf("patients: %d %s", status, body)
	}
	status, log := stop()
	if status != 0 || !strings.Contains(log, "the store does not answer yet") || !strings.Contains(log, "127.0.0.1:1") || strings.Contains(log, "secret") {
		t.Errorf("status %d, log:\n%s", status, log)
	}
	var stderr strings.Builder
	if status := run(t.Context(), []string{"-db=" + db, "-load-patients=1"}, io.Discard, &stderr); status != 1 || !strings.Contains(stderr.String(), "server: load patients: ") {
		t.Errorf("load without a database: %d %s", status, &stderr)
	}
}
