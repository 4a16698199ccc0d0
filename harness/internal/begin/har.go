package begin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"

	"github.com/assay-bench/assay/harness/internal/text"
)

// recording is the form of a HAR file, version 1.2. Its entries are read one after the
// other, because they hold the answers too, and an empty one takes a hundred times as much
// memory as in the file.
type recording struct {
	// Only the form is checked: the entries are decoded into nothing.
	Log struct {
		Entries []struct{} `json:"entries"`
	} `json:"log"`
}

// maxRequest is the size of the largest request of a recording that is read, in bytes of
// JSON. Answers are not read at all.
const maxRequest = 1 << 20

// recorded is one request of a HAR file.
type recorded struct {
	// URL may lack the query, and Headers the cookies: see call.
	Method   string    `json:"method"`
	URL      string    `json:"url"`
	Headers  []Header  `json:"headers"`
	Query    []Header  `json:"queryString"`
	Cookies  []Header  `json:"cookies"`
	PostData *postData `json:"postData"` // null: no body
}

// postData is the body of a request. A recording has its text, or the fields of a form.
type postData struct {
	// MimeType counts only if no header gives the type. Params are used if Text is
	// empty.
	MimeType string      `json:"mimeType"`
	Text     string      `json:"text"`
	Params   []formField `json:"params"`
}

// formField is a field of a form, or a file in it.
type formField struct {
	// FileName and Type are of a file. Value is its content, if the recording has it.
	Name     string `json:"name"`
	Value    string `json:"value"`
	FileName string `json:"fileName"`
	Type     string `json:"contentType"`
}

// placed says where in a text JSON is wrong.
func placed(data []byte, err error, what string) error {
	offset := 0
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = int(syntax.Offset) - 1 // it counts the byte that is wrong
	case errors.As(err, &kind):
		offset = int(kind.Offset) - 1
	}
	line, column := text.Place(data, offset)
	return &text.Problem{Line: line, Column: column, Message: fmt.Sprintf("%s: %v", what, err)}
}

// FromHAR reads the recording of a browser or a proxy, or a request that a tool wrote in
// this form. Entries are read one by one, and answers not at all.
func FromHAR(data []byte) (*Found, error) {
	if err := json.Unmarshal(data, new(recording)); err != nil {
		return nil, placed(data, err, "it is no HAR file")
	}
	f := &Found{From: "a HAR file"}
	var calls []call
	d := json.NewDecoder(bytes.NewReader(data))
	var e struct { // one for all entries, of which there may be a million
		Request json.RawMessage `json:"request"`
	}
	for more := enter(d, "log") && enter(d, "entries") && begins(d, '['); more && d.More(); {
		if len(calls) == maxTargets {
			f.note("only the first %d requests are read", maxTargets)
			break
		}
		start := d.InputOffset()
		e.Request = e.Request[:0]
		if err := d.Decode(&e); err != nil {
			return nil, placed(data, err, "it is no HAR file")
		}
		if len(e.Request) == 0 {
			f.note("an entry is left out: it is no request by HTTP")
			continue
		}
		if len(e.Request) > maxRequest {
			f.note("a request is left out: it has %d bytes, and at most %d are read", len(e.Request), maxRequest)
			continue
		}
		r, err := readRecorded(e.Request)
		if err != nil {
			if kind := new(json.UnmarshalTypeError); errors.As(err, &kind) {
				kind.Offset += start + int64(bytes.Index(data[start:], e.Request))
			}
			return nil, placed(data, err, "it is no HAR file")
		}
		if !strings.HasPrefix(r.URL, "http://") && !strings.HasPrefix(r.URL, "https://") {
			f.note("%s %.60s is left out: it is no request by HTTP", r.Method, r.URL)
			continue
		}
		c, err := r.call()
		if err != nil {
			f.note("%s %s is left out: %v", r.Method, r.URL, err)
			continue
		}
		calls = append(calls, c)
	}
	if err := f.collect(calls); err != nil {
		return nil, err
	}
	return f, nil
}

// enter goes on to the value of a key of the object that comes next; false if there is none.
func enter(d *json.Decoder, key string) bool {
	for inside := begins(d, '{'); inside && d.More(); {
		if name, err := d.Token(); err != nil {
			return false
		} else if name, ok := name.(string); ok && strings.EqualFold(name, key) {
			return true
		}
		if err := d.Decode(new(json.RawMessage)); err != nil {
			return false
		}
	}
	return false
}

