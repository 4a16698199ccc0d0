package begin

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/goccy/go-yaml"
)

// unknownServer stands where a document names no server of its own.
const unknownServer = "http://127.0.0.1:8080"

// FromOpenAPI reads an OpenAPI 3 document, or one of Swagger 2, in YAML or JSON. Every
// operation becomes a request. Its values are the examples of the document, or its
// defaults and enumerations, or else made from the types. Other files are not read.
func FromOpenAPI(data []byte) (*Found, error) {
	doc, err := loadOpenAPI(data)
	if err != nil {
		return nil, err
	}
	f := &Found{From: "an OpenAPI document"}
	base := f.baseOf(doc)
	var calls []call
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			if len(calls) == maxTargets {
				f.note("only the first %d operations are read", maxTargets)
				break
			}
			o := operation{doc, operations[method], item.Parameters, f}
			c, err := o.call(method, path)
			if err != nil {
				f.note("%s %s is left out: %v", method, path, err)
				continue
			}
			c.url = base + c.url
			calls = append(calls, c)
		}
	}
	if err := f.collect(calls); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(f.Requests, func(r Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }) {
		f.note("some requests change data (POST, PUT, PATCH, DELETE): delete those that the server should not get by the thousand")
	}
	return f, nil
}

// Bounds of a document: its bytes, and the signs in it that divide values. The largest
// descriptions that are published have a fifth of both. The tree of a document takes a few
// hundred bytes for each value.
const (
	maxDocument = 64 << 20
	maxValues   = 4_000_000
)

// bounded refuses documents that would take much more memory than they are long.
func bounded(data []byte) error {
	if len(data) > maxDocument {
		return fmt.Errorf("the document has %d bytes, and at most %d are read", len(data), maxDocument)
	}
	values := 0
	for _, sign := range []string{",", ":", "[", "{", "\n", "\r", "- ", "*"} {
		values += bytes.Count(data, []byte(sign))
	}
	if values > maxValues {
		return fmt.Errorf("the document has about %d values, and at most %d are read", values, maxValues)
	}
	return nil
}

// loadOpenAPI decodes and resolves a document. It reads no other file, whatever the
// document refers to. The error says what is wrong with the document.
func loadOpenAPI(data []byte) (doc *openapi3.T, err error) {
	if err := bounded(data); err != nil {
		return nil, err
	}
	if err := expandable(data); err != nil {
		return nil, err
	}
	// The library has panicked on documents of wrong types; a document is input.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("it is no OpenAPI document: %v", r)
		}
	}()
	var version struct {
		OpenAPI string `yaml:"openapi"`
		Swagger string `yaml:"swagger"`
	}
	if err := yaml.Unmarshal(data, &version); err != nil {
		return nil, fmt.Errorf("it is neither YAML nor JSON: %w", err)
	}
	switch {
	case strings.HasPrefix(version.OpenAPI, "3."):
		doc, err = openapi3.NewLoader().LoadFromData(data)
	case strings.HasPrefix(version.Swagger, "2."):
		var old openapi2.T
		var text []byte
		if text, err = yaml.YAMLToJSON(data); err == nil {
			if err = old.UnmarshalJSON(text); err == nil {
				doc, err = openapi2conv.ToV3(&old)
			}
		}
	default:
		return nil, errors.New(`it is no OpenAPI document: it says neither "openapi: 3..." nor "swagger: 2..."`)
	}
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	if doc.Paths.Len() == 0 {
		return nil, errors.New("the document has no paths")
	}
	return doc, nil
}

// baseOf is the URL below which the paths of a document lie, without a slash at its end.
// A document without a server gets a guess, with a note.
func (f *Found) baseOf(doc *openapi3.T) string {
	address := ""
	if len(doc.Servers) > 0 {
		address = doc.Servers[0].URL
		for name, v := range doc.Servers[0].Variables {
			address = strings.ReplaceAll(address, "{"+name+"}", v.Default)
		}
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		path := ""
		if err == nil {
			path = u.Path
		}
		f.note("the document names no server: %s is a guess, to be changed in the scenario", unknownServer)
		return strings.TrimSuffix(unknownServer+"/"+strings.Trim(path, "/"), "/")
	}
	return strings.TrimSuffix(address, "/")
}

// operation is one operation of a document.
type operation struct {
	doc *openapi3.T
	*openapi3.Operation
	shared openapi3.Parameters // of all operations of its path
	found  *Found
}

