package begin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-bench/assay/results"
)

// FromCurl reads a command line of curl, as people type it and browsers copy it. A shell
// variable becomes a secret. Files that it names with @ are read. Options that only
// change what curl shows, or how it connects, are left out. Any other option that it
// does not know is an error.
func FromCurl(line string) (*Found, error) {
	f := &Found{From: "a curl command line"}
	var variables []string
	words, err := fields(alone(line), func(name string) string {
		if name == "IFS" || name == "PWD" || name == "HOME" {
			return "" // the shell asks for them by itself
		}
		if !slices.Contains(variables, name) {
			variables = append(variables, name)
		}
		return mark + name + mark
	})
	if err != nil {
		return nil, fmt.Errorf("it is no command line: %w: give one command of curl, without >, | and ;", err)
	}
	if len(words) > 0 && (words[0] == "curl" || strings.HasSuffix(words[0], "/curl")) {
		words = words[1:]
	}
	c := curl{found: f}
	if err := c.read(words); err != nil {
		return nil, err
	}
	sent, err := c.call()
	if err != nil {
		return nil, err
	}
	if _, name, found := strings.Cut(sent.url, mark); found {
		name, _, _ = strings.Cut(name, mark)
		return nil, fmt.Errorf("the URL holds the shell variable %s: write its value", name)
	}
	if err := f.collect([]call{sent}); err != nil {
		return nil, err
	}
	for _, name := range variables {
		if f.Requests[0].uses(name) {
			f.Secrets = append(f.Secrets, Secret{Variable: name})
		}
	}
	return f, nil
}

// Bounds of a command line: its bytes, and the words that the braces in it stand for.
const (
	maxLine   = 1 << 20
	maxCopies = 1000
)

// fields are the words of a command line, as a shell makes them.
func fields(line string, variable func(string) string) ([]string, error) {
	if len(line) > maxLine {
		return nil, fmt.Errorf("it has %d bytes, and at most %d are read", len(line), maxLine)
	}
	var words []*syntax.Word
	copies := 0
	for w, err := range syntax.NewParser().WordsSeq(strings.NewReader(line)) {
		if err != nil {
			return nil, err
		}
		words = append(words, w)
		split := *w
		if !syntax.SplitBraces(&split) {
			continue
		}
		for one, err := range expand.BracesSeq(nil, &split) {
			if one == nil || err != nil {
				break
			}
			if copies++; copies > maxCopies || copies*len(line) > 64*maxLine {
				return nil, fmt.Errorf("its braces stand for more than %d words: put what has braces between quotes", copies-1)
			}
		}
	}
	return expand.Fields(&expand.Config{Env: expand.FuncEnviron(variable)}, words...)
}

// alone is a command line without what is copied with it: the prompt before it, and the
// backslash of a line that went on.
func alone(line string) string {
	line = strings.TrimRight(strings.TrimSpace(line), "\\ \t\r\n")
	for _, prompt := range []string{"$ ", "# ", "% ", "> "} {
		line = strings.TrimPrefix(line, prompt)
	}
	return line
}

// uses reports whether the value of a secret is a part of a request.
func (r *Request) uses(secret string) bool {
	name := "${secret." + secret + "}"
	return strings.Contains(r.Body, name) || slices.ContainsFunc(r.Headers, func(h Header) bool { return strings.Contains(h.Value, name) })
}

// curl is a command line that is being read.
type curl struct {
	// found gets what is no part of the request: TLS, the socket and notes. method is
	// empty if no option gives it. data and form are the parts of a body, in order.
	found  *Found
	method string
	url    string
	header []Header
	data   []string
	form   []formField
	query  bool // -G: the data belong into the URL
	json   bool // --json: the headers say that the data are JSON
	files  int  // bytes of the files that were read
}

