package expect

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// must returns a check that was made without an error.
func must(c BodyCheck, err error) BodyCheck {
	if err != nil {
		panic(err)
	}
	return c
}

func path(text string) *Path {
	p, err := ParsePath(text)
	if err != nil {
		panic(err)
	}
	return p
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

func TestChecks(t *testing.T) {
	const order = `{"id":"P7","n":1.0,"big":9007199254740993,"tags":["a","b"],"x":{"y":null},"items":[{"sku":"A1"},{"sku":"A2"}]}`
	re := regexp.MustCompile
	for _, c := range []struct {
		name   string
		checks *Checks
		header string // of the answer
		body   string
		want   string
	}{
		{"nothing", nil, "", "", ""},
		{"nothing wanted", &Checks{}, "", "", ""},
		{"status", &Checks{Status: map[int]bool{201: true}}, "", "", "wrong: status 200"},
		{"right status", &Checks{Status: map[int]bool{200: true}}, "", "", ""},
		{"header", &Checks{Headers: []HeaderCheck{{"Content-Type", re("^application/json")}}}, "content-type: application/json; charset=utf-8", "", ""},
		{"another header", &Checks{Headers: []HeaderCheck{{"Content-Type", re("^application/json")}}}, "Content-Type: text/html", "", `wrong: header Content-Type does not match "^application/json"`},
		{"no header", &Checks{Headers: []HeaderCheck{{"X-A", re("")}}}, "", "", `wrong: header X-A does not match ""`},
		{"one of two lines", &Checks{Headers: []HeaderCheck{{"X-A", re("^2$")}}}, "X-A: 1\nX-A: 2", "", ""},
		{"contains", of(Contains("P7")), "", order, ""},
		{"contains not", of(Contains("P8")), "", order, `wrong: body does not contain "P8"`},
		{"long text", of(Contains(strings.Repeat("é", 100))), "", order, `wrong: body does not contain "` + strings.Repeat("é", 59) + `…"`},
		{"matches", of(Matches(re(`"id":"P\d"`))), "", order, ""},
		{"matches not", of(Matches(re(`^\[`))), "", order, `wrong: body does not match "^\\["`},
		{"length", of(Length(3)), "", "abc", ""},
		{"another length", of(Length(3)), "", "abcd", "wrong: body is not 3 bytes long"},
		{"digest", of(must(SHA256("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"))), "", "abc", ""},
		{"another digest", of(must(SHA256("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))), "", "abd", "wrong: body has another SHA-256 than ba7816bf…"},
		{"there", of(path("$.id").Exists(true)), "", order, ""},
		{"null is there", of(path("$.x.y").Exists(true)), "", order, ""},
		{"not there", of(path("$.ids").Exists(true)), "", order, "wrong: $.ids is not there"},
		{"there, and must not be", of(path("$.id").Exists(false)), "", order, "wrong: $.id is there"},
		{"not there, as it must be", of(path("$.ids").Exists(false)), "", order, ""},
		{"no JSON", of(path("$.id").Exists(true)), "", "<html>", "wrong: body is no JSON"},
		{"no JSON, and nothing must be there", of(path("$.id").Exists(false)), "", "<html>", "wrong: body is no JSON"},
		{"more than JSON", of(path("$.id").Exists(true)), "", order + "x", "wrong: body is no JSON"},
		{"empty", of(path("$").Exists(true)), "", "", "wrong: body is no JSON"},
		{"equal text", of(must(path("$.id").Equals("P7"))), "", order, ""},
		{"equal null", of(must(path("$.x.y").Equals(nil))), "", order, ""},
		{"equal number", of(must(path("$.n").Equals(1))), "", order, ""},
		{"a number is no text", of(must(path("$.n").Equals("1"))), "", order, `wrong: $.n is not "1"`},
		{"numbers beyond floating point", of(must(path("$.big").Equals(json.Number("9007199254740992")))), "", order, "wrong: $.big is not 9007199254740992"},
		{"equal list", of(must(path("$.tags").Equals([]any{"a", "b"}))), "", order, ""},
		{"equal mapping", of(must(path("$.x").Equals(map[string]any{"y": nil}))), "", `{"x": {"y" : null}}`, ""},
		{"all of several", of(must(path("$.items[*].sku").Equals("A1"))), "", order, `wrong: $.items[*].sku is not "A1"`},
		{"all of several match", of(path("$.items[*].sku").Matches(re("^A"))), "", order, ""},
		{"none of several", of(path("$.items[?@.sku=='A9']").Exists(true)), "", order, "wrong: $.items[?@.sku=='A9'] is not there"},
		{"one of several", of(path("$.items[?@.sku=='A2']").Exists(true)), "", order, ""},
		{"value matches", of(path("$.n").Matches(re(`^1\.0$`))), "", order, ""},
		{"value matches not", of(path("$.id").Matches(re(`^Q`))), "", order, `wrong: $.id does not match "^Q"`},
		{"from the end", of(must(path("$.tags[-1]").Equals("b"))), "", order, ""},
		{"the first that fails", &Checks{Body: []BodyCheck{Contains("P7"), Length(1), Contains("P9")}}, "", order, "wrong: body is not 1 bytes long"},
		{"gzip", of(Contains("P7")), "Content-Encoding: gzip", zipped(order), ""},
		{"gzip that is none", of(Contains("P7")), "Content-Encoding: gzip", order, "wrong: body is no gzip, though it says so"},
		{"gzip cut short", of(Contains("P7")), "Content-Encoding: gzip", zipped(order)[:30], "wrong: body is no gzip, though it says so"},
		{"gzip of too much", of(Contains("P7")), "Content-Encoding: gzip", strings.Repeat(zipped(strings.Repeat(" ", MaxBody/64)), 65), "wrong: body is longer than 16 MiB, which no check reads"},
		{"nothing, as gzip", of(Length(0)), "Content-Encoding: gzip", "", ""},
		{"br", of(Contains("P7")), "Content-Encoding: br", order, "wrong: body is encoded as br, which no check can read"},
		{"made up", of(Contains("P7")), "Content-Encoding: x1", order, "wrong: body has an unknown encoding"},
		{"twice", of(Contains("P7")), "Content-Encoding: gzip, gzip", order, "wrong: body has several encodings"},
	} {
		h := http.Header{}
		for line := range strings.SplitSeq(c.header, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				h.Add(name, value)
			}
		}
		if got := c.checks.Failed(&Answer{200, h, []byte(c.body)}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// of are the checks with one check of the body.
func of(c BodyCheck) *Checks { return &Checks{Body: []BodyCheck{c}} }

func TestBadChecks(t *testing.T) {
	for _, text := range []string{"", "id", "$.", "$[", "$.a b", "$[?@.a == ]", "$.length("} {
		if p, err := ParsePath(text); err == nil {
			t.Errorf("%q is the path %s", text, p)
		}
	}
	for _, text := range []string{"", "abc", strings.Repeat("g", 64), strings.Repeat("a", 66)} {
		if _, err := SHA256(text); err == nil {
			t.Errorf("%q is a SHA-256", text)
		}
	}
}

// jsonValue draws a document.
func jsonValue(depth int) *rapid.Generator[any] {
	scalar := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Float64Range(-1e6, 1e6), func(f float64) any { return f }),
		rapid.Map(rapid.StringMatching(`[ab"\\\[\]{}:,é ]{0,6}`), func(s string) any { return s }),
	)
	if depth == 0 {
		return scalar
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return jsonValue(depth - 1) })
	return rapid.OneOf(scalar,
		rapid.Map(rapid.SliceOfN(inner, 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "é", `q"`, `\`}), inner, 0, 3), func(m map[string]any) any { return m }),
	)
}

// A path that selects one value finds, without decoding the document, what the library
// selects in the decoded one.
func TestWalkFindsWhatTheLibrarySelects(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := jsonValue(4).Draw(t, "document")
		text, err := json.MarshalIndent(doc, "", rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "indent"))
		if err != nil {
			t.Fatal(err)
		}
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{".a", ".b", "['é']", `['q"']`, `['\\']`, "[0]", "[1]", "[-1]", "[-3]"}), 0, 4).Draw(t, "steps")
		p := path("$" + strings.Join(steps, ""))
		if p.steps == nil {
			t.Fatalf("%s does not count as a path with one value", p)
		}
		got, err := p.Values(text)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if want := p.query.Select(whole); !slices.EqualFunc(got, want, same) {
			t.Fatalf("%s in %s: %v, want %v", p, text, got, want)
		}
	})
}

func TestSameNumber(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1", "1.0", true}, {"1", "10e-1", true}, {"0", "-0", true}, {"0.1", "0.10", true}, {"1", "2", false},
		{"9007199254740992", "9007199254740993", false}, {"1e9999999", "1e9999999", true}, {"1e9999999", "1", false},
		{"0." + strings.Repeat("1", 5000), "0.1", false},
	} {
		if got := sameNumber(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func FuzzValues(f *testing.F) {
	f.Add(`{"a":[1,{"b":"\\\""}]}`, "$.a[1].b")
	f.Add(`[]`, "$[-1]")
	f.Fuzz(func(t *testing.T, text, query string) {
		p, err := ParsePath(query)
		if err != nil {
			return
		}
		got, err := p.Values([]byte(text))
		if (err == nil) != json.Valid([]byte(text)) {
			t.Errorf("%q: %v", text, err)
		}
		if p.steps == nil || err != nil {
			return
		}
		whole, err := decode([]byte(text))
		if err != nil {
			return
		}
		if want := p.query.Select(whole); len(got) != len(want) {
			t.Errorf("%s in %s: %v, want %v", query, text, got, want)
		}
	})
}

func BenchmarkContainsAndJSON(b *testing.B) {
	answer := &Answer{200, http.Header{}, []byte(`{"id":"P00017","items":[` + strings.Repeat(`{"sku":"A-0001","count":3,"price":12.5},`, 24) + `{}]}`)}
	checks := &Checks{Body: []BodyCheck{Contains("P00017"), must(path("$.id").Equals("P00017"))}}
	b.SetBytes(int64(len(answer.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if why := checks.Failed(answer); why != "" {
			b.Fatal(why)
		}
	}
}
