package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// A file in another encoding than UTF-8 is named with its place, whatever reads it, and a
// byte order mark is part of no text.
func TestEncodingsOfInputs(t *testing.T) {
	const scenario = "version: 1\nname: a\nserver: {url: \"http://127.0.0.1:1\"}\nvariants: [{name: v}]\nload: {closed: {clients: 1, duration: 1s}}\n"
	inputs := map[string]struct {
		args []string // @ is the file
		good string   // with an é in it
	}{
		"scenario": {[]string{"validate", "@"}, scenario + "summary: é\ntargets: [{path: /}]\n"},
		"HAR":      {[]string{"init", "--har", "@"}, `{"log": {"entries": [{"request": {"method": "POST", "url": "http://127.0.0.1:1/", "postData": {"mimeType": "text/plain", "text": "é"}}}]}}`},
		"targets":  {[]string{"init", "--targets", "@"}, "GET http://127.0.0.1:1/\nX-Name: é\n"},
		"OpenAPI":  {[]string{"init", "--openapi", "@"}, "openapi: 3.0.0\ninfo: {title: é, version: \"1\"}\nservers: [{url: \"http://127.0.0.1:1\"}]\npaths: {/a: {get: {responses: {\"200\": {description: ok}}}}}\n"},
	}
	for name, in := range inputs {
		wide := func(order func(hi, lo byte) []byte) (b []byte) {
			for _, u := range utf16.Encode([]rune(in.good)) {
				b = append(b, order(byte(u>>8), byte(u))...)
			}
			return b
		}
		little := func(hi, lo byte) []byte { return []byte{lo, hi} }
		big := func(hi, lo byte) []byte { return []byte{hi, lo} }
		before, _, _ := strings.Cut(in.good, "é")
		line := 1 + strings.Count(before, "\n")
		column := 1 + len(before[strings.LastIndex(before, "\n")+1:])
		for _, c := range []struct {
			encoding string
			file     []byte
			line     int
			column   int
			says     string
		}{
			{"UTF-8", []byte(in.good), 0, 0, ""},
			{"UTF-8 with a mark", []byte("\ufeff" + in.good), 0, 0, ""},
			{"UTF-16, little end first", append([]byte("\xff\xfe"), wide(little)...), 1, 1, "the file is UTF-16, expected UTF-8 (save it as UTF-8)"},
			{"UTF-16, big end first", append([]byte("\xfe\xff"), wide(big)...), 1, 1, "the file is UTF-16, expected UTF-8 (save it as UTF-8)"},
			{"UTF-16 without a mark", wide(little), 1, 1, "the file is UTF-16, expected UTF-8 (save it as UTF-8)"},
			{"Latin-1", []byte(strings.ReplaceAll(in.good, "é", "\xe9")), line, column, "the file is not UTF-8 (save it as UTF-8)"},
		} {
			path := filepath.Join(t.TempDir(), "input.yaml")
			if err := os.WriteFile(path, c.file, 0o644); err != nil {
				t.Fatal(err)
			}
			args := append([]string(nil), in.args...)
			args[len(args)-1] = path
			var out, problems bytes.Buffer
			code := Run(context.Background(), args, strings.NewReader(""), &out, &problems)
			if c.says == "" {
				if code != 0 || strings.Contains(out.String(), "\ufeff") {
					t.Errorf("%s in %s: status %d: %s%s", name, c.encoding, code, out.String(), problems.String())
				}
				continue
			}
			place := path + ":" + strconv.Itoa(c.line) + ":" + strconv.Itoa(c.column) + ": " + c.says
			if code != 2 || !strings.Contains(problems.String(), place) {
				t.Errorf("%s in %s: status %d, and not %q:\n%s", name, c.encoding, code, place, problems.String())
			}
		}
	}
}

// What is no JSON is named with its place too.
func TestPlaceInARecording(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.har")
	for text, place := range map[string]string{
		"{\"log\":\n  {é}}":           ":2:4: it is no HAR file: invalid character 'Ã'",
		"{\"log\": {\"entries\": 7}}": ":1:21: it is no HAR file: json: cannot unmarshal number",
		"":                            ":1:1: it is no HAR file: unexpected end",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var out, problems bytes.Buffer
		if code := Run(context.Background(), []string{"init", "--har", path}, strings.NewReader(""), &out, &problems); code != 2 || !strings.Contains(problems.String(), path+place) {
			t.Errorf("status %d, and not %q:\n%s", code, path+place, problems.String())
		}
	}
}
