package scenario

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ownHeaders frame or identify a request. A target cannot set them.
var ownHeaders = []string{"Content-Length", "Transfer-Encoding", "X-Vegeta-Attack", "X-Vegeta-Seq"}

var (
	methodForm = regexp.MustCompile(`^[A-Z]+$`)
	headerForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// targets reads what the requests of a stream ask for.
func (c *checker) targets(s *Stream, targets []fileTarget, what string) {
	names := c.targetNames(targets, what)
	in := site{own: s.Server, vars: s.vars, extracted: c.extractedNames()}
	for i := range targets {
		s.targets = append(s.targets, c.target(s, &targets[i], names[i], in, what))
	}
}

// target reads what one kind of request asks for. in says which names its texts may use.
func (c *checker) target(s *Stream, f *fileTarget, name string, in site, what string) rawTarget {
	raw := rawTarget{name: name, method: f.Method.or("GET"), path: f.Path.value, weight: f.Weight.or(1)}
	c.atLeastOne(f.Weight, what+".weight")
	c.method(f.Method, raw.method, what+".method")
	raw.checks = c.expectation(f.Expect, raw.method, s.statuses.refuses, what+".expect")
	c.path(in, f.Path, what+".path")
	in.secrets = true
	for _, h := range f.Headers.items {
		c.headerName(h.key, what)
		in.text, in.what = h.value, what+".headers."+h.key.value
		c.site(in, checkHeader)
		c.items(in, checkHeader)
		raw.headers = append(raw.headers, rawHeader{h.key.value, h.value.value})
	}
	raw.body = c.body(in, f.Body, f.BodyFile, what)
	return raw
}

// body reads the body of a request, from the scenario or from another file. Mistakes in
// such a file have positions of their own.
func (c *checker) body(in site, body, file text, what string) string {
	in.text, in.what = body, what+".body"
	if file.given() {
		if body.given() {
			c.report(file.mark, what+": body and body_file cannot both be given", "keep one of them")
		}
		if data, ok := c.input(file, what+".body_file"); ok {
			in.text = text{mark{1, 1}, string(data)}
			in.what, in.file, in.source = what+".body_file", filepath.Join(c.dir, filepath.FromSlash(file.value)), data
		}
	}
	c.site(in, nil)
	return in.text.value
}

// method reports a method that is not written in capitals.
func (c *checker) method(t text, method, what string) {
	if !methodForm.MatchString(method) {
		c.report(t.mark, fmt.Sprintf("%s: %q is not a method, expected capital letters", what, method), didFixUpper(method))
	}
}

// headerName checks the name of a header. Some headers are set by the harness itself.
func (c *checker) headerName(name text, what string) {
	switch {
	case !headerForm.MatchString(name.value):
		c.report(name.mark, fmt.Sprintf("%s.headers: %q is not the name of a header", what, name.value), "")
	case slices.ContainsFunc(ownHeaders, func(own string) bool { return strings.EqualFold(own, name.value) }):
		c.report(name.mark, fmt.Sprintf("%s.headers: %s is set by the harness", what, name.value), "delete it")
	}
}

// didFixUpper suggests the method in capitals, if that makes it one.
func didFixUpper(method string) string {
	if up := strings.ToUpper(method); methodForm.MatchString(up) {
		return "did you mean " + up + "?"
	}
	return ""
}

// path reads a target's path. If the path is nothing but a variable, the values of
// that variable are whole paths, so each of them is checked.
func (c *checker) path(in site, t text, what string) {
	in.text, in.what = t, what
	parts, _, _ := split(t.value)
	if len(parts) == 1 && (in.find(parts[0].name) != nil || slices.Contains(in.extracted, parts[0].name)) {
		c.site(in, nil)
		c.items(in, checkPath)
		return
	}
	c.site(in, checkPath)
}

// items checks every value of every variable that a site mentions. Of a sequence it
// checks only the first value, because the values differ only in their digits.
func (c *checker) items(in site, check func(string) *problem) {
	parts, _, _ := split(in.text.value)
	for _, p := range parts {
		v := in.find(p.name)
		if v == nil {
			continue
		}
		items := v.items
		if items == nil {
			items = []string{string(v.append(nil, 0, 0))}
		}
		for i, item := range items {
			if bad := check(item); bad != nil {
				c.report(c.locate(in.text, p.at), fmt.Sprintf("%s: value %d of ${%s}: %s", in.what, i+1, v.name, bad.message), bad.suggestion)
				break
			}
		}
	}
}

// checkPath checks a path in the form in which it is sent.
func checkPath(final string) *problem {
	if !strings.HasPrefix(final, "/") {
		return &problem{fmt.Sprintf("%q does not begin with /", final), "did you mean /" + final + "?"}
	}
	if i := strings.IndexFunc(final, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' }); i >= 0 {
		r := []rune(final[i:])[0]
		return &problem{fmt.Sprintf("%q holds %q, which is not allowed in a path", final, r), fmt.Sprintf("write %s for it", percent(r))}
	}
	if _, err := url.ParseRequestURI(final); err != nil {
		return &problem{fmt.Sprintf("%q is not a path", final), "write %25 for a literal %"}
	}
	return nil
}

// percent writes a character as a URL needs it: "%C3%A4".
func percent(r rune) string {
	var b strings.Builder
	for _, octet := range []byte(string(r)) {
		fmt.Fprintf(&b, "%%%02X", octet)
	}
	return b.String()
}

// checkHeader rejects a value that would end its line and begin another one.
func checkHeader(final string) *problem {
	if strings.ContainsFunc(final, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return &problem{"a header cannot hold line ends or control characters", ""}
	}
	return nil
}
