package begin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

func TestCurl(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, []byte("a\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	form := []Header{{"Content-Type", "application/x-www-form-urlencoded"}}
	json := []Header{{"Content-Type", "application/json"}, {"Accept", "application/json"}}
	for _, c := range []struct {
		line   string
		origin string
		want   Request
	}{
		{`curl http://h/a`, "http://h", Request{Method: "GET", Path: "/a"}},
		{`curl --unix-socket /s http://h/a`, "http://h", Request{Method: "GET", Path: "/a", Headers: []Header{{"Host", "h"}}}},
		{`curl --unix-socket /s http://localhost/a`, "http://localhost", Request{Method: "GET", Path: "/a"}},
		{`curl http://h/ -F a=b --form 'c="d e"'`, "http://h", Request{Method: "POST", Path: "/", Headers: []Header{{"Content-Type", "multipart/form-data; boundary=" + formBoundary}},
			Body: "--" + formBoundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--" + formBoundary + "\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\nd e\r\n--" + formBoundary + "--\r\n"}},
		{"$ curl -X PUT http://h/a \\\n  -H 'A: b' \\\n", "http://h", Request{Method: "PUT", Path: "/a", Headers: []Header{{"A", "b"}}}},
		{`curl h:8080`, "http://h:8080", Request{Method: "GET", Path: "/"}},
		{`curl -sSL --compressed -o /dev/null 'https://h/a?b=c d&e=é'`, "https://h", Request{Method: "GET", Path: "/a?b=c%20d&e=%C3%A9"}},
		{`/usr/bin/curl -I http://h/`, "http://h", Request{Method: "HEAD", Path: "/"}},
		{`curl http://h/ -d a=1 -d b=2`, "http://h", Request{Method: "POST", Path: "/", Headers: form, Body: "a=1&b=2"}},
		{`curl -G http://h/?x=1 -d a=1 --data-urlencode 'b=c d'`, "http://h", Request{Method: "GET", Path: "/?x=1&a=1&b=c+d"}},
		{`curl --request=PUT http://h/ --json '{"a": 1}'`, "http://h", Request{Method: "PUT", Path: "/", Headers: json, Body: `{"a": 1}`}},
		{`curl http://h/ --json '{"a": ' --json '1}'`, "http://h", Request{Method: "POST", Path: "/", Headers: json, Body: `{"a": 1}`}},
		{`curl http://h/ --json '{}' -H 'Content-Type: application/x+json'`, "http://h", Request{Method: "POST", Path: "/", Headers: []Header{{"Content-Type", "application/x+json"}, json[1]}, Body: `{}`}},
		{`curl http://h/ -F a=b -H 'Content-Type: multipart/mixed'`, "http://h", Request{Method: "POST", Path: "/", Headers: []Header{{"Content-Type", "multipart/mixed; boundary=" + formBoundary}},
			Body: "--" + formBoundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--" + formBoundary + "--\r\n"}},
		{`curl http://h/ --data-urlencode a@` + file + ` --data-urlencode @` + file, "http://h", Request{Method: "POST", Path: "/", Headers: form, Body: "a=a%0Ab%0A&a%0Ab%0A"}},
		{`curl http://h/ -d @` + file, "http://h", Request{Method: "POST", Path: "/", Headers: form, Body: "ab"}},
		{`curl http://h/ --data-binary @` + file, "http://h", Request{Method: "POST", Path: "/", Headers: form, Body: "a\nb\n"}},
		{`curl -H 'X-A: 1' -H"X-B:2" -A me http://h/`, "http://h", Request{Method: "GET", Path: "/", Headers: []Header{{"X-A", "1"}, {"X-B", "2"}, {"User-Agent", "me"}}}},
		{`curl -u user:pass http://h/`, "http://h", Request{Method: "GET", Path: "/", Headers: []Header{{"Authorization", "${secret.AUTHORIZATION}"}}}},
		{`curl -H "X-Key: $KEY" http://h/ -d "k=${KEY}"`, "http://h", Request{Method: "POST", Path: "/", Headers: []Header{{"X-Key", "${secret.KEY}"}, form[0]}, Body: "k=${secret.KEY}"}},
		{"curl 'http://h/a' \\\n  -H 'Host: other' \\\n  -X DELETE", "http://h", Request{Method: "DELETE", Path: "/a", Headers: []Header{{"Host", "other"}}}},
		{`curl 'http://h/a' --data-raw $'{"a":"\u0021"}'`, "http://h", Request{Method: "POST", Path: "/a", Headers: form, Body: `{"a":"!"}`}},
	} {
		f, err := FromCurl(c.line)
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		c.want.Weight = 1
		if d := cmp.Diff([]Request{c.want}, f.Requests); d != "" || f.Origin != c.origin {
			t.Errorf("%s: %s: -want +got\n%s", c.line, f.Origin, d)
		}
		if _, err := scenario.Parse("f", f.Scenario("x"), scenario.Options{AllowRemote: []string{"h"}}); err != nil {
			t.Errorf("%s: the scenario is refused: %v\n%s", c.line, err, f.Scenario("x"))
		}
	}
}

func TestCurlThatCannotBeRead(t *testing.T) {
	for line, want := range map[string]string{
		`curl`:                            "it has no URL",
		`curl "http://h`:                  "it is no command line",
		`curl http://h http://i`:          "it has two URLs",
		`curl http://h -H`:                "-H has no value",
		`curl http://h -H x`:              `the header "x" has no colon`,
		`curl http://h -T a`:              "the option -T of curl has no counterpart",
		`curl http://h -F a=@b.png`:       "-F a=@b.png sends a file",
		`curl http://h -F a`:              `the field "a" of the form has no =`,
		`curl http://h -F a=b -d c`:       "it has both -F and -d",
		`curl http://h -b jar.txt`:        "-b jar.txt names a file of cookies",
		`curl http://h > out`:             "give one command of curl, without >, | and ;",
		`curl http://h | jq .`:            "give one command of curl, without >, | and ;",
		`curl http://h -d @/none`:         "read the data",
		`curl ftp://h/`:                   "no http or https URL",
		`curl "http://h/$ID"`:             "the URL holds the shell variable ID",
		`curl -u "me:$PASSWORD" http://h`: "-u holds a shell variable",
	} {
		if _, err := FromCurl(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", line, err, want)
		}
	}
}

func TestSettingsOfTLS(t *testing.T) {
	f, err := FromCurl(`curl -k https://127.0.0.1:8443/`)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(f.Scenario("x")); !strings.Contains(text, "tls: {insecure: true}") || !strings.Contains(text, `"tcp://127.0.0.1:8443"`) {
		t.Errorf("the scenario is\n%s", text)
	}
}

// Every text that is no source is refused without a panic, and every result is a
// scenario. No source takes much more memory than it is long.
func FuzzSources(f *testing.F) {
	f.Add("curl -d a http://h/x")
	f.Add("GET http://h/\nA: b\n\n@x")
	f.Add(`{"method": "GET", "url": "http://h/${x}"}`)
	f.Add("openapi: 3.0.0\npaths: {/a: {get: {responses: {}}}}")
	f.Add(`{"log": {"entries": [{"request": {"method": "GET", "url": "http://h/"}}]}}`)
	f.Add("swagger: '2.0'\n" + aliases())
	f.Add("curl h/{a,b}{1..9} -d {")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "@") {
			return // it would name files of this machine
		}
		for _, read := range []func() (*Found, error){
			func() (*Found, error) { return FromCurl(text) },
			func() (*Found, error) { return FromURL(text) },
			func() (*Found, error) { return FromTargets([]byte(text)) },
			func() (*Found, error) { return FromHAR([]byte(text)) },
			func() (*Found, error) { return FromOpenAPI([]byte(text)) },
		} {
			before := allocated()
			if found, err := read(); err == nil && len(found.Scenario("x")) == 0 {
				t.Errorf("%q: an empty scenario", text)
			}
			if got := allocated() - before; got > 192<<20+20_000*uint64(len(text)) {
				t.Errorf("%d bytes took %d MiB", len(text), got>>20)
			}
		}
	})
}