// begins takes the next token and reports whether it is the beginning of an object or array.
func begins(d *json.Decoder, with json.Delim) bool {
	t, err := d.Token()
	return err == nil && t == with
}

// readRecorded reads a request.
func readRecorded(data []byte) (r recorded, err error) {
	err = json.Unmarshal(data, &r)
	return r, err
}

// has reports whether the request has a header.
func (r *recorded) has(name string) bool {
	return slices.ContainsFunc(r.Headers, func(h Header) bool { return strings.EqualFold(h.Name, name) })
}

// call is the request as it was sent. Browsers write what it holds several times: the
// query in the URL too, and cookies in a header. Tools that make such files write it
// once. The error says which part the recording lacks.
func (r *recorded) call() (call, error) {
	c := call{method: r.Method, url: r.URL, header: r.Headers}
	if len(r.Cookies) > 0 && !r.has("Cookie") {
		var all []string
		for _, k := range r.Cookies {
			all = append(all, k.Name+"="+k.Value)
		}
		c.header = append(c.header, Header{"Cookie", strings.Join(all, "; ")})
	}
	c.url = r.withQuery()
	if r.PostData == nil {
		return c, nil
	}
	body, kind, err := r.PostData.body(r.contentType())
	if err != nil {
		return c, err
	}
	c.body = body
	if kind != "" {
		c.header = slices.DeleteFunc(slices.Clone(c.header), func(h Header) bool { return strings.EqualFold(h.Name, "Content-Type") })
		c.header = append(c.header, Header{"Content-Type", kind})
	}
	return c, nil
}

// contentType is the header of that name, or else what the recording says of the body.
func (r *recorded) contentType() string {
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			return h.Value
		}
	}
	return r.PostData.MimeType
}

// withQuery is the URL with the fields of the query that it lacks. They are known by their
// names: browsers differ in how they write values.
func (r *recorded) withQuery() string {
	u, err := url.Parse(r.URL)
	if err != nil || len(r.Query) == 0 {
		return r.URL
	}
	there := map[string]bool{}
	for _, field := range strings.Split(u.RawQuery, "&") {
		name, _, _ := strings.Cut(field, "=")
		there[name] = true
		if plain, err := url.QueryUnescape(name); err == nil {
			there[plain] = true
		}
	}
	for _, q := range r.Query {
		if there[q.Name] {
			continue
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += url.QueryEscape(q.Name) + "=" + url.QueryEscape(q.Value)
	}
	return u.String()
}

// formBoundary divides the fields of a form. It is the same each time, so that the same
// source gives the same scenario.
const formBoundary = "assay-form-boundary"

// body returns the body of a request, and its content type if that is another than
// given. It is an error if the form has a file whose content was not recorded.
func (p *postData) body(given string) (body, kind string, err error) {
	if p.Text != "" || len(p.Params) == 0 {
		return p.Text, given, nil
	}
	media, _, _ := mime.ParseMediaType(given)
	if media != "multipart/form-data" {
		var form []string
		for _, v := range p.Params {
			form = append(form, url.QueryEscape(v.Name)+"="+url.QueryEscape(v.Value))
		}
		return strings.Join(form, "&"), given, nil
	}
	return multipartForm(p.Params)
}

// multipartForm makes the body of a form with fields, and its content type.
func multipartForm(fields []formField) (body, kind string, err error) {
	var b strings.Builder
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(formBoundary); err != nil {
		return "", "", err
	}
	for _, v := range fields {
		if v.Value == "" && (v.FileName != "" || v.Type != "") {
			return "", "", fmt.Errorf("its form has the file %q, which the recording does not hold; write it with body_file", v.FileName)
		}
		if strings.Contains(v.Value, formBoundary) {
			return "", "", fmt.Errorf("its form cannot be divided by %s", formBoundary)
		}
		part, err := formPart(w, v)
		if err == nil {
			_, err = io.WriteString(part, v.Value)
		}
		if err != nil {
			return "", "", err
		}
	}
	if err := w.Close(); err != nil {
		return "", "", err
	}
	return b.String(), w.FormDataContentType(), nil
}

// formPart begins the part of a field, or of a file whose content the source has.
func formPart(w *multipart.Writer, v formField) (io.Writer, error) {
	if v.FileName == "" {
		return w.CreateFormField(v.Name)
	}
	return w.CreateFormFile(v.Name, v.FileName)
}
