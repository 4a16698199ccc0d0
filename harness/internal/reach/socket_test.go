package reach

import (
	"errors"
	"net"
	"path/filepath"
	"testing"
)

// The usual ports of the host of a socket are the socket. Nothing else of its server's is.
func TestSocketsAreDialled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a:b%")
	l, err := net.Listen("unix", file)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		url, address string
		ok, refused  bool
	}{
		{Socket(file, false), "localhost:80", true, false},
		{Socket(file, true) + ":/x", "localhost:443", true, false},
		{Socket(file, false), "localhost:1", false, false}, // a port of this machine
		{Socket(file, false), "192.0.2.1:80", false, true},
		{Socket(file, false), "host.test:80", false, true},
	} {
		nc, err := For(c.url).DialContext(t.Context(), "tcp", c.address)
		var refused *Error
		if (err == nil) != c.ok || errors.As(err, &refused) != c.refused {
			t.Errorf("%s for %s: %v", c.address, c.url, err)
		}
		if err == nil {
			if nc.RemoteAddr().Network() != "unix" {
				t.Errorf("%s: dialled %v", c.url, nc.RemoteAddr())
			}
			nc.Close()
		}
	}
}

func TestURLsOfSockets(t *testing.T) {
	for _, c := range []struct{ url, file, http, address string }{
		{"unix:///run/app.sock", "/run/app.sock", "http://localhost", "localhost:80"},
		{"unix:///run/a%3Ab:/x?y=:", "/run/a:b", "http://localhost/x?y=:", "localhost:80"},
		{"https+unix:///s:/x", "/s", "https://localhost/x", "localhost:443"},
		{"http://[::1]/x", "", "http://[::1]/x", "[::1]:80"},
		{"https://127.0.0.1:7/x", "", "https://127.0.0.1:7/x", "127.0.0.1:7"},
	} {
		address, err := Address(c.url)
		if SocketFile(c.url) != c.file || HTTP(c.url) != c.http || address != c.address || err != nil || OnSocket(c.url) != (c.file != "") {
			t.Errorf("%s: %q, %q, %q, %v", c.url, SocketFile(c.url), HTTP(c.url), address, err)
		}
	}
}
