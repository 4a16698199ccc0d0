package adhoc

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Request says what is sent to a URL, in the words of curl.
type Request struct {
	Method  string    // -X; empty: GET, or POST if there is a body
	Headers []string  // -H, each "Name: value"
	Data    *string   // -d: the body, or @FILE whose bytes are the body; nil for none
	Stdin   io.Reader // for -d @-
}

// given reports whether anything was asked for that a plain GET does not have.
func (q *Request) given() bool { return q.Method != "" || len(q.Headers) > 0 || q.Data != nil }

// maxBody is the largest body in bytes. It is that of a scenario's body_file.
const maxBody = 64 << 20

var methodForm = regexp.MustCompile(`^[A-Z]+$`)

// write puts the request into a target of a scenario. done removes what it needed while
// the scenario was read.
func (q *Request) write(target map[string]any) (done func(), err error) {
	done = func() {}
	target["method"] = "GET"
	headers, err := q.headers()
	if err != nil {
		return done, err
	}
	if q.Data != nil {
		target["method"] = "POST"
		if !has(headers, "Content-Type") {
			headers["Content-Type"] = "application/x-www-form-urlencoded" // as curl does
		}
		file, err := q.bodyFile()
		if err != nil {
			return done, err
		}
		done = func() { os.Remove(file) }
		target["body_file"] = file
	}
	if q.Method != "" {
		if !methodForm.MatchString(q.Method) {
			return done, usage.Errorf("-X %s: want a method in capital letters, like %s", q.Method, "POST")
		}
		target["method"] = q.Method
	}
	if len(headers) > 0 {
		target["headers"] = headers
	}
	return done, nil
}

// headers reads -H. A header without a value, and one that is given twice, are errors,
// because a scenario holds neither.
func (q *Request) headers() (map[string]string, error) {
	all := map[string]string{}
	for _, h := range q.Headers {
		name, value, ok := strings.Cut(h, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok || name == "":
			return nil, usage.Errorf("-H %q: want a name and a value, like %q", h, "Accept: application/json")
		case value == "":
			return nil, usage.Errorf("-H %q: the header has no value", h)
		case has(all, name):
			return nil, usage.Errorf("-H %q: the header %s is given twice: join the values with a comma", h, name)
		}
		all[name] = literal(value)
	}
	return all, nil
}

// has reports whether there is a header of that name, in whatever case.
func has(headers map[string]string, name string) bool {
	for other := range headers {
		if strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}

// bodyFile writes the body to a file of its own, because a scenario can hold neither a
// long text nor bytes that are no text, and takes ${...} for something to replace. The
// caller removes the file when the scenario has been read.
func (q *Request) bodyFile() (path string, err error) {
	body := []byte(*q.Data)
	if name, ok := strings.CutPrefix(*q.Data, "@"); ok {
		if body, err = q.read(name); err != nil {
			return "", usage.Errorf("-d %s: %w", *q.Data, err)
		}
	}
	if len(body) > maxBody {
		return "", usage.Errorf("-d %.40s: the body has more than %d bytes", *q.Data, maxBody)
	}
	f, err := os.CreateTemp("", "assay-body-*")
	if err != nil {
		return "", fmt.Errorf("attack: keep the body: %w", err)
	}
	_, err = f.WriteString(literal(string(body)))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("attack: keep the body: %w", err)
	}
	return f.Name(), nil
}

// read returns the bytes of a file, or at most a little more than maxBody bytes of the
// standard input if name is "-".
func (q *Request) read(name string) ([]byte, error) {
	if name != "-" {
		return results.ReadRegular(name)
	}
	return io.ReadAll(io.LimitReader(q.Stdin, maxBody+1))
}

// literal protects a text from the replacement of ${...}.
func literal(s string) string { return strings.ReplaceAll(s, "${", "$${") }

// port is the address that shows that the server at a URL is there, if a GET of the URL
// might be refused: "tcp://127.0.0.1:80".
func port(base string) string {
	address, err := reach.Address(base)
	if err != nil {
		return base // which the scenario's checks report
	}
	return "tcp://" + address
}
