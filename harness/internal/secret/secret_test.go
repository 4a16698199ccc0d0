package secret

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// encodings are the ways in which a program may quote a text that it was sent.
var encodings = map[string]func(string) string{
	"as it is": func(s string) string { return s },
	"query":    url.QueryEscape,
	"path":     url.PathEscape,
	"json":     func(s string) string { b, _ := json.Marshal(s); return string(b) },
	"json in json": func(s string) string {
		b, _ := json.Marshal(s)
		b, _ = json.Marshal(string(b))
		return string(b)
	},
	"go":         strconv.Quote,
	"base64":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 url": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"hex":        func(s string) string { return hex.EncodeToString([]byte(s)) },
}

// A secret is blanked in every encoding and in any text, and the text beside it stays.
func TestNoEncodingPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`[!-~é ]{6,40}`).Draw(t, "secret")
		before, after := rapid.StringMatching(`[ ,.;]{0,5}`).Draw(t, "before"), rapid.StringMatching(`[ ,.;]{0,5}`).Draw(t, "after")
		b := New(map[string]string{"KEY": value})
		for name, encode := range encodings {
			code := encode(value)
			got := b.Text("<" + before + code + after + ">")
			if strings.Contains(got, code) || !strings.HasPrefix(got, "<"+before) || !strings.HasSuffix(got, after+">") {
				t.Fatalf("%s: %q passes as %q", name, code, got)
			}
		}
	})
}

// In the base64 of a longer text, as in basic authentication, a secret stands at any
// offset within a group of three bytes.
func TestBase64OfLongerText(t *testing.T) {
	const value = "correct horse battery"
	b := New(map[string]string{"KEY": value})
	for _, user := range []string{"", "u", "us", "use"} {
		text := base64.StdEncoding.EncodeToString([]byte(user + ":" + value + "/x"))
		got := b.Text("Basic " + text)
		for _, chunk := range strings.FieldsFunc(strings.ReplaceAll(got, "[blanked: KEY]", " "), func(r rune) bool { return r == ' ' }) {
			if decoded, _ := base64.RawStdEncoding.DecodeString(chunk); strings.Contains(value, string(decoded)) && len(decoded) > 2 {
				t.Errorf("%q is left of %q", decoded, value)
			}
		}
		if !strings.Contains(got, "[blanked: KEY]") {
			t.Errorf("user %q: %s passes as %s", user, text, got)
		}
	}
}

func TestText(t *testing.T) {
	b := New(map[string]string{"KEY": "s3cr3t-value", "LONG": "s3cr3t-value-and-more", "id": "77", "none": ""})
	for _, c := range []struct{ name, in, want string }{
		{"none", "nothing to hide", "nothing to hide"},
		{"the longer one wins", "x s3cr3t-value-and-more y", "x [blanked: LONG] y"},
		{"twice", "s3cr3t-value,s3cr3t-value", "[blanked: KEY],[blanked: KEY]"},
		{"short: alone", "order 77: missing", "order [blanked: id]: missing"},
		{"short: in a number", "order 7781 took 0.770 s", "order 7781 took 0.770 s"},
		{"cut at the end", "token=s3cr3t-va", "token=[blanked: KEY]"},
		{"cut at the beginning", "t-value\nnext line", "[blanked: KEY]\nnext line"},
		{"empty", "", ""},
	} {
		if got := b.Text(c.in); got != c.want && strings.ReplaceAll(got, "LONG", "KEY") != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.name, c.in, got, c.want)
		}
	}
	var none *Blanker
	if got := none.Text("s3cr3t-value"); got != "s3cr3t-value" {
		t.Errorf("a blanker without secrets changes the text to %q", got)
	}
}

func TestErrorKeepsItsCause(t *testing.T) {
	b := New(map[string]string{"KEY": "s3cr3t-value"})
	err := b.Error(fmt.Errorf("send s3cr3t-value: %w", io.EOF))
	if err.Error() != "send [blanked: KEY]: EOF" || !errors.Is(err, io.EOF) {
		t.Errorf("error %q", err)
	}
	if b.Error(nil) != nil {
		t.Error("nil became an error")
	}
	if got := fmt.Sprint(b); strings.Contains(got, "s3cr3t") {
		t.Errorf("printed, it is %s", got)
	}
}

// Texts are blanked wherever a record holds them, except where they identify it.
func TestAll(t *testing.T) {
	type inner struct {
		LogTail string
		Note    *string
	}
	type record struct {
		ID       string
		Errors   map[string]uint64
		Statuses map[string]uint64
		Lines    []string
		Inner    []inner
		By       map[string]inner
		Count    int
	}
	note := "note s3cr3t-value"
	r := record{
		ID:       "s3cr3t-value",
		Errors:   map[string]uint64{"bad s3cr3t-value": 3, "bad s3cr3t%2Dvalue": 4, "fine": 1},
		Statuses: map[string]uint64{"200": 1},
		Lines:    []string{"a", "s3cr3t-value"},
		Inner:    []inner{{"log s3cr3t-value", &note}},
		By:       map[string]inner{"s3cr3t-value": {LogTail: "s3cr3t-value"}},
		Count:    1,
	}
	New(map[string]string{"KEY": "s3cr3t-value"}).All(&r)
	clean := "note [blanked: KEY]"
	want := record{
		ID:       "s3cr3t-value",
		Errors:   map[string]uint64{"bad [blanked: KEY]": 3, "bad s3cr3t%2Dvalue": 4, "fine": 1},
		Statuses: map[string]uint64{"200": 1},
		Lines:    []string{"a", "[blanked: KEY]"},
		Inner:    []inner{{"log [blanked: KEY]", &clean}},
		By:       map[string]inner{"[blanked: KEY]": {LogTail: "[blanked: KEY]"}},
		Count:    1,
	}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
}
