package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/results"
)

// expectation compiles what a right answer to one request is; nil if nothing is expected.
// refused says which statuses are refusals, whatever the target expects; nil: none.
func (c *checker) expectation(f *fileTargetExpect, method string, refused func(int) bool, what string) *expect.Checks {
	if f == nil {
		return nil
	}
	checks := &expect.Checks{Status: c.rightStatuses(f.Status, refused, what+".status")}
	for _, h := range f.Headers.items {
		at := what + ".headers." + h.key.value
		if !headerForm.MatchString(h.key.value) {
			c.report(h.key.mark, fmt.Sprintf("%s.headers: %q is not the name of a header", what, h.key.value), "")
		}
		if pattern := c.pattern(h.value, at); pattern != nil {
			checks.Headers = append(checks.Headers, expect.HeaderCheck{Name: h.key.value, Pattern: pattern})
		}
	}
	if method == "HEAD" && f.Body.given() {
		c.report(f.Body.mark, what+".body: the answer to a HEAD has no body", "check its headers, or use GET")
	}
	for i := range f.Body.items {
		if check := c.bodyCheck(&f.Body.items[i], what+".body"); check != nil {
			checks.Body = append(checks.Body, check)
		}
	}
	if !f.Status.given() && !f.Headers.given() && !f.Body.given() {
		c.report(f.mark, what+" expects nothing", "add status, headers or body")
	}
	return checks
}

// rightStatuses reads a list of statuses; nil if it is not given.
func (c *checker) rightStatuses(l list[text], refused func(int) bool, what string) map[int]bool {
	if !l.given() {
		return nil
	}
	right := map[int]bool{}
	seen := map[string]mark{}
	for _, t := range l.items {
		if !t.given() {
			continue
		}
		codes, _, bad := parseStatus(t.value)
		if bad != nil {
			c.report(t.mark, what+": "+bad.message, bad.suggestion)
			continue
		}
		c.unique(seen, t, "status")
		if refused != nil && !slices.ContainsFunc(codes, func(code int) bool { return !refused(code) }) {
			c.report(t.mark, fmt.Sprintf("%s: %s is a refusal, and stays one", what, t.value), "take it out, or say under expect of the stream that it is ok")
		}
		for _, code := range codes {
			right[code] = true
		}
	}
	return right
}

// bodyCheck compiles one check of a body; nil after an error.
func (c *checker) bodyCheck(f *fileBodyCheck, what string) expect.BodyCheck {
	if !f.given() {
		return nil
	}
	if !c.oneCheck(f, what) {
		return nil
	}
	switch {
	case f.JSON.given():
		return c.jsonCheck(f, what)
	case f.Contains.given():
		if f.Contains.value == "" {
			c.report(f.Contains.mark, what+".contains is empty, and every body contains that", "delete it")
		}
		return expect.Contains(c.plain(f.Contains, what+".contains"))
	case f.Matches.given():
		if pattern := c.pattern(f.Matches, what+".matches"); pattern != nil {
			return expect.Matches(pattern)
		}
	case f.Length.given():
		return expect.Length(f.Length.value)
	case f.SHA256.given():
		check, err := expect.SHA256(f.SHA256.value)
		if err == nil {
			return check
		}
		c.report(f.SHA256.mark, what+".sha256: "+err.Error(), "")
	}
	return nil
}

// oneCheck reports an entry that is not exactly one check.
func (c *checker) oneCheck(f *fileBodyCheck, what string) bool {
	ways := []mark{f.JSON.mark, f.Contains.mark, f.Length.mark, f.SHA256.mark}
	if !f.JSON.given() {
		ways = append(ways, f.Matches.mark)
		for _, at := range []mark{f.Exists.mark, f.Equals.mark} {
			if at.given() {
				c.report(at, what+": exists and equals belong to a json path", `like {json: "$.id", exists: true}`)
				return false
			}
		}
	}
	ways = slices.DeleteFunc(ways, func(m mark) bool { return !m.given() })
	switch {
	case len(ways) == 0:
		c.report(f.mark, what+": an entry without a check", `like {contains: ok} or {json: "$.id", exists: true}`)
	case len(ways) > 1:
		c.report(ways[1], what+": one entry holds several checks", "write an entry for each")
	}
	return len(ways) == 1
}