// file reads a file that the command line names. All of them together are as large as one
// file may be.
func (c *curl) file(path string) (string, error) {
	text, err := results.ReadRegular(path)
	if err != nil {
		return "", err
	}
	if c.files += len(text); c.files > results.MostWhole {
		return "", fmt.Errorf("the files up to %s have %d bytes together, and at most %d are read", path, c.files, results.MostWhole)
	}
	return string(text), nil
}

// ignored are options that change what curl shows or how it connects, and not what is
// asked; the value says whether the next word belongs to them.
var ignored = map[string]bool{
	"-s": false, "--silent": false, "-S": false, "--show-error": false, "-v": false, "--verbose": false, "-i": false, "--include": false,
	"-L": false, "--location": false, "-f": false, "--fail": false, "--fail-with-body": false, "--compressed": false, "-g": false, "--globoff": false,
	"-N": false, "--no-buffer": false, "-#": false, "--progress-bar": false, "--http1.1": false, "--http2": false, "-4": false, "-6": false, "-q": false,
	"-o": true, "--output": true, "-w": true, "--write-out": true, "-m": true, "--max-time": true, "--connect-timeout": true, "--retry": true,
	"-D": true, "--dump-header": true, "-c": true, "--cookie-jar": true, "--resolve": true, "--max-redirs": true,
}

// read reads the words after "curl". The first word that is no option is the URL; a
// second one is an error.
func (c *curl) read(words []string) error {
	for i := 0; i < len(words); i++ {
		option, value, joined := splitOption(words[i])
		if option == "" {
			if c.url != "" {
				return fmt.Errorf("it has two URLs, %s and %s: give one", c.url, words[i])
			}
			c.url = words[i]
			continue
		}
		next := func() (string, error) {
			if joined {
				return value, nil
			}
			if i++; i >= len(words) {
				return "", fmt.Errorf("%s has no value", option)
			}
			return words[i], nil
		}
		if err := c.option(option, next); err != nil {
			return err
		}
	}
	return nil
}

// call returns the request that curl would send. Without -X, a request with data is a
// POST, and any other a GET.
func (c *curl) call() (call, error) {
	if c.url == "" {
		return call{}, fmt.Errorf("it has no URL")
	}
	if !strings.Contains(c.url, "://") {
		c.url = "http://" + c.url
	}
	out := call{method: c.method, url: c.url, header: c.header}
	if c.json {
		for _, name := range []string{"Content-Type", "Accept"} {
			if headerNamed(out.header, name) < 0 {
				out.header = append(slices.Clip(out.header), Header{name, "application/json"})
			}
		}
	}
	data := strings.Join(c.data, "&")
	switch {
	case len(c.form) > 0 && len(c.data) > 0:
		return call{}, fmt.Errorf("it has both -F and -d: give one of them")
	case len(c.form) > 0:
		body, kind, err := multipartForm(c.form)
		if err != nil {
			return call{}, err
		}
		// A type of the caller stays, with the boundary that curl adds to it.
		own, boundary := headerNamed(out.header, "Content-Type"), strings.TrimPrefix(kind, "multipart/form-data")
		out.body, out.header = body, slices.Clone(out.header)
		switch {
		case own >= 0 && out.header[own].Value != "":
			out.header[own].Value += boundary
		case own < 0:
			out.header = append(out.header, Header{"Content-Type", kind})
		}
		if out.method == "" {
			out.method = http.MethodPost
		}
	case c.query && data != "":
		joint := "?"
		if strings.Contains(c.url, "?") {
			joint = "&"
		}
		out.url += joint + data
	case len(c.data) > 0:
		out.body = data
		if out.method == "" {
			out.method = http.MethodPost
		}
		if headerNamed(out.header, "Content-Type") < 0 {
			out.header = append(out.header, Header{"Content-Type", "application/x-www-form-urlencoded"})
		}
	}
	return out, nil
}

// headerNamed returns the place of a header in all, or -1.
func headerNamed(all []Header, name string) int {
	return slices.IndexFunc(all, func(h Header) bool { return strings.EqualFold(h.Name, name) })
}
