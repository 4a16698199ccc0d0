package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// ask sends raw text over a connection of its own and reads one answer.
func ask(t *testing.T, addr, method, text string) (*http.Response, string) {
	t.Helper()
	connection, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	// The server may refuse before it has read everything, and hang up.
	go func() { _, _ = io.WriteString(connection, text) }()
	response, err := http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.60q: %v", text, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("%.60q: %v", text, err)
	}
	return response, string(body)
}

// HEAD answers as GET does, without the body.
func TestHEADIsGETWithoutTheBody(t *testing.T) {
	addr, _, stop := started(t)
	defer stop()
	for _, path := range []string{
		"/", "/health", "/readyz", "/livez", "/nothing",
		"/api/v1/patients?id=P00042", "/api/v1/patients?id=P00042&id=P00007", "/api/v1/patients?id=P123456", "/api/v1/patients",
		"/fhir/Patient/P00042", "/fhir/Patient/P123456", "/fhir/Patient/X", "/fhir/nothing",
	} {
		request := " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"
		got, body := ask(t, addr, "GET", "GET"+request)
		head, none := ask(t, addr, "HEAD", "HEAD"+request)
		if none != "" || head.StatusCode != got.StatusCode {
			t.Errorf("%s: HEAD %d with %q, GET %d", path, head.StatusCode, none, got.StatusCode)
		}
		if got.ContentLength != int64(len(body)) || body == "" || !strings.HasSuffix(body, "\n") {
			t.Errorf("%s: length %d of %q", path, got.ContentLength, body)
		}
		// A timestamp's length varies with its trailing zeros.
		if difference := head.ContentLength - got.ContentLength; difference > 10 || difference < -10 {
			t.Errorf("%s: length %d with HEAD, %d with GET", path, head.ContentLength, got.ContentLength)
		}
		for _, name := range []string{"Content-Type", "Cache-Control"} {
			if head.Header.Get(name) != got.Header.Get(name) {
				t.Errorf("%s: %s %q with HEAD, %q with GET", path, name, head.Header.Get(name), got.Header.Get(name))
			}
		}
	}
}

// What is asked in ways that HTTP knows is answered in ways that HTTP knows.
func TestAnswersToUnusualRequests(t *testing.T) {
	addr, _, stop := started(t)
	defer stop()
	for _, test := range []struct {
		name, text string
		status     int
		closes     bool
	}{
		{"HTTP/1.0", "GET /api/v1/patients?id=P00042 HTTP/1.0\r\n\r\n", 200, true},
		{"HTTP/1.0 that stays", "GET /api/v1/patients?id=P00042 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, false},
		{"asks to close", "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, true},
		{"absolute form", "GET http://x/api/v1/patients?id=P00042 HTTP/1.1\r\nHost: x\r\n\r\n", 200, false},
		{"a body with GET", "GET /api/v1/patients?id=P00042 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 200, false},
		{"lower-case headers", "GET /api/v1/patients?id=P00042 HTTP/1.1\r\nhost: x\r\nx-query-class: critical\r\n\r\n", 200, false},
		{"wrong class", "GET /api/v1/patients?id=P00042 HTTP/1.1\r\nHost: x\r\nx-query-class: urgent\r\n\r\n", 400, false},
		{"no host", "GET /health HTTP/1.1\r\n\r\n", 400, true},
		{"no HTTP", "hello\r\n\r\n", 400, true},
		{"a space in a header's name", "GET /health HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n", 400, true},
		{"two lengths", "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, true},
		{"unknown version", "GET /health HTTP/3.0\r\nHost: x\r\n\r\n", 505, true},
		{"a lower-case method", "get /health HTTP/1.1\r\nHost: x\r\n\r\n", 405, false},
		{"headers within the limit", "GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", maxHeaderBytes-100) + "\r\n\r\n", 200, false},
		{"huge header", "GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 2*maxHeaderBytes) + "\r\n\r\n", 431, true},
		{"many headers", "GET /health HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: b\r\n", maxHeaderBytes/4) + "\r\n", 431, true},
		{"huge path", "GET /" + strings.Repeat("a", 2*maxHeaderBytes) + " HTTP/1.1\r\nHost: x\r\n\r\n", 431, true},
	} {
		response, body := ask(t, addr, "GET", test.text)
		if response.StatusCode != test.status || response.Close != test.closes {
			t.Errorf("%s: %s, closes %v, %q; want %d, closes %v", test.name, response.Status, response.Close, body, test.status, test.closes)
		}
	}
}

// Every path refuses what it does not do, by name, and says what it does.
func TestMethodsThatAreNotAllowed(t *testing.T) {
	addr, _, stop := started(t)
	defer stop()
	for _, path := range []string{"/", "/health", "/readyz", "/livez", "/metrics", "/api/v1/patients?id=P00042", "/fhir/Patient/P00042"} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"} {
			response, body := ask(t, addr, method, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", method, path))
			if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "GET, HEAD" || !strings.Contains(body, "only GET and HEAD") {
				t.Errorf("%s %s: %s, Allow %q, %s", method, path, response.Status, response.Header.Get("Allow"), body)
			}
		}
	}
}

// A patient's data stay out of caches.
func TestPatientsAreNotStored(t *testing.T) {
	addr, _, stop := started(t)
	defer stop()
	for _, path := range []string{"/api/v1/patients?id=P00042", "/api/v1/patients?id=P123456", "/fhir/Patient/P00042"} {
		response, _ := ask(t, addr, "GET", "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
		if got := response.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
}
