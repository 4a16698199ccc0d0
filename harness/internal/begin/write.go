package begin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"strings"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// Scenario returns the text of a scenario file with that name. The rate and the
// objectives are guesses that the comments in the file ask to change.
func (f *Found) Scenario(name string) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Made from %s by `assay init`. docs/scenario-files.md explains the keys, and", f.From)
	line("# `assay try FILE` sends each request once.")
	line("version: 1")
	line("name: %s", name)
	f.secrets(line)
	f.server(line)
	line("load:")
	line("  open: {rate: 100/s, duration: 10s} # on schedule, however slow the answers are; for clients that wait: closed: {clients: 10, duration: 10s}")
	line("# What to compare, by values of ${name} in command, env or targets:")
	line("# variants: [{name: before, params: {version: \"1\"}}, {name: after, params: {version: \"2\"}}]")
	line("targets:")
	for _, r := range f.Requests {
		r.write(line)
	}
	line("objectives: [\"p99 < 200ms\", \"errors < 1%%\"] # what `assay check` decides; write your own limits")
	return []byte(b.String())
}

// quote writes a text in the double quotes of YAML, which are those of JSON.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text can always be encoded
	return strings.TrimSuffix(b.String(), "\n")
}

// quoteAll writes texts with commas between them.
func quoteAll(all []string) string {
	var quoted []string
	for _, s := range all {
		quoted = append(quoted, quote(s))
	}
	return strings.Join(quoted, ", ")
}

// secrets lists the environment variables.
func (f *Found) secrets(line func(string, ...any)) {
	if len(f.Secrets) == 0 {
		return
	}
	var names []string
	for _, s := range f.Secrets {
		names = append(names, s.Variable)
	}
	line("secrets: [%s] # environment variables; their values are written nowhere", strings.Join(names, ", "))
}

// server writes the server, which already runs, and how TLS is spoken with it.
func (f *Found) server(line func(string, ...any)) {
	line("# The server runs already. Better evidence comes of one that is started afresh for")
	line("# every trial:  command: [./my-server, \"--port=${port}\"]  instead of url and ready.")
	line("server:")
	base, connect := f.Origin, "tcp://"+f.address()
	if f.Socket != "" {
		base = escapeNames(reach.Socket(f.Socket, false))
		connect = base
	}
	line("  url: %s", quote(base))
	line("  ready: {path: %s} # it takes connections; or a path that answers 200", quote(connect))
	var settings []string
	if f.TLS.Insecure && f.TLS.CA == "" {
		settings = append(settings, "insecure: true")
	}
	for _, s := range []struct{ key, value string }{{"ca", f.TLS.CA}, {"cert", f.TLS.Cert}, {"key", f.TLS.Key}} {
		if s.value != "" {
			settings = append(settings, s.key+": "+quote(s.value))
		}
	}
	secure := strings.HasPrefix(f.Origin, "https:")
	if f.Socket != "" && secure { // the URL of a socket does not say that TLS is spoken
		settings = append(settings, "server_name: "+quote(f.Host()))
	}
	if len(settings) > 0 && secure {
		line("  tls: {%s}", strings.Join(settings, ", "))
	}
}

// address returns host and port of the server.
func (f *Found) address() string {
	address, err := reach.Address(f.Origin)
	if err != nil {
		return f.Origin // it was made from a URL that could be parsed
	}
	return address
}

// Host returns the host of the server, for --allow-remote.
func (f *Found) Host() string {
	host, _, err := net.SplitHostPort(f.address())
	if err != nil {
		return f.Origin
	}
	return host
}

// write writes the request as an item of targets. Of headers with one name it writes the
// first, because a mapping has each name once.
func (r *Request) write(line func(string, ...any)) {
	if r.Name != "" {
		line("  - name: %s", r.Name)
		line("    method: %s", r.Method)
	} else {
		line("  - method: %s", r.Method)
	}
	line("    path: %s", quote(r.Path))
	if len(r.Headers) > 0 {
		line("    headers:")
	}
	seen := map[string]bool{}
	for _, h := range r.Headers {
		if key := strings.ToLower(h.Name); !seen[key] { // a mapping has each name once
			seen[key] = true
			line("      %s: %s", quote(h.Name), quote(h.Value))
		}
	}
	if r.Body != "" {
		line("    body: %s", quote(r.Body))
	}
	if len(r.Expect) > 0 {
		line("    expect: {status: [%s]}", quoteAll(r.Expect))
	}
	if r.Weight > 1 {
		line("    weight: %d", r.Weight)
	}
}
