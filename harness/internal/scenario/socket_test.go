package scenario

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// onSocket is a scenario whose server is replaced by cases.
const onSocket = `version: 1
name: sock
server: SERVER
params: {dir: run}
load: {closed: {clients: 1, requests: 1}}
targets: [{path: /a}]
`

// A server may be reached by a socket, whose relative path means the folder of the file.
func TestSockets(t *testing.T) {
	long := "/" + strings.Repeat("x", reach.LongestSocket)
	const started = `command: [app, "${socket}"]`
	for _, c := range []struct {
		name, server string
		want         string // url, ready, metrics and profile, or the error
	}{
		{"url", `{url: "unix:///run/app.sock"}`, "unix:///run/app.sock unix:///run/app.sock:/  "},
		{"beside the file", `{url: "unix://${dir}/app.sock"}`, "unix:///F/run/app.sock unix:///F/run/app.sock:/  "},
		{"odd name", `{url: "unix:///run/a%3Ab%20c"}`, "unix:///run/a%3Ab c unix:///run/a%3Ab c:/  "},
		{"TLS", `{url: "unix:///run/app.sock", tls: {}, ready: {path: /up}}`, "https+unix:///run/app.sock https+unix:///run/app.sock:/up  "},
		{"other places", `{url: "unix:///a", ready: {path: "unix:///b"}, metrics: "unix:///c:/m?x=1", profile: "http://127.0.0.1:1/p"}`, "unix:///a unix:///b unix:///c:/m?x=1 http://127.0.0.1:1/p"},
		{"started", `{` + started + `, metrics: /metrics, profile: /p}`, "unix:///tmp/s unix:///tmp/s:/ unix:///tmp/s:/metrics unix:///tmp/s:/p"},
		{"started with a port beside", `{command: [app, "${socket}", "${port}"], metrics: "http://127.0.0.1:${port}/m"}`, "unix:///tmp/s unix:///tmp/s:/ http://127.0.0.1:7/m "},
		{"readiness by connection", `{` + started + `, ready: {path: "unix://${socket}"}}`, "unix:///tmp/s unix:///tmp/s  "},

		{"no file", `{url: "unix:///"}`, `3:15: server.url: "unix:///" does not name the file of a socket (like unix:///run/app.sock)`},
		{"a folder", `{url: "unix:///run/"}`, `3:15: server.url: "unix:///run/" does not name the file of a socket (like unix:///run/app.sock)`},
		{"abstract", `{url: "unix://@app"}`, `3:15: server.url: "unix://@app" is an abstract socket, which has no file (like unix:///run/app.sock)`},
		{"one slash", `{url: "unix:/run/app.sock"}`, `3:15: server.url: "unix:/run/app.sock" is not how the URL of a socket is written here (did you mean unix:///run/app.sock?)`},
		{"as for nginx", `{url: "http://unix:/run/app.sock:/"}`, `3:15: server.url: "http://unix:/run/app.sock:/" is not how the URL of a socket is written here (did you mean unix:///run/app.sock?)`},
		{"query", `{url: "unix:///run/app.sock?x=1"}`, `3:15: server.url: "unix:///run/app.sock?x=1" has more than the path of a socket (like unix:///run/app.sock)`},
		{"bad escape", `{url: "unix:///run/%zz"}`, `3:15: server.url: "unix:///run/%zz": invalid URL escape "%zz" (like unix:///run/app.sock)`},
		{"too long", `{url: "unix://` + long + `"}`, `3:15: server.url: the path of the socket has 108 bytes, and the system allows 107: ` + long + ` (let the server listen in a folder with a shorter path)`},
		{"metrics without a path", `{url: "unix:///a", metrics: "unix:///b"}`, `3:37: server.metrics: "unix:///b" has no path of a request (add one after a colon: unix:///b:/path)`},
		{"no path of a request", `{url: "unix:///a", ready: {path: "unix:///b:x"}}`, `3:42: server.ready.path: "unix:///b:x": what comes after the colon is not the path of a request (like unix:///run/app.sock)`},
		{"runs already", `{url: "unix:///a", ready: {path: "unix://${socket}"}}`, "3:50: server.ready.path: ${socket} is not defined for a server that already runs (write the path out)"},
		{"never told", `{command: [app, "${port}"], ready: {path: "unix://${socket}"}}`, "3:59: server.ready.path: ${socket} is used, but the server's command is never told of it (write ${socket} where its command, env or prepare takes the path to listen on)"},
		{"a host of its own", `{` + started + `, host: far}`, "3:45: server: a server that listens on ${socket} cannot stand on a host of its own, because no other host reaches a socket (let it listen on ${port}, or delete host)"},
		{"in a build", `{` + started + `, build: {command: [make, "${socket}"]}}`, "3:64: server.build.command: ${socket} is not allowed in a build, which runs before ports are chosen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Parse(filepath.FromSlash("/F/f"), []byte(strings.Replace(onSocket, "SERVER", c.server, 1)), Options{})
			if err != nil {
				if got := strings.TrimPrefix(err.Error(), "/F/f:"); got != c.want {
					t.Errorf("error %s\nwant  %s", got, c.want)
				}
				return
			}
			r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"server": 7}, Sockets: map[string]string{"server": "/tmp/s"}})
			if err != nil {
				t.Fatal(err)
			}
			v := r.Servers[0]
			if got := strings.Join([]string{v.URL, v.Ready, v.Metrics, v.Profile}, " "); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// A parameter that was called socket before the built-in name was there keeps its meaning.
func TestAParameterNamedSocket(t *testing.T) {
	s := parse(t, strings.NewReplacer("SERVER", `{command: [app, "${port}", "${socket}"]}`, "dir: run", "socket: mine").Replace(onSocket))
	r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"server": 7}})
	if err != nil {
		t.Fatal(err)
	}
	if v := r.Servers[0]; v.Command[2] != "mine" || v.URL != "http://127.0.0.1:7" {
		t.Errorf("%q at %s", v.Command, v.URL)
	}
}
