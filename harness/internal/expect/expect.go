// Package expect decides whether an answer is right: its status, its headers and its
// body. It knows neither scenario files, which package scenario reads, nor how an answer
// came, which package attack knows, and it sends nothing.
//
// Rules:
//
//   - The first check that fails gives the reason, in the order status, headers, body.
//     Reasons begin with "wrong: ". They come from the check, not from the answer, so
//     that a scenario has few of them and they can be counted.
//   - A body with Content-Encoding gzip is checked without it. One with another encoding
//     fails every check of the body.
//   - A JSON path (RFC 9535) may select several values. "exists" wants one at least, or
//     none; "equals" and "matches" want one at least, and all of them have to hold.
//   - Numbers are equal if they are the same number: 1, 1.0 and 1e0.
package expect

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/assay-bench/assay/results"
)

// Prefix is what every reason begins with.
const Prefix = "wrong: "

// MaxBody bounds a body that is checked, in bytes, with its encoding undone.
const MaxBody = 16 << 20

// Header is the header of an answer. The type http.Header is one.
type Header interface {
	// Values returns the values of all lines with that name, in any case.
	Values(name string) []string
}

// Answer is what is checked. Body is as it came, with its encoding.
type Answer struct {
	Status int    // of HTTP
	Header Header // never nil
	Body   []byte
}

// Checks are the checks of one kind of request. The zero value, and nil, hold for every
// answer. Checks do not change, and are safe for concurrent use.
type Checks struct {
	// Status holds the statuses that are right; nil: every one.
	Status map[int]bool
	// Headers and Body are checked in their order, and all of them have to hold.
	Headers []HeaderCheck
	Body    []BodyCheck
}

// HeaderCheck wants a header with a value that matches.
type HeaderCheck struct {
	// Name is in any case, and Pattern has to match one of the values of that name.
	Name    string
	Pattern *regexp.Regexp
}

// BodyCheck is a check of a body.
type BodyCheck interface {
	// failed returns why the body is wrong, without [Prefix]; empty if it is right.
	failed(*body) string
}

// Failed returns the reason why an answer is wrong; empty if it is right.
func (c *Checks) Failed(a *Answer) string {
	if c == nil {
		return ""
	}
	if c.Status != nil && !c.Status[a.Status] {
		return Prefix + "status " + strconv.Itoa(a.Status)
	}
	for _, h := range c.Headers {
		if !slices.ContainsFunc(a.Header.Values(h.Name), h.Pattern.MatchString) {
			return fmt.Sprintf("%sheader %s does not match %s", Prefix, h.Name, quoted(h.Pattern.String()))
		}
	}
	if len(c.Body) == 0 {
		return ""
	}
	plain, bad := Decoded(a.Header, a.Body)
	if bad != "" {
		return Prefix + bad
	}
	b := body{plain: plain}
	for _, check := range c.Body {
		if bad := check.failed(&b); bad != "" {
			return Prefix + bad
		}
	}
	return ""
}

// Judge returns the outcome of an answer which by its status alone has the outcome o, and
// the reason if it is wrong. A refusal stays one. Checks that list statuses decide which
// of them are right; to others a status that is wrong stays wrong, without a reason.
func (c *Checks) Judge(o results.Outcome, a *Answer) (_ results.Outcome, reason string) {
	if c == nil || o == results.Rejected || o == results.Error && c.Status == nil {
		return o, ""
	}
	if reason = c.Failed(a); reason != "" {
		return results.Error, reason
	}
	return results.OK, ""
}

// mostQuoted bounds how much of a check a reason repeats, in characters.
const mostQuoted = 60

// quoted is a text for a reason.
func quoted(s string) string {
	if r := []rune(s); len(r) > mostQuoted {
		s = string(r[:mostQuoted-1]) + "…"
	}
	return strconv.Quote(s)
}
