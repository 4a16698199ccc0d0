package scenario

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// defaultServer and defaultStream are the names of the server and the stream in the
// short form.
const (
	defaultServer = "server"
	defaultStream = "load"
)

// servers reads the servers. The short form is one server, whose name no file mentions.
func (c *checker) servers(f *fileScenario) {
	switch {
	case f.Server != nil && f.Servers.given():
		c.report(f.Servers.mark, "server and servers cannot both be given", "move the one under server into the list, with a name")
	case f.Server == nil && !f.Servers.given():
		c.report(f.mark, "server is missing", "add server: with a command or a url")
	}
	if f.Server != nil {
		c.server(defaultServer, f.Server, "server")
	}
	seen := map[string]mark{}
	for i := range f.Servers.items {
		s := &f.Servers.items[i]
		c.matches(s.Name, "servers.name", itemName, "small letters, digits, '.', '_' and -")
		c.unique(seen, s.Name, "server")
		c.server(s.Name.value, &s.fileServer, "servers")
	}
}

// server reads one server, which either has a command or already runs at a URL. While
// its values are checked a server with a command has a port, so that ${port} has one of
// the greatest length.
func (c *checker) server(name string, f *fileServer, what string) {
	v := Server{Name: name, URL: f.URL.value, Dir: f.Dir.or("."), Beside: !f.Dir.given(), Metrics: f.Metrics.value, Profile: f.Profile.value,
		Ready: defaultReadyPath, ReadyTimeout: defaultReadyTimeout, StopSignal: defaultStopSignal, StopTimeout: defaultStopTimeout}
	at := func(t text, key string) site {
		return site{text: t, what: what + "." + key, own: name}
	}
	switch {
	case f.Command.given() && f.URL.given():
		c.report(f.URL.mark, what+": command and url cannot both be given", "url is for a server that already runs")
	case !f.Command.given() && !f.URL.given():
		c.report(f.mark, what+" has neither command nor url", "add one of them")
	}
	if f.Command.given() {
		c.trial.Ports[name], c.trial.Sockets[name] = 65535, "/tmp/assay-socket-0000000000/http"
	}
	if f.Host.given() {
		v.Host = f.Host.value
		c.matches(f.Host, what+".host", itemName, "small letters, digits, '.', '_' and -")
	}
	v.Command = c.command(f.Command, at(text{}, "command"))
	c.place(name+".command", f.Command.mark)
	c.place(name+".url", f.URL.mark)
	if f.URL.given() {
		c.site(at(f.URL, "url"), func(final string) *problem {
			if strings.HasPrefix(final, socketScheme) {
				return c.checkSocket(final, false)
			}
			if bad := checkOrigin(final, c.allowed); bad != nil || f.TLS == nil {
				return bad
			}
			return checkSecure(final)
		})
		c.startedOnly(f, what)
	}
	c.tls(&v, f.TLS, at)
	c.env(&v, f.Env, at)
	c.also(name, f.Also, at)
	c.site(at(f.Dir, "dir"), notEmpty)
	if f.Ready != nil {
		v.Ready, v.ReadyTimeout = f.Ready.Path.or(defaultReadyPath), f.Ready.Timeout.or(v.ReadyTimeout)
		c.positive(f.Ready.Timeout, what+".ready.timeout")
		c.site(at(f.Ready.Path, "ready.path"), c.checkReady)
	}
	c.site(at(f.Metrics, "metrics"), c.checkReference)
	c.site(at(f.Profile, "profile"), c.checkReference)
	if f.Stop != nil {
		v.StopSignal, v.StopTimeout = f.Stop.Signal.or(v.StopSignal), f.Stop.Timeout.or(v.StopTimeout)
		c.positive(f.Stop.Timeout, what+".stop.timeout")
	}
	if f.Build != nil {
		c.trial.Binaries[name] = "binary"
		v.BuildDir = f.Build.Dir.or(".")
		build := at(text{}, "build.command")
		build.build = true
		v.BuildCommand = c.command(f.Build.Command, build)
		c.place(name+".build.command", f.Build.Command.mark)
		build.text, build.what = f.Build.Dir, what+".build.dir"
		c.site(build, notEmpty)
	}
	c.out.Servers = append(c.out.Servers, v)
}

// startedOnly reports keys that have no meaning for a server that already runs.
func (c *checker) startedOnly(f *fileServer, what string) {
	if f.Command.given() {
		return
	}
	report := func(at mark, key string) {
		if at.given() {
			c.report(at, fmt.Sprintf("%s.%s has no effect on a server that already runs", what, key), "delete it, or start the server with command")
		}
	}
	report(f.Env.mark, "env")
	report(f.Dir.mark, "dir")
	report(f.Host.mark, "host")
	if f.Stop != nil {
		report(f.Stop.mark, "stop")
	}
	if f.Build != nil {
		report(f.Build.mark, "build")
	}
}

// command reads a list of program and arguments. Each entry becomes a site like s.
func (c *checker) command(l list[text], s site) []string {
	var out []string
	for i, t := range l.items {
		s.text = t
		if i == 0 {
			c.site(s, notEmpty)
		} else {
			c.site(s, nil)
		}
		out = append(out, t.value)
	}
	return out
}

// env reads the environment of a server. Names are literal; values may contain ${...}.
func (c *checker) env(v *Server, env pairs[text], at func(text, string) site) {
	v.Env = make(map[string]string, len(env.items))
	for _, item := range env.items {
		if item.key.value == "" || strings.ContainsAny(item.key.value, "=\x00") {
			c.report(item.key.mark, fmt.Sprintf("env: %q is not the name of an environment variable", item.key.value), "")
		}
		value := at(item.value, "env."+item.key.value)
		value.secrets = true
		c.site(value, nil)
		v.Env[item.key.value] = item.value.value
	}
}

// checkReady is checkReference for readiness, which a mere connection can show too.
func (c *checker) checkReady(final string) *problem {
	if strings.HasPrefix(final, "tcp://") {
		return checkTCP(final, c.allowed)
	}
	if _, path, err := reach.ReadSocket(final); err == nil && path == "" {
		return c.checkSocket(final, false)
	}
	return c.checkReference(final)
}

// checkReference checks a path on the server or an absolute URL.
func (c *checker) checkReference(final string) *problem {
	if strings.HasPrefix(final, "/") {
		return checkPath(final)
	}
	if strings.HasPrefix(final, socketScheme) {
		return c.checkSocket(final, true)
	}
	if !strings.Contains(final, "://") {
		return &problem{fmt.Sprintf("%q is neither a path nor a URL", final), "did you mean /" + final + "?"}
	}
	return checkURL(final, c.allowed)
}

// notEmpty is the check of a text that may be anything but empty.
func notEmpty(final string) *problem {
	if final == "" {
		return &problem{"the text is empty", ""}
	}
	return nil
}
