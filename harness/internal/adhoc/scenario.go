package adhoc

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/internal/usage"
)

// scenario turns the options into a scenario. An error about the scenario is told
// without its position.
func (o *Options) scenario() (*scenario.Scenario, error) {
	// The scenario is written as text and parsed again, and not put together from Go
	// values: so there is one way in which a load gets its defaults and its checks.
	doc := map[string]any{"version": 1, "name": "attack", "warmup": "0s", "blocks": 1}
	target := map[string]any{}
	done, err := o.Request.write(target)
	defer func() { done() }()
	if err != nil {
		return nil, err
	}
	load := map[string]any{"connections": o.Concurrency}
	o.writeLoad(load)
	if o.URL != "" {
		err = o.writeURL(doc, target)
	} else {
		err = o.writeBuiltIn(doc, target)
	}
	if err != nil {
		return nil, err
	}
	var variants []map[string]any
	for _, p := range o.patterns() {
		variants = append(variants, map[string]any{"name": p})
	}
	doc["variants"], doc["targets"], doc["load"] = variants, []any{target}, load
	text, err := yaml.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("attack: %w", err)
	}
	s, err := scenario.Parse("attack", text, scenario.Options{AllowRemote: o.AllowRemote})
	var wrong scenario.Errors
	if errors.As(err, &wrong) { // drop the positions, which are in a file that the user never wrote
		if wrong[0].Suggestion == "" {
			return nil, usage.Errorf("%s", wrong[0].Message)
		}
		return nil, usage.Errorf("%s (%s)", wrong[0].Message, wrong[0].Suggestion)
	}
	if err != nil {
		return nil, err
	}
	if o.Rate == 0 && o.Requests > 0 {
		s.Streams[0].Closed.Duration = o.Duration // the load ends at this time or at its count, whichever comes first
	}
	return s, nil
}

// writeURL makes the scenario load a server that already runs.
func (o *Options) writeURL(doc, target map[string]any) error {
	to, err := o.address()
	if err != nil {
		return err
	}
	target["path"] = literal(to.path)
	ready := literal(to.path)
	if o.Request.given() {
		ready = literal(to.connect) // a GET may be refused where another request is not
	}
	server := map[string]any{"url": literal(to.base), "ready": map[string]any{"path": ready}}
	if to.host != "" {
		headers, _ := target["headers"].(map[string]string)
		if headers = maps.Clone(headers); headers == nil {
			headers = map[string]string{}
		}
		if !has(headers, "Host") {
			headers["Host"] = literal(to.host)
		}
		target["headers"] = headers
	}
	secure := map[string]any{}
	if o.Insecure || o.CA != "" {
		if !to.secure {
			return usage.Errorf("--url %s: --insecure and --ca are for an https URL", o.URL)
		}
		secure["insecure"] = o.Insecure
		if o.CA != "" {
			secure["ca"] = o.CA
		}
	}
	if to.secure && to.onSocket {
		secure["server_name"] = to.name
	}
	if len(secure) > 0 {
		server["tls"] = secure
	}
	doc["server"] = server
	return nil
}

// destination is where requests to a URL go, in the words of a scenario.
type destination struct {
	base, path string // url of the server, and path of the request
	connect    string // ready.path that only a connection shows
	secure     bool
	onSocket   bool
	host       string // the header Host if it is not that of the base; empty: it is
	name       string // of the host, without a port
}

// address reads the URL, and the socket that goes with it. The error is wrong usage, and
// names the flag.
func (o *Options) address() (destination, error) {
	if reach.OnSocket(o.URL) {
		file, path, err := reach.ReadSocket(o.URL)
		if err != nil {
			return destination{}, usage.Errorf("--url %w", err)
		}
		base := reach.Socket(file, false)
		return destination{base: base, path: cmp.Or(path, "/"), connect: base, onSocket: true}, nil
	}
	base, path, err := splitURL(o.URL)
	if err != nil {
		return destination{}, err
	}
	to := destination{base: base, path: path, connect: port(base), secure: strings.HasPrefix(base, "https:")}
	if o.Socket == "" {
		return to, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return to, usage.Errorf("--url %s: want a URL like http://localhost/items", o.URL)
	}
	to.base, to.onSocket, to.name = reach.Socket(o.Socket, false), true, u.Hostname()
	to.connect = to.base
	if u.Host != reach.SocketHost {
		to.host = u.Host
	}
	return to, nil
}

// writeBuiltIn makes the scenario start and load the built-in server.
func (o *Options) writeBuiltIn(doc, target map[string]any) error {
	server, err := besideThis("server")
	if err != nil {
		return err
	}
	doc["server"] = map[string]any{
		"command": []string{server, "-addr=127.0.0.1:${port}", "-pattern=${variant}", "-seed=${seed}",
			fmt.Sprintf("-workers=%d", o.Workers), fmt.Sprintf("-queue-size=%d", o.QueueSize)},
		"ready":   map[string]any{"path": "/health"},
		"metrics": "/metrics?format=prometheus",
	}
	// Many ids: with a single one a cache would answer everything.
	doc["vars"] = map[string]any{"id": map[string]any{"sequence": []int{0, 9999}, "format": "P%05d"}}
	target["path"] = "/api/v1/patients?id=${id}"
	return nil
}

// defaultDuration is the duration of an open loop if none is given.
const defaultDuration = 10 * time.Second

// writeLoad writes the open or the closed loop. A refused client does not wait before
// its next request, as in the published study.
func (o *Options) writeLoad(load map[string]any) {
	if o.Rate > 0 {
		load["open"] = map[string]any{"rate": fmt.Sprintf("%g/s", o.Rate), "duration": cmp.Or(o.Duration, defaultDuration).String()}
		return
	}
	closed := map[string]any{"clients": o.Concurrency, "backoff": "0s"}
	if o.Requests > 0 {
		closed["requests"] = o.Requests
	} else {
		closed["duration"] = o.Duration.String()
	}
	load["closed"] = closed
}

// splitURL divides a URL into the address of the server and the path with its query.
// The path begins with a slash whether or not the URL has one.
func splitURL(raw string) (base, path string, err error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return "", "", usage.Errorf("--url %s: want a URL like http://127.0.0.1:9090/items", raw)
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	return strings.ToLower(scheme) + "://" + rest[:end], "/" + strings.TrimPrefix(rest[end:], "/"), nil
}

// besideThis finds another program in the folder of this one.
func besideThis(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	path := filepath.Join(filepath.Dir(self), name+filepath.Ext(self))
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("find the built-in server: %w: run `make build` in the repository, or load a server of your own with --url", err)
	}
	return path, nil
}
