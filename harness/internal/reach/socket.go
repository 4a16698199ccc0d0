package reach

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
)

// A server may listen on a Unix domain socket, which is a file and no address. Its URL is
//
//	unix:///run/app.sock           the server, which speaks plain HTTP
//	unix:///run/app.sock:/health   a path on it
//	https+unix:///run/app.sock     the server, if it speaks TLS
//
// A colon or a percent sign in the name of the file is escaped as in every URL, so that the
// first colon after the scheme ends the name. Only this machine can be reached by a socket.
const (
	plainSocket  = "unix://"
	secureSocket = "https+" + plainSocket
)

// SocketHost is the host of requests to a socket, as in the header Host and in the names of
// certificates. It is the one that nginx and users of curl give.
const SocketHost = "localhost"

// LongestSocket is the greatest length of a socket's path, in bytes: Linux has room for 108,
// with the zero byte at the end.
const LongestSocket = 107

// Socket returns the URL of a server on a socket, whose path is absolute.
func Socket(path string, secure bool) string {
	escaped := strings.NewReplacer("%", "%25", ":", "%3A", "?", "%3F", "#", "%23").Replace(filepath.ToSlash(path))
	if secure {
		return secureSocket + escaped
	}
	return plainSocket + escaped
}

// OnSocket reports whether a URL is that of a socket, or of something on it.
func OnSocket(raw string) bool {
	_, _, _, ok := splitSocket(raw)
	return ok
}

// splitSocket divides the URL of a socket. The path of the request is empty if it has none.
func splitSocket(raw string) (scheme, file, path string, ok bool) {
	scheme, rest := "http", ""
	if rest, ok = strings.CutPrefix(raw, secureSocket); ok {
		scheme = "https"
	} else if rest, ok = strings.CutPrefix(raw, plainSocket); !ok {
		return "", "", "", false
	}
	file, path, _ = strings.Cut(rest, ":")
	if plain, err := url.PathUnescape(file); err == nil {
		file = plain
	}
	return scheme, file, path, true
}

// ReadSocket returns the path of the file in a URL that a user wrote, which may be relative,
// and the path of the request, if it has one. The error says what is wrong with the URL.
func ReadSocket(raw string) (file, path string, err error) {
	rest, ok := strings.CutPrefix(raw, plainSocket)
	if !ok {
		return "", "", fmt.Errorf("%q is not the URL of a socket", raw)
	}
	file, path, _ = strings.Cut(rest, ":")
	switch plain, err := url.PathUnescape(file); {
	case err != nil:
		return "", "", fmt.Errorf("%q: %w", raw, err)
	case strings.Trim(plain, "/.") == "" || strings.HasSuffix(plain, "/"):
		return "", "", fmt.Errorf("%q does not name the file of a socket", raw)
	case strings.ContainsAny(file, "?#\x00") || strings.Contains(plain, "\x00"):
		return "", "", fmt.Errorf("%q has more than the path of a socket", raw)
	case strings.HasPrefix(plain, "@"):
		return "", "", fmt.Errorf("%q is an abstract socket, which has no file", raw)
	case path != "" && path[0] != '/':
		return "", "", fmt.Errorf("%q: what comes after the colon is not the path of a request", raw)
	default:
		return plain, path, nil
	}
}

// ConnectOnly reports whether a URL is that of a socket without a path of a request.
func ConnectOnly(raw string) bool {
	_, _, path, ok := splitSocket(raw)
	return ok && path == ""
}

// SocketFile returns the path of the file in the URL of a socket, or "" for another URL.
func SocketFile(raw string) string {
	_, file, _, _ := splitSocket(raw)
	return file
}

// Join returns the URL of a path on a server.
func Join(base, path string) string {
	if OnSocket(base) {
		return base + ":" + path
	}
	return base + path
}

// Address returns what a dialer is given for a URL: HOST:PORT.
func Address(raw string) (string, error) {
	u, err := url.Parse(HTTP(raw))
	if err != nil {
		return "", err
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// HTTP returns the URL of the request for a URL: that itself, or for a socket one of plain
// HTTP or HTTPS with SocketHost. What is to be connected to is known to the dialer alone.
func HTTP(raw string) string {
	scheme, _, path, ok := splitSocket(raw)
	if !ok {
		return raw
	}
	return scheme + "://" + SocketHost + path
}
