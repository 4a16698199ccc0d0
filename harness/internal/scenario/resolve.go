package scenario

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// Env holds the values that are known in a trial but not in a scenario file.
type Env struct {
	Ports    map[string]int    // by server name; not for servers that already run
	Sockets  map[string]string // absolute paths by server name, of servers that listen on ${socket}
	Hosts    map[string]string // ${host}, by server name: the address of the host it stands on; none: 127.0.0.1
	Seed     uint64            // ${seed}: equal within a block; below 2⁶³
	Layout   uint64            // ${layout}
	Binaries map[string]string // ${binary}, by server name; only for servers with a build
	// Extracted is what setup extracted so far, by name.
	Extracted map[string]string
}

// Resolved is a scenario for one cell and one environment. It contains no ${...}.
type Resolved struct {
	Cell    Cell     // for which it was resolved
	Servers []Server // with absolute URLs
	// Streams have their Targets once the environment holds everything that setup
	// extracts.
	Streams []Stream
	// Prepare and Cleanup may be nil.
	Prepare, Cleanup *Hook
	// Unplaced means that servers and generator share all CPUs.
	Unplaced bool
}

// Resolve replaces every ${...} for one of the scenario's cells. It returns an error
// if env lacks a port or a binary that is used, or if a server would be on a host
// that is not allowed.
func (s *Scenario) Resolve(c Cell, env Env) (*Resolved, error) {
	r := &Resolved{Cell: c}
	placement, err := expand(s.Placement, s.lookup(c, env, ""))
	if err != nil {
		return nil, fmt.Errorf("resolve scenario %s, placement: %w", s.Name, err)
	}
	r.Unplaced = placement == PlacementNone
	for _, server := range s.Servers {
		resolved, err := server.resolve(s.lookup(c, env, server.Name), env, s.beside, s.insecure[server.Name])
		if err == nil {
			err = resolved.placeSockets(filepath.Dir(s.File))
		}
		if err == nil {
			err = s.checkHosts(resolved, env)
		}
		if err == nil {
			resolved.Also, err = s.resolveAlso(server.Name, s.lookup(c, env, server.Name))
		}
		if err != nil {
			return nil, fmt.Errorf("resolve scenario %s, server %s: %w", s.Name, server.Name, err)
		}
		r.Servers = append(r.Servers, resolved)
	}
	first := s.lookup(c, env, s.Servers[0].Name)
	if r.Prepare, err = s.resolveHook(s.Prepare, first); err != nil {
		return nil, fmt.Errorf("resolve scenario %s, prepare: %w", s.Name, err)
	}
	if r.Cleanup, err = s.resolveHook(s.Cleanup, first); err != nil {
		return nil, fmt.Errorf("resolve scenario %s, cleanup: %w", s.Name, err)
	}
	for _, stream := range s.For(c).Streams {
		if !s.complete(env) {
			r.Streams = append(r.Streams, stream)
			continue
		}
		targets, err := stream.compile(s.lookup(c, env, stream.Server), env.Extracted)
		if err != nil {
			return nil, fmt.Errorf("resolve scenario %s, stream %s: %w", s.Name, stream.Name, err)
		}
		stream.Targets = targets
		r.Streams = append(r.Streams, stream)
	}
	return r, nil
}

// lookup returns a function that knows the built-in names and the parameters, from
// the point of view of the server named own.
func (s *Scenario) lookup(c Cell, env Env, own string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		switch name {
		case "port":
			name = "port." + own
		case "host", "socket":
			if value, ok := c.Params[name]; ok {
				return value, true // it was no built-in name from the beginning
			}
			name += "." + own
		case "variant":
			if c.AAOf != "" {
				return c.AAOf, true
			}
			return c.Variant, true
		case "seed":
			return strconv.FormatUint(env.Seed, 10), true
		case "layout":
			return strconv.FormatUint(env.Layout, 10), true
		case "binary":
			path, ok := env.Binaries[own]
			return path, ok
		}
		if secret, ok := strings.CutPrefix(name, secretPrefix); ok {
			value, ok := s.secretValues[secret]
			return value, ok
		}
		if of, ok := strings.CutPrefix(name, "port."); ok {
			port, ok := env.Ports[of]
			return strconv.Itoa(port), ok
		}
		if of, ok := strings.CutPrefix(name, "socket."); ok {
			path, ok := env.Sockets[of]
			return path, ok
		}
		if of, ok := strings.CutPrefix(name, "host."); ok {
			_, started := env.Ports[of]
			return env.host(of), started
		}
		value, ok := c.Params[name]
		return value, ok
	}
}

// host returns the address of the host that a server stands on, as it is written before a
// port: IPv6 in brackets.
func (e Env) host(server string) string {
	address := cmp.Or(e.Hosts[server], "127.0.0.1")
	if strings.Contains(address, ":") {
		return "[" + address + "]"
	}
	return address
}

// resolve returns a copy of v with every ${...} replaced. beside returns where a file lies
// that the scenario names, and insecure is tls.insecure if it depends on the cell.
func (v Server) resolve(lookup func(string) (string, bool), env Env, beside func(string) string, insecure string) (Server, error) {
	var first error
	text := func(s string) string {
		out, err := expand(s, lookup)
		if err != nil && first == nil {
			first = err
		}
		return out
	}
	list := func(in []string) []string {
		var out []string
		for _, s := range in {
			out = append(out, text(s))
		}
		return out
	}
	v.Command, v.BuildCommand = list(v.Command), list(v.BuildCommand)
	v.Dir, v.BuildDir = text(v.Dir), text(v.BuildDir)
	if v.Beside && len(v.Command) > 0 {
		v.Command[0] = programPath(v.Command[0], beside)
	}
	values := make(map[string]string, len(v.Env))
	for name, value := range v.Env {
		values[name] = text(value)
	}
	v.Env = values
	v.URL = strings.TrimSuffix(text(v.URL), "/")
	if len(v.Command) > 0 {
		address, err := v.listens(env)
		if first == nil {
			first = err
		}
		v.URL = address
	}
	v.TLS = resolveTLS(v.TLS, insecure, text, beside)
	v.Ready = absolute(v.URL, text(v.Ready))
	v.Metrics = absolute(v.URL, text(v.Metrics))
	v.Profile = absolute(v.URL, text(v.Profile))
	return v, first
}

// listens returns the URL of a server that is started.
func (v *Server) listens(env Env) (string, error) {
	if v.OnSocket {
		path, ok := env.Sockets[v.Name]
		if !ok {
			return "", fmt.Errorf("no socket given")
		}
		return reach.Socket(path, false), nil
	}
	port, ok := env.Ports[v.Name]
	if !ok {
		return "", fmt.Errorf("no port given")
	}
	scheme := "http://"
	if v.TLS != nil {
		scheme = "https://"
	}
	return scheme + env.host(v.Name) + ":" + strconv.Itoa(port), nil
}

// absolute returns base followed by the path ref. It returns ref unchanged if ref is
// empty or an absolute URL.
func absolute(base, ref string) string {
	if strings.HasPrefix(ref, "/") {
		return reach.Join(base, ref)
	}
	return ref
}
