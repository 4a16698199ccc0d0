package reach

import (
	"errors"
	"net"
	"strings"
	"testing"
)

func TestOnlyWhatWasNamedIsDialled(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, c := range []struct {
		url, host string // the server's URL, and the host that is dialled for it
		refused   bool
	}{
		{"http://127.0.0.1:80", "127.0.0.1", false},
		{"http://127.0.0.1:80", "::ffff:127.0.0.1", false},
		{"http://localhost", "127.0.0.1", false},
		{"http://LOCALHOST", "localhost", false},
		{"http://[::1]:80", "127.0.0.1", false},
		{"http://192.0.2.1", "127.0.0.1", false}, // from the named host back to this machine
		{"tcp://127.0.0.1:80", "127.0.0.1", false},
		{"://", "127.0.0.1", false},

		{"http://127.0.0.1", "192.0.2.1", true},
		{"http://127.0.0.1", "::ffff:192.0.2.1", true},
		{"http://127.0.0.1", "0.0.0.0", true},
		{"http://127.0.0.1", "::", true},
		{"http://127.0.0.1", "", true},
		{"http://127.0.0.1", "2130706433", true}, // 127.0.0.1 to some resolvers
		{"http://127.0.0.1", "0x7f.1", true},
		{"http://127.0.0.1", "localhost.test", true},
		{"http://127.0.0.1", "localhost.", true},
		{"http://127.0.0.1", "127.0.0.1.test", true},
		{"http://127.0.0.1", "name.test", true},
		{"http://192.0.2.1", "192.0.2.2", true},
		{"http://name.test", "other.test", true},
		{"://", "name.test", true},
	} {
		nc, err := For(c.url).DialContext(t.Context(), "tcp", net.JoinHostPort(c.host, port))
		var refused *Error
		if got := errors.As(err, &refused); got != c.refused || err != nil && !got {
			t.Errorf("%s for %s: %v, want refused %v", c.host, c.url, err, c.refused)
		}
		if err == nil {
			nc.Close()
		}
	}
}

// The address counts, and not the name, which the system may map elsewhere.
func TestTheDialledAddressCounts(t *testing.T) {
	for address, allowed := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9:80": true, "[::1]:80": true, "[::ffff:127.0.0.1]:80": true,
		"192.0.2.1:80": false, "[2001:db8::1]:80": false, "[::ffff:192.0.2.1]:80": false, "0.0.0.0:80": false,
		"[::]:80": false, "[fe80::1%lo]:80": false, "nonsense": false,
	} {
		err := onlyLoopback("localhost")(t.Context(), "tcp", address, nil)
		if (err == nil) != allowed {
			t.Errorf("%s: %v, want allowed %v", address, err, allowed)
		}
	}
	// The check is in force for the server's own name: this stands for a localhost that
	// means another address.
	d := Host("localhost")
	_, err := d.Dialer.DialContext(t.Context(), "tcp", "0.0.0.0:80")
	if err == nil || !strings.Contains(err.Error(), "localhost means 0.0.0.0 on this machine") {
		t.Errorf("error %v", err)
	}
	// A host that was named may be any address.
	if Host("name.test").ControlContext != nil {
		t.Error("a named host is kept on loopback")
	}
}
