package begin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// Tools write into a HAR file once what browsers write twice, and the fields of forms
// instead of bodies.
func TestRecordedRequests(t *testing.T) {
	const form = "multipart/form-data; boundary=" + formBoundary
	for _, c := range []struct {
		name, request string
		want          Request
		note          string // instead of a request
	}{
		{"query apart", `"url": "http://h/a", "queryString": [{"name": "q", "value": "x y"}, {"name": "q", "value": "z"}]`,
			Request{Method: "GET", Path: "/a?q=x+y&q=z"}, ""},
		{"query in part", `"url": "http://h/a?k=v", "queryString": [{"name": "k", "value": "other"}, {"name": "q", "value": "z"}]`,
			Request{Method: "GET", Path: "/a?k=v&q=z"}, ""},
		{"query twice", `"url": "http://h/a?k%5B%5D=v%20w", "queryString": [{"name": "k[]", "value": "v w"}]`,
			Request{Method: "GET", Path: "/a?k%5B%5D=v%20w"}, ""},
		{"cookies apart", `"url": "http://h/", "cookies": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]`,
			Request{Method: "GET", Path: "/", Headers: []Header{{"Cookie", "${secret.COOKIE}"}}}, ""},
		{"cookies twice", `"url": "http://h/", "headers": [{"name": "cookie", "value": "a=1"}], "cookies": [{"name": "a", "value": "1"}]`,
			Request{Method: "GET", Path: "/", Headers: []Header{{"cookie", "${secret.COOKIE}"}}}, ""},
		{"form", `"url": "http://h/", "method": "POST", "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "c&d"}]}`,
			Request{Method: "POST", Path: "/", Headers: []Header{{"Content-Type", "application/x-www-form-urlencoded"}}, Body: "a+b=c%26d"}, ""},
		{"form in parts", `"url": "http://h/", "method": "POST", "headers": [{"name": "content-type", "value": "multipart/form-data"}], "postData": {"mimeType": "multipart/form-data", "params": [{"name": "a", "value": "b"}]}`,
			Request{Method: "POST", Path: "/", Headers: []Header{{"Content-Type", form}},
				Body: "--" + formBoundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--" + formBoundary + "--\r\n"}, ""},
		{"file with its content in a form", `"url": "http://h/", "method": "POST", "postData": {"mimeType": "multipart/form-data", "params": [{"name": "a", "fileName": "b.txt", "value": "c", "contentType": "text/plain"}]}`,
			Request{Method: "POST", Path: "/", Headers: []Header{{"Content-Type", form}},
				Body: "--" + formBoundary + "\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b.txt\"\r\nContent-Type: application/octet-stream\r\n\r\nc\r\n--" + formBoundary + "--\r\n"}, ""},
		{"file in a form", `"url": "http://h/", "method": "POST", "postData": {"mimeType": "multipart/form-data", "params": [{"name": "a", "fileName": "cat.png", "contentType": "image/png"}]}`,
			Request{}, `its form has the file "cat.png", which the recording does not hold`},
		{"text", `"url": "http://h/", "method": "PUT", "postData": {"mimeType": "text/plain", "text": "x", "params": []}`,
			Request{Method: "PUT", Path: "/", Headers: []Header{{"Content-Type", "text/plain"}}, Body: "x"}, ""},
	} {
		f, err := FromHAR([]byte(`{"log": {"entries": [{"request": {` + c.request + `}}]}}`))
		if c.note != "" {
			if err == nil || !strings.Contains(err.Error(), c.note) {
				t.Errorf("%s: error %v, want %s", c.name, err, c.note)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		c.want.Weight = 1
		if diff := cmp.Diff([]Request{c.want}, f.Requests); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		if _, err := scenario.Parse("f", f.Scenario("x"), scenario.Options{AllowRemote: []string{"h"}}); err != nil {
			t.Errorf("%s: the scenario is refused: %v\n%s", c.name, err, f.Scenario("x"))
		}
	}
}
