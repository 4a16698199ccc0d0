package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/theory/jsonpath"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// extract reads the values from an answer, in the order of the file. The error says
// which value is not there and why.
func extract(wanted []scenario.Extract, a *Answer) ([]scenario.Field, error) {
	var all []scenario.Field
	for _, e := range wanted {
		value, err := one(e, a)
		if err == nil && value == "" {
			err = errEmpty
		}
		if err != nil {
			return nil, fmt.Errorf("extract %s (%s): %w", e.Name, e.From(), err)
		}
		all = append(all, scenario.Field{Name: e.Name, Value: value})
	}
	return all, nil
}

func one(e scenario.Extract, a *Answer) (string, error) {
	switch {
	case e.JSON != nil:
		return fromJSON(e.JSON, a.Body)
	case e.Header != "":
		if len(a.Header.Values(e.Header)) == 0 {
			return "", errors.New("the answer has no such header")
		}
		return a.Header.Get(e.Header), nil
	case e.Cookie != "":
		for _, c := range (&http.Response{Header: a.Header}).Cookies() {
			if c.Name == e.Cookie {
				return c.Value, nil
			}
		}
		return "", errors.New("the answer sets no such cookie")
	}
	groups := e.Regexp.FindSubmatch(a.Body)
	if groups == nil {
		return "", errors.New("nothing in the answer matches")
	}
	return string(groups[1]), nil
}

// fromJSON returns the one value that a path selects, as it would stand in a URL:
// texts without quotes, numbers as they were written.
func fromJSON(path *jsonpath.Path, body []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // large identifiers would lose digits as floating-point numbers
	var doc any
	if err := d.Decode(&doc); err != nil {
		return "", fmt.Errorf("the answer is no JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", errors.New("the answer is no JSON: more follows the first value")
	}
	nodes := path.Select(doc)
	if len(nodes) != 1 {
		return "", fmt.Errorf("the path selects %d values, expected one", len(nodes))
	}
	switch v := nodes[0].(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return fmt.Sprint(v), nil
	case nil:
		return "", errors.New("the value is null")
	}
	return "", errors.New("the value is an object or a list, expected a text, a number or a truth value")
}
