package begin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// FromURL is for the address of one page.
func FromURL(address string) (*Found, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	f := &Found{From: "a URL"}
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
	if text := bytes.TrimSpace(data); len(text) > 0 && text[0] == '{' {
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

// recording is what is used of a HAR file, version 1.2.
type recording struct {
	Log struct {
		Entries []struct {
			Request struct {
				Method   string   `json:"method"`
				URL      string   `json:"url"`
				Headers  []Header `json:"headers"`
				PostData *struct {
					MimeType string   `json:"mimeType"`
					Text     string   `json:"text"`
					Params   []Header `json:"params"`
				} `json:"postData"`
			} `json:"request"`
		} `json:"entries"`
	} `json:"log"`
}

// FromHAR reads the recording of a browser or a proxy.
func FromHAR(data []byte) (*Found, error) {
	var har recording
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &har); err != nil {
		return nil, fmt.Errorf("it is no HAR file: %w", err)
	}
	f := &Found{From: "a HAR file"}
	var calls []call
	for _, e := range har.Log.Entries {
		r := e.Request
		if !strings.HasPrefix(r.URL, "http://") && !strings.HasPrefix(r.URL, "https://") {
			f.note("%s %.60s is left out: it is no request by HTTP", r.Method, r.URL)
			continue
		}
		if len(calls) == maxTargets {
			f.note("only the first %d requests are read", maxTargets)
			break
		}
		c := call{method: r.Method, url: r.URL, header: r.Headers}
		if p := r.PostData; p != nil {
			c.body = p.Text
			if c.body == "" && len(p.Params) > 0 {
				var form []string
				for _, v := range p.Params {
					form = append(form, url.QueryEscape(v.Name)+"="+url.QueryEscape(v.Value))
				}
				c.body = strings.Join(form, "&")
			}
			if named := func(h Header) bool { return strings.EqualFold(h.Name, "Content-Type") }; p.MimeType != "" && !slices.ContainsFunc(c.header, named) {
				c.header = append(c.header, Header{"Content-Type", p.MimeType})
			}
		}
		calls = append(calls, c)
	}
	if err := f.collect(calls); err != nil {
		return nil, err
	}
	return f, nil
}
