package adhoc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// sent is the request that the options lead to: "METHOD path|Name: value|body".
func sent(t *testing.T, o Options) (string, error) {
	t.Helper()
	o.URL, o.Concurrency, o.Requests = "http://127.0.0.1:9090/a?b=${c}", 1, 1
	s, err := o.scenario()
	if err != nil {
		return "", err
	}
	r, err := s.Resolve(s.Cells()[0], scenario.Env{})
	if err != nil {
		return "", err
	}
	q := r.Streams[0].Targets.At(1, 0)
	text := q.Method() + " " + string(q.AppendPath(nil))
	for i := range q.NumHeader() {
		name, value := q.Header(i)
		text += "|" + name + ": " + value
	}
	return text + "|" + string(q.AppendBody(nil)), nil
}

// The flags mean what they mean to curl, and nothing in them is replaced.
func TestRequestFlags(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "body")
	if err := os.WriteFile(file, []byte("\x00\xff${x}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := func(s string) *string { return &s }
	const form = "Content-Type: application/x-www-form-urlencoded"
	for _, c := range []struct {
		name  string
		given Request
		want  string
		wrong string // what the error says
	}{
		{"nothing", Request{}, "GET /a?b=${c}|", ""},
		{"method", Request{Method: "DELETE"}, "DELETE /a?b=${c}|", ""},
		{"header", Request{Headers: []string{"X-A: b:${c} d"}}, "GET /a?b=${c}|X-A: b:${c} d|", ""},
		{"data", Request{Data: text("a=${b}&c")}, "POST /a?b=${c}|" + form + "|a=${b}&c", ""},
		{"empty data", Request{Data: text("")}, "POST /a?b=${c}|" + form + "|", ""},
		{"put with a type", Request{Method: "PUT", Headers: []string{"content-type:text/plain"}, Data: text("x")}, "PUT /a?b=${c}|content-type: text/plain|x", ""},
		{"file", Request{Data: text("@" + file)}, "POST /a?b=${c}|" + form + "|\x00\xff${x}\n", ""},
		{"standard input", Request{Data: text("@-"), Stdin: strings.NewReader("{}")}, "POST /a?b=${c}|" + form + "|{}", ""},

		{"small letters", Request{Method: "post"}, "", `-X post: want a method in capital letters`},
		{"no colon", Request{Headers: []string{"X-A b"}}, "", `-H "X-A b": want a name and a value, like "Accept: application/json"`},
		{"no value", Request{Headers: []string{"X-A:"}}, "", `-H "X-A:": the header has no value`},
		{"no name", Request{Headers: []string{": b"}}, "", `-H ": b": want a name and a value`},
		{"twice", Request{Headers: []string{"X-A: b", "x-a: c"}}, "", `-H "x-a: c": the header x-a is given twice: join the values with a comma`},
		{"own header", Request{Headers: []string{"Content-Length: 1"}}, "", `Content-Length is set by the harness`},
		{"no file", Request{Data: text("@" + file + "2")}, "", file + "2: no such file"},
		{"folder", Request{Data: text("@" + dir)}, "", "is a folder and not a regular file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := sent(t, Options{Request: c.given})
			switch {
			case c.wrong == "" && (err != nil || got != c.want):
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
				t.Errorf("got the error %v, want %s", err, c.wrong)
			}
		})
	}
	without := Options{Concurrency: 1, Requests: 1, Request: Request{Method: "PUT"}}
	if err := without.check(); err == nil || err.Error() != "-X, -H and -d are for a URL: give one" {
		t.Errorf("without a URL: %v", err)
	}
}

// A server on a socket is asked with the host of its URL, as by curl.
func TestSocketFlag(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string // url, ready.path, the name of its certificate, path and headers; or the error
	}{
		{"as a URL", Options{URL: "unix:///s"}, "unix:///s unix:///s:/  /"},
		{"as a URL with a path", Options{URL: "unix:///s:/a?b=${c}"}, "unix:///s unix:///s:/a?b=${c}  /a?b=${c}"},
		{"flag", Options{URL: "http://localhost/a", Socket: "/s"}, "unix:///s unix:///s:/a  /a"},
		{"other host", Options{URL: "http://api.test:80/a", Socket: "/s"}, "unix:///s unix:///s:/a  /a Host: api.test:80"},
		{"its own host", Options{URL: "http://api.test/a", Socket: "/s", Request: Request{Headers: []string{"Host: x"}}}, "unix:///s unix:///s  /a Host: x"},
		{"TLS", Options{URL: "https://api.test/a", Socket: "/s", Insecure: true}, "https+unix:///s https+unix:///s:/a api.test /a Host: api.test"},
		{"twice", Options{URL: "unix:///s", Socket: "/s"}, "--unix-socket /s: the URL unix:///s names a socket already"},
		{"no URL", Options{Socket: "/s"}, "--unix-socket /s: give a URL too, like http://localhost/items"},
		{"no file", Options{URL: "unix:///"}, `--url "unix:///" does not name the file of a socket`},
		{"CA without TLS", Options{URL: "http://localhost/", Socket: "/s", Insecure: true}, "--url http://localhost/: --insecure and --ca are for an https URL"},
	} {
		c.o.Concurrency, c.o.Requests = 1, 1
		got, err := toSocket(&c.o)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got  %q\nwant %q", c.name, got, c.want)
		}
	}
}

// toSocket is where a request goes, and what it is.
func toSocket(o *Options) (string, error) {
	if err := o.check(); err != nil {
		return "", err
	}
	s, err := o.scenario()
	if err != nil {
		return "", err
	}
	r, err := s.Resolve(s.Cells()[0], scenario.Env{})
	if err != nil {
		return "", err
	}
	v, q := r.Servers[0], r.Streams[0].Targets.At(1, 0)
	name := ""
	if v.TLS != nil {
		name = v.TLS.ServerName
	}
	text := strings.Join([]string{v.URL, v.Ready, name, string(q.AppendPath(nil))}, " ")
	for i := range q.NumHeader() {
		key, value := q.Header(i)
		text += " " + key + ": " + value
	}
	return text, nil
}

// A server shows that it is there by a connection, where a GET might be refused.
func TestPort(t *testing.T) {
	for base, want := range map[string]string{
		"http://127.0.0.1:9090": "tcp://127.0.0.1:9090", "http://localhost": "tcp://localhost:80",
		"https://[::1]": "tcp://[::1]:443",
	} {
		if got := port(base); got != want {
			t.Errorf("%s: %s, want %s", base, got, want)
		}
	}
}
