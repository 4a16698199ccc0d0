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
		{"folder", Request{Data: text("@" + dir)}, "", "is a directory"},
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