// jsonCheck compiles a check of what a JSON path selects.
func (c *checker) jsonCheck(f *fileBodyCheck, what string) expect.BodyCheck {
	path := c.pathOf(f.JSON, what+".json")
	ways := slices.DeleteFunc([]mark{f.Exists.mark, f.Equals.mark, f.Matches.mark}, func(m mark) bool { return !m.given() })
	switch {
	case len(ways) == 0:
		c.report(f.JSON.mark, what+".json: nothing says what the path has to lead to", "add exists: true, equals or matches")
		return nil
	case len(ways) > 1:
		c.report(ways[1], what+": only one of exists, equals and matches can be given", "write an entry for each")
		return nil
	}
	switch {
	case f.Matches.given():
		pattern := c.pattern(f.Matches, what+".matches")
		if path == nil || pattern == nil {
			return nil
		}
		return path.Matches(pattern)
	case path == nil:
		return nil
	case f.Exists.given():
		return path.Exists(f.Exists.value)
	}
	check, err := path.Equals(c.plainValue(f.Equals, f.Equals.value, what+".equals"))
	if err != nil {
		c.report(f.Equals.mark, what+".equals: "+err.Error(), "")
		return nil
	}
	return check
}

// pathOf compiles a JSON path; nil after an error.
func (c *checker) pathOf(t text, what string) *expect.Path {
	path, err := expect.ParsePath(c.plain(t, what))
	if err == nil {
		return path
	}
	suggestion := "like $.items[0].id"
	if fixed := "$." + strings.TrimPrefix(t.value, "."); !strings.HasPrefix(t.value, "$") {
		if _, err := expect.ParsePath(fixed); err == nil {
			suggestion = "did you mean " + fixed + "?"
		}
	}
	c.report(t.mark, fmt.Sprintf("%s: %q is no JSON path: %s", what, t.value, err), suggestion)
	return nil
}

// pattern compiles a regular expression; nil after an error.
func (c *checker) pattern(t text, what string) *regexp.Regexp {
	pattern, err := regexp.Compile(c.plain(t, what))
	if err == nil {
		return pattern
	}
	suggestion := ""
	if literal := regexp.QuoteMeta(t.value); literal != t.value {
		suggestion = "for these characters themselves write " + literal
	}
	c.report(t.mark, fmt.Sprintf("%s: %s", what, strings.TrimPrefix(err.Error(), "error parsing regexp: ")), suggestion)
	return nil
}

// plain returns the value of a text of a check. Checks are compiled once, so nothing is
// replaced in them; what looks like a replacement is an error, and not a text that no
// answer ever has.
func (c *checker) plain(t text, what string) string {
	parts, bad, at := split(t.value)
	if bad != nil {
		c.report(c.locate(t, at), what+": "+bad.message, bad.suggestion)
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		if p.name != "" {
			c.report(c.locate(t, p.at), fmt.Sprintf("%s: ${%s} is not replaced in a check", what, p.name), "write $${ for a literal ${")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// plainValue is [checker.plain] for every text in a value.
func (c *checker) plainValue(in literal, v any, what string) any {
	switch v := v.(type) {
	case string:
		return c.plain(text{in.mark, v}, what)
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = c.plainValue(in, item, what)
		}
		return all
	case map[string]any:
		all := make(map[string]any, len(v))
		for k, item := range v {
			all[k] = c.plainValue(in, item, what)
		}
		return all
	}
	return v
}

// refuses reports whether a status is a refusal in the stream, with or without
// Retry-After.
func (m statuses) refuses(status int) bool {
	return m.outcome(status, false) == results.Rejected
}
