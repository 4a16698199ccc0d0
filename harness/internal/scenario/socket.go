package scenario

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// socketScheme begins the URL of a Unix domain socket, as package reach reads it.
const socketScheme = "unix://"

// checkSocket says what is wrong with the URL of a socket that a user wrote. withPath says
// that a request has a path there: "unix:///run/app.sock:/health".
func (c *checker) checkSocket(raw string, withPath bool) *problem {
	file, path, err := reach.ReadSocket(raw)
	switch {
	case err != nil:
		return &problem{err.Error(), "like unix:///run/app.sock"}
	case withPath && path == "":
		return &problem{fmt.Sprintf("%q has no path of a request", raw), "add one after a colon: " + raw + ":/path"}
	case withPath:
		if bad := checkPath(path); bad != nil {
			return bad
		}
	}
	return checkSocketLength(beside(c.dir, file))
}

// checkSocketLength is for the path of a socket, which the system limits.
func checkSocketLength(path string) *problem {
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	if len(path) <= reach.LongestSocket {
		return nil
	}
	return &problem{fmt.Sprintf("the path of the socket has %d bytes, and the system allows %d: %s", len(path), reach.LongestSocket, path), "let the server listen in a folder with a shorter path"}
}

// notSocket explains other ways to write the URL of a socket, or returns nil.
func notSocket(raw string) *problem {
	for _, form := range []string{"http://unix:", "http+unix://", "https+unix://", "unix:"} {
		if rest, ok := strings.CutPrefix(raw, form); ok && !strings.HasPrefix(raw, socketScheme) {
			rest = strings.TrimRight(strings.ReplaceAll(rest, "%2F", "/"), ":/")
			return &problem{fmt.Sprintf("%q is not how the URL of a socket is written here", raw), "did you mean " + socketScheme + rest + "?"}
		}
	}
	return nil
}

// placeSockets makes the paths of the server's sockets absolute. Relative ones mean the
// folder of the scenario file. Unlike files that the load reads, a socket is never sent to
// another host.
func (v *Server) placeSockets(folder string) error {
	for _, at := range []*string{&v.URL, &v.Ready, &v.Metrics, &v.Profile} {
		if !strings.HasPrefix(*at, socketScheme) {
			continue
		}
		file, path, err := reach.ReadSocket(*at)
		if err != nil {
			return err
		}
		if file, err = filepath.Abs(beside(folder, file)); err != nil {
			return err
		}
		if bad := checkSocketLength(file); bad != nil {
			return fmt.Errorf("%s; %s", bad.message, bad.suggestion)
		}
		if *at = reach.Socket(file, v.TLS != nil); path != "" {
			*at = reach.Join(*at, path)
		}
	}
	return nil
}

// listensOn notes whether a server with a command listens on a socket, and reports what
// contradicts that. at is the place of its command.
func (c *checker) listensOn(f *fileServer, name, what string) {
	if !c.toldOf("socket", name, what) || !c.address("socket") {
		return
	}
	for i := range c.out.Servers {
		if v := &c.out.Servers[i]; v.Name == name {
			v.OnSocket = true
		}
	}
	if f.Host.given() {
		c.report(f.Host.mark, what+": a server that listens on ${socket} cannot stand on a host of its own, because no other host reaches a socket", "let it listen on ${port}, or delete host")
	}
}

// ApartFromSockets returns an error for every server on a socket that generators in other
// processes cannot reach: one that is made for a trial is known only to the process that
// starts the server. With far they are on other hosts, and reach no socket at all.
func (s *Scenario) ApartFromSockets(far bool) Errors {
	r := reporter{file: s.File}
	for _, v := range s.Servers {
		switch {
		case v.OnSocket:
			r.report(s.places[v.Name+".command"],
				fmt.Sprintf("server %s listens on ${socket}, which only the process that starts the server can reach", v.Name),
				"with --on, let it listen on ${port}; or run without --on")
		case far && reach.OnSocket(v.URL):
			r.report(s.places[v.Name+".url"],
				fmt.Sprintf("server %s listens on %s, which no other host can reach", v.Name, v.URL),
				"give it an address; or run without --on, or with --on local")
		}
	}
	return r.sorted()
}

// untoldSocket reports the use of ${socket} for a server whose command is not told of it.
func (c *checker) untoldSocket(name string) {
	if !c.address("socket") {
		return
	}
	for _, s := range c.sites {
		parts, _, _ := split(s.text.value)
		for _, p := range parts {
			if p.name == "socket" && s.own == name || p.name == "socket."+name {
				c.reportAt(s, p.at, "${"+p.name+"} is used, but the server's command is never told of it", "write ${socket} where its command, env or prepare takes the path to listen on")
				return
			}
		}
	}
}
