package begin

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// FromURL is for the address of one page, which may be on a Unix domain socket. Without
// a scheme it is taken for http.
func FromURL(address string) (*Found, error) {
	f := &Found{From: "a URL"}
	switch {
	case reach.OnSocket(address):
		file, path, err := reach.ReadSocket(address)
		if err != nil {
			return nil, err
		}
		if f.Socket, err = filepath.Abs(file); err != nil {
			return nil, err
		}
		address = "http://" + reach.SocketHost + path
	case !strings.Contains(address, "://"):
		address = "http://" + address
	}
	if err := f.collect([]call{{method: http.MethodGet, url: address}}); err != nil {
		return nil, err
	}
	return f, nil
}

// maxTargets bounds how many requests of a source are read. A scenario with more would
// not be read by people.
const maxTargets = 500

// FromTargets reads vegeta targets in the HTTP or the JSON form.
func FromTargets(data []byte) (*Found, error) {
	next, form := vegeta.NewHTTPTargeter(bytes.NewReader(data), nil, nil), "vegeta targets"
	if first := bytes.TrimSpace(data); len(first) > 0 && first[0] == '{' {
		next, form = vegeta.NewJSONTargeter(bytes.NewReader(data), nil, nil), "vegeta targets in JSON"
	}
	f := &Found{From: form}
	var calls []call
	for {
		var t vegeta.Target
		err := next(&t)
		if errors.Is(err, vegeta.ErrNoTargets) {
			break
		}
		if err != nil && strings.Contains(err.Error(), "no such file") {
			return nil, fmt.Errorf("target %d: %w: files of bodies are relative to the current folder, as for vegeta", len(calls)+1, err)
		}
		if err != nil {
			return nil, fmt.Errorf("target %d: %w", len(calls)+1, err)
		}
		if len(calls) == maxTargets {
			f.note("only the first %d targets are read", maxTargets)
			break
		}
		c := call{method: t.Method, url: t.URL, body: string(t.Body)}
		for _, name := range slices.Sorted(maps.Keys(t.Header)) {
			for _, value := range t.Header[name] {
				c.header = append(c.header, Header{name, value})
			}
		}
		calls = append(calls, c)
	}
	if err := f.collect(calls); err != nil {
		return nil, err
	}
	return f, nil
}
