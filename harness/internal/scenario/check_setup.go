package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/theory/jsonpath"
)

// hook reads prepare or cleanup. Names are looked up as the first server sees them.
func (c *checker) hook(f *fileHook, what string) *Hook {
	if f == nil {
		return nil
	}
	c.positive(f.Timeout, what+".timeout")
	c.place(what, f.Command.mark)
	in := site{what: what + ".command", own: c.firstServer()}
	return &Hook{Command: c.command(f.Command, in), Timeout: f.Timeout.or(defaultHookTimeout)}
}

// firstServer returns the name of the first server, or "" if there is none.
func (c *checker) firstServer() string {
	if len(c.out.Servers) == 0 {
		return ""
	}
	return c.out.Servers[0].Name
}

// setup reads the requests before the load. It runs once the servers are known, and
// before the targets, which may use what is extracted.
func (c *checker) setup(f *fileScenario) {
	seen := map[string]mark{}
	for i := range f.Setup.items {
		s := &f.Setup.items[i]
		c.matches(s.Name, "setup.name", itemName, "small letters, digits, '.', '_' and -")
		c.unique(seen, s.Name, "setup request")
		c.out.Setup = append(c.out.Setup, c.step(s))
	}
}

// step checks a request of setup. What it extracts is known to the steps after it only.
func (c *checker) step(f *fileStep) Step {
	s := Step{Name: f.Name.value, Server: c.stepServer(f.Server), Method: f.Method.or("GET"), Path: f.Path.value, Timeout: f.Timeout.or(defaultTimeout)}
	c.positive(f.Timeout, "setup.timeout")
	c.method(f.Method, s.Method, "setup.method")
	in := site{own: s.Server, secrets: true, extracted: c.extractedNames()}
	c.path(in, f.Path, "setup.path")
	for _, h := range f.Headers.items {
		c.headerName(h.key, "setup")
		in.text, in.what = h.value, "setup.headers."+h.key.value
		c.site(in, checkHeader)
		s.Headers = append(s.Headers, Field{h.key.value, h.value.value})
	}
	s.Body = c.body(in, f.Body, f.BodyFile, "setup")
	if s.Checks = c.expectation(f.Expect, s.Method, nil, "setup.expect"); s.Checks != nil {
		s.status = s.Checks.Status
	}
	for _, e := range f.Extract.items {
		s.Extract = append(s.Extract, c.extract(e.key, e.value, "setup.extract."+e.key.value, c.meaning(e.key.value)))
		c.extracts = append(c.extracts, e.key)
	}
	return s
}

// stepServer returns the server that a step asks.
func (c *checker) stepServer(t text) string {
	if !t.given() {
		return c.firstServer()
	}
	var names []string
	for _, v := range c.out.Servers {
		names = append(names, v.Name)
	}
	if !slices.Contains(names, t.value) {
		c.report(t.mark, fmt.Sprintf("setup.server: there is no server %q", t.value), didYouMean(t.value, names))
	}
	return t.value
}

// extract reads where one value stands. Its name may not hide another: meaning says what
// it stands for already, if anything.
func (c *checker) extract(name text, f fileExtract, what, meaning string) Extract {
	c.paramKey(name, "extract")
	if meaning != "" {
		c.report(name.mark, fmt.Sprintf("%s: %q is also %s", what, name.value, meaning), "choose another name")
	}
	e := Extract{Name: name.value, Header: f.Header.value, Cookie: f.Cookie.value}
	var ways []mark
	for _, t := range []text{f.JSON, f.Header, f.Cookie, f.Regexp} {
		if t.given() {
			ways = append(ways, t.mark)
		}
		if t.given() && t.value == "" {
			c.report(t.mark, what+": the text is empty", "say where the value stands")
		}
	}
	switch {
	case len(ways) == 0 && f.given():
		c.report(f.mark, what+" does not say where the value stands, expected json, header, cookie or regexp", `like {json: "$.token"}`)
	case len(ways) > 1:
		c.report(ways[1], what+": only one of json, header, cookie and regexp can be given", "keep one of them")
	}
	if f.JSON.value != "" {
		e.JSON = c.jsonPath(f.JSON, what+".json")
	}
	if f.Header.value != "" && !headerForm.MatchString(f.Header.value) {
		c.report(f.Header.mark, fmt.Sprintf("%s.header: %q is not the name of a header", what, f.Header.value), "")
	}
	if f.Regexp.value != "" {
		e.Regexp = c.oneGroup(f.Regexp, what+".regexp")
	}
	return e
}

// meaning says what a name stands for already, or returns "".
func (c *checker) meaning(name string) string {
	_, param := c.out.params[name]
	switch {
	case param || c.isVariantParam(name):
		return "a parameter"
	case c.isAxis(name):
		return "a key of the matrix"
	case slices.Contains(c.extractedNames(), name):
		return "extracted by another request"
	}
	return ""
}

// notExtracted reports variables with the name of a value that setup extracts.
func (c *checker) notExtracted(vars pairs[fileVar]) {
	for _, v := range vars.items {
		if slices.Contains(c.extractedNames(), v.key.value) {
			c.report(v.key.mark, fmt.Sprintf("vars.%s: %q is also extracted by setup", v.key.value, v.key.value), "choose another name")
		}
	}
}

// jsonPath compiles an RFC 9535 path.
func (c *checker) jsonPath(t text, what string) *jsonpath.Path {
	path, err := jsonpath.Parse(t.value)
	if err == nil {
		return path
	}
	suggestion := `like "$.token" or "$.items[0].id"`
	if fixed := "$." + strings.TrimLeft(t.value, ".$"); !strings.HasPrefix(t.value, "$") {
		if _, err := jsonpath.Parse(fixed); err == nil {
			suggestion = fmt.Sprintf("did you mean %q?", fixed)
		}
	}
	c.report(t.mark, fmt.Sprintf("%s: %q is not a JSON path (RFC 9535): %s", what, t.value, strings.TrimPrefix(err.Error(), "jsonpath: ")), suggestion)
	return nil
}

// oneGroup compiles a regular expression whose one group is a value.
func (c *checker) oneGroup(t text, what string) *regexp.Regexp {
	re, err := regexp.Compile(t.value)
	if err != nil {
		c.report(t.mark, fmt.Sprintf("%s: %s", what, strings.TrimPrefix(err.Error(), "error parsing regexp: ")), "the syntax is that of RE2; in YAML, '...' keeps every \\")
		return nil
	}
	if re.NumSubexp() != 1 {
		c.report(t.mark, fmt.Sprintf("%s: %q has %d groups, expected one, which is the value", what, t.value, re.NumSubexp()), `like 'id="([^"]+)"'; (?:...) groups without being one`)
	}
	return re
}

// extractedNames returns the names of what the steps so far extract.
func (c *checker) extractedNames() []string {
	var names []string
	for _, t := range c.extracts {
		names = append(names, t.value)
	}
	return names
}

// extractsUsed reports values that no request uses.
func (c *checker) extractsUsed() {
	for _, t := range c.extracts {
		if !c.used[t.value] {
			c.report(t.mark, fmt.Sprintf("setup extracts %q, but no ${%s} uses it", t.value, t.value), "use it in a target, or delete it")
		}
	}
}