// call makes the request of an operation, with its path as URL. Parameters that are not
// required and have no example are left out; a parameter in the path that the document
// does not describe is an error.
func (o *operation) call(method, path string) (call, error) {
	c := call{method: method, name: targetName(o.OperationID), expect: o.statuses()}
	query := url.Values{}
	for _, ref := range slices.Concat(o.shared, o.Parameters) {
		p := ref.Value
		if p == nil {
			continue
		}
		v, given := parameterValue(p)
		switch {
		case p.In == openapi3.ParameterInPath:
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(v))
		case !p.Required && !given:
			// What need not be sent, and has no example, is left out.
		case p.In == openapi3.ParameterInQuery:
			query.Set(p.Name, v)
		case p.In == openapi3.ParameterInHeader:
			c.header = append(c.header, Header{p.Name, v})
		}
	}
	if i := strings.IndexByte(path, '{'); i >= 0 {
		return c, fmt.Errorf("the parameter of %q is not described", path[i:])
	}
	c.url = path
	if len(query) > 0 {
		c.url += "?" + query.Encode()
	}
	if err := o.body(&c); err != nil {
		return c, err
	}
	o.security(&c, query)
	return c, nil
}

// body adds the body of a request, in JSON, as a form or as text.
func (o *operation) body(c *call) error {
	if o.RequestBody == nil || o.RequestBody.Value == nil || len(o.RequestBody.Value.Content) == 0 {
		return nil
	}
	content := o.RequestBody.Value.Content
	kinds := slices.Sorted(maps.Keys(content))
	i := slices.IndexFunc(kinds, func(k string) bool { return strings.Contains(k, "json") })
	kind := kinds[max(i, 0)]
	v := mediaValue(content[kind])
	switch {
	case !fits(v, maxBody):
		return fmt.Errorf("its body has more than %d bytes; write it with body_file", maxBody)
	case strings.Contains(kind, "json"):
		c.body = jsonText(v)
	case kind == "application/x-www-form-urlencoded":
		form := url.Values{}
		if fields, ok := v.(map[string]any); ok {
			for name, value := range fields {
				form.Set(name, plain(value))
			}
		}
		c.body = form.Encode()
	case strings.HasPrefix(kind, "text/"):
		c.body = plain(v)
	default:
		if o.RequestBody.Value.Required {
			return fmt.Errorf("its body is of type %s; write it with body_file", kind)
		}
		return nil
	}
	c.header = append(c.header, Header{"Content-Type", kind})
	return nil
}

// fits reports whether a value has at most so many bytes as text, about. A document may
// give one large example to each of its operations.
func fits(v any, most int) bool {
	left := most
	var take func(v any) bool
	take = func(v any) bool {
		left--
		switch v := v.(type) {
		case string:
			left -= len(v)
		case []any:
			return left >= 0 && !slices.ContainsFunc(v, func(e any) bool { return !take(e) })
		case map[string]any:
			for name, e := range v {
				if left -= len(name); left < 0 || !take(e) {
					return false
				}
			}
		}
		return left >= 0
	}
	return take(v)
}

// statuses are the successes that the document describes, if it describes any by number.
func (o *operation) statuses() (all []string) {
	for _, status := range o.Responses.Keys() {
		if len(status) == 3 && status[0] == '2' {
			all = append(all, strings.ToLower(status))
		}
	}
	slices.Sort(all)
	return all
}

// security adds the credentials of an operation, as secrets. The values are not known,
// so that each becomes a secret without one.
func (o *operation) security(c *call, query url.Values) {
	wanted := o.doc.Security
	if o.Security != nil {
		wanted = *o.Security
	}
	if len(wanted) == 0 || o.doc.Components == nil {
		return
	}
	// The first of the ways to be let in is taken.
	for _, name := range slices.Sorted(maps.Keys(wanted[0])) {
		ref := o.doc.Components.SecuritySchemes[name]
		if ref == nil || ref.Value == nil {
			continue
		}
		s := ref.Value
		switch {
		case s.Type == "apiKey" && s.In == "header":
			c.header = append(c.header, Header{s.Name, mark + o.found.named(name) + mark})
		case s.Type == "apiKey" && s.In == "cookie":
			c.header = append(c.header, Header{"Cookie", s.Name + "=" + mark + o.found.named(name) + mark})
		case s.Type == "http" && strings.EqualFold(s.Scheme, "basic"):
			c.header = append(c.header, Header{"Authorization", "Basic " + mark + o.found.named(name) + mark})
		case s.Type == "http", s.Type == "oauth2", s.Type == "openIdConnect":
			c.header = append(c.header, Header{"Authorization", "Bearer " + mark + o.found.named(name) + mark})
		default:
			o.found.note("the credential %s is left out: a scenario has secrets in headers and bodies alone", name)
		}
	}
}

// named returns the environment variable of a credential that a document names.
func (f *Found) named(name string) string {
	variable := cmp.Or(strings.Trim(notVariable.ReplaceAllString(strings.ToUpper(name), "_"), "_"), "TOKEN")
	if variable[0] >= '0' && variable[0] <= '9' {
		variable = "KEY_" + variable
	}
	if !slices.ContainsFunc(f.Secrets, func(s Secret) bool { return s.Variable == variable }) {
		f.Secrets = append(f.Secrets, Secret{Variable: variable})
	}
	return variable
}
