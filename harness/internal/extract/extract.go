// Package extract reads values from answers, such as the token that a login returns. What
// is read is said by a scenario; who uses the value is the business of packages setup and
// flow.
package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/theory/jsonpath"

	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/harness/internal/scenario"
)

// Error says why a value could not be read.
type Error struct {
	// Kind says it in words that do not depend on the answer, so that an extract has few
	// of them and they can be counted.
	Kind string
	text string // the same in detail
}

// Error returns the reason with what is known of the answer.
func (e *Error) Error() string { return e.text }

// fault makes an error whose text says nothing of the answer.
func fault(text string) *Error { return &Error{text, text} }

// Value reads one value from an answer. A value that is there but empty is an error, since
// ${name} would send nothing. The error is an *Error.
func Value(e *scenario.Extract, a *expect.Answer) (string, error) {
	value, err := read(e, a)
	switch {
	case err != nil:
		return "", err
	case value == "":
		return "", fault("the value is empty")
	}
	return value, nil
}

// read reads a value, which may be empty.
func read(e *scenario.Extract, a *expect.Answer) (string, *Error) {
	switch {
	case e.Header != "":
		values := a.Header.Values(e.Header)
		if len(values) == 0 {
			return "", fault("the answer has no such header")
		}
		return values[0], nil
	case e.Cookie != "":
		set := http.Response{Header: http.Header{"Set-Cookie": a.Header.Values("Set-Cookie")}}
		for _, c := range set.Cookies() {
			if c.Name == e.Cookie {
				return c.Value, nil
			}
		}
		return "", fault("the answer sets no such cookie")
	}
	body, bad := expect.Decoded(a.Header, a.Body)
	if bad != "" {
		return "", fault(bad)
	}
	if e.JSON != nil {
		return fromJSON(e.JSON, body)
	}
	groups := e.Regexp.FindSubmatch(body)
	if groups == nil {
		return "", fault("nothing in the answer matches")
	}
	return string(groups[1]), nil
}

// noJSON is the kind of a body that is no JSON, for whatever reason.
const noJSON = "the answer is no JSON"

// fromJSON returns the one value that a path selects, as it would stand in a URL:
// texts without quotes, numbers as they were written.
func fromJSON(path *jsonpath.Path, body []byte) (string, *Error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // large identifiers would lose digits as floating-point numbers
	var doc any
	if err := d.Decode(&doc); err != nil {
		return "", &Error{noJSON, noJSON + ": " + err.Error()}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", &Error{noJSON, noJSON + ": more follows the first value"}
	}
	nodes := path.Select(doc)
	if len(nodes) != 1 {
		kind := "the path selects several values, expected one"
		if len(nodes) == 0 {
			kind = "the path selects nothing"
		}
		return "", &Error{kind, fmt.Sprintf("the path selects %d values, expected one", len(nodes))}
	}
	switch v := nodes[0].(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return fmt.Sprint(v), nil
	case nil:
		return "", fault("the value is null")
	}
	return "", fault("the value is an object or a list, expected a text, a number or a truth value")
}
