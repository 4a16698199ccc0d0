package begin

import (
	"fmt"
	"runtime/metrics"
	"strings"
	"testing"
)

// allocated is how many bytes this process has allocated.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// aliases is a document of YAML of a few hundred bytes whose aliases stand for a billion
// values.
func aliases() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := 1; i <= 9; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return b.String()
}

// A small source that stands for much is refused or read in part, and says so. What takes
// memory in proportion to the source is allowed some of it.
func TestSourcesAreBounded(t *testing.T) {
	har := func(text string) (*Found, error) { return FromHAR([]byte(text)) }
	openapi := func(text string) (*Found, error) { return FromOpenAPI([]byte(text)) }
	request := `{"request": {"method": "GET", "url": "http://h/"}}`
	properties, operations := "", ""
	for i := range 30 {
		properties += fmt.Sprintf("        p%d: {$ref: '#/components/schemas/s'}\n", i)
	}
	body := "{post: {requestBody: {content: {application/json: {%s}}}, responses: {}}}"
	for i := range 400 {
		operations += fmt.Sprintf("  /o%d: "+body+"\n", i, "examples: {e: {$ref: '#/components/examples/e'}}")
	}
	for _, c := range []struct {
		name string
		read func(string) (*Found, error)
		text string
		want string // of the error, or of a note
	}{
		{"braces of a shell", FromCurl, "curl http://h/{1..999999999}", "braces stand for more than"},
		{"braces beside braces", FromCurl, "curl http://h/" + strings.Repeat("{a,b}", 40), "braces stand for more than"},
		{"braces in many words", FromCurl, "curl" + strings.Repeat(" {1..16000}", 10_000), "braces stand for more than"},
		{"a long word with braces", FromCurl, "curl {1..900}" + strings.Repeat("x", 900_000), "braces stand for more than"},
		{"a long line", FromCurl, "curl http://h/ -d " + strings.Repeat("x", 2<<20), "at most 1048576 are read"},
		{"a recording with empty entries", har, `{"log": {"entries": [` + strings.Repeat("{},", 1_000_000) + request + `]}}`, "it is no request by HTTP"},
		{"a recording with odd requests", har, `{"log": {"entries": [` + request + strings.Repeat(`,{"request":{"url":"a:1"}}`, 1000) + `]}}`, "it is no request by HTTP"},
		{"a request with a million headers", har, `{"log": {"entries": [{"request": {"url": "http://h/", "headers": [` + strings.Repeat("{},", 1_000_000) + "{}]}}," + request + `]}}`, "a request is left out: it has 300"},
		{"a URL of megabytes", har, `{"log": {"entries": [` + request + `,{"request": {"url": "http://i/` + strings.Repeat("x", 1_000_000) + `"}}]}}`, "x… is left out"},
		{"aliases in OpenAPI", openapi, "openapi: 3.0.0\n" + aliases() + "paths: {/a: {get: {responses: {}}}}\n", "alias"},
		{"aliases in Swagger", openapi, "swagger: '2.0'\n" + aliases() + "paths: {/a: {get: {responses: {}}}}\n", "alias"},
		{"a document of commas", openapi, "openapi: 3.0.0\nx: [" + strings.Repeat("a,", 5_000_000) + "a]\n", "values, and at most 4000000 are read"},
		{"a long document", openapi, "openapi: 3.0.0\nx: " + strings.Repeat("a", 65<<20) + "\n", "at most 67108864 are read"},
		{"a schema that contains itself", openapi, "openapi: 3.0.0\npaths:\n  /a: " + fmt.Sprintf(body, "schema: {$ref: '#/components/schemas/s'}") +
			"\ncomponents:\n  schemas:\n    s:\n      type: object\n      properties:\n" + properties, "some requests change data"},
		{"one example for all", openapi, "openapi: 3.0.0\npaths:\n" + operations + "components: {examples: {e: {value: " + strings.Repeat("x", 1<<20) + "}}}\n", "its body has more than 32768 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := allocated()
			found, err := c.read(c.text)
			said := fmt.Sprint(err)
			if err == nil {
				said = strings.Join(found.Notes, "\n")
			}
			if !strings.Contains(said, c.want) {
				t.Errorf("it says %.300q, want %q", said, c.want)
			}
			if len(said) > 100_000 {
				t.Errorf("it says %d bytes", len(said))
			}
			if got := allocated() - before; got > 64<<20+60*uint64(len(c.text)) {
				t.Errorf("%d bytes took %d MiB", len(c.text), got>>20)
			}
		})
	}
}

// What is said of a source ends, however much is to be said.
func TestNotesEnd(t *testing.T) {
	f := &Found{}
	for i := range 10_000 {
		f.note("note %d", i)
	}
	if n := len(f.Notes); n != mostNotes+1 || !strings.Contains(f.Notes[n-1], "these notes end here") {
		t.Errorf("%d notes, the last is %q", n, f.Notes[n-1])
	}
}
