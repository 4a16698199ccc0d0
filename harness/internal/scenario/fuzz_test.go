package scenario

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// FuzzParse asserts for any bytes: no panic; every error has a place in the
// file and a message; a valid scenario resolves in every cell, and all of its
// requests have a path.
func FuzzParse(f *testing.F) {
	f.Add([]byte(base))
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(source)
	}
	for _, s := range []string{"", "a: [${x}]\n", "a: &x *x\n", "{", "- - -", "? a\n: b\n", "\t", "a: |\n \tb\n", "a: \"\\x00\"\r\n\r", "%YAML 1.2\n---\n", "<<: *a",
		strings.Replace(base, "variants:", "  tls: {insecure: true, server_name: \"${pattern}\"}\nvariants:", 1),
		strings.Replace(base, "targets:", "  reuse: false\ntargets:", 1),
		strings.Replace(base, "{path: /}", "{path: \"/${t.a}/${r}/${u}\"}\nvars: {t: {csv: table.csv, pick: zipf, s: 1.1}, r: {random: [1, 9]}, u: {uuid: true}}", 1),
		strings.Replace(base, "variants:", "  tls: {ca: broken.yaml, cert: \"${pattern}\", key: \"\"}\nvariants:", 1)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) { checkParse(t, source) })
}

// fataler is what testing.T and rapid.T have in common.
type fataler interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func checkParse(t fataler, source []byte) {
	t.Helper()
	s, err := Parse("testdata/fuzz.yaml", source, Options{})
	if err != nil {
		checkErrors(t, source, err)
		return
	}
	env := Env{Ports: map[string]int{}, Sockets: map[string]string{}, Binaries: map[string]string{}}
	for _, v := range s.Servers {
		env.Ports[v.Name], env.Sockets[v.Name], env.Binaries[v.Name] = 1, "/s", "b"
	}
	for _, c := range s.Cells() {
		r, err := s.Resolve(c, env)
		if err != nil {
			t.Fatalf("valid, but cell %s: %v", c.Name(), err)
		}
		for _, stream := range r.Streams {
			for k := range uint64(10) {
				if path := stream.Targets.At(1, k).AppendPath(nil); len(path) == 0 || path[0] != '/' {
					t.Fatalf("valid, but request %d has the path %q", k, path)
				}
			}
		}
	}
	again, err := Parse("testdata/fuzz.yaml", s.Source, Options{})
	if err != nil || !cmp.Equal(s, again, exported) {
		t.Fatalf("read again: %v\n%s", err, cmp.Diff(s, again, exported))
	}
}

// TestMutations is the fuzz target on files that are nearly right: whole words
// of valid files are deleted, doubled, swapped or replaced by others.
func TestMutations(t *testing.T) {
	word := regexp.MustCompile(`[A-Za-z0-9_.-]+|\s+|.`)
	var files [][]string
	vocabulary := []string{"${", "}", "$${", "\"", "'", "[", "]", "{", "}", ":", "- ", "\n", "\t", "|", "&a", "*a", "0", "-1", "", "1e9", "10%", "${port}", "~", "#", "é"}
	for _, path := range []string{"testdata/example.yaml", "testdata/streams.yaml"} {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		words := word.FindAllString(string(source), -1)
		files = append(files, words)
		vocabulary = append(vocabulary, words...)
	}
	rapid.Check(t, func(t *rapid.T) {
		words := slices.Clone(rapid.SampledFrom(files).Draw(t, "file"))
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			i := rapid.IntRange(0, len(words)-1).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "change") {
			case 0:
				words[i] = ""
			case 1:
				words[i] += words[i]
			case 2:
				j := rapid.IntRange(0, len(words)-1).Draw(t, "with")
				words[i], words[j] = words[j], words[i]
			default:
				words[i] = rapid.SampledFrom(vocabulary).Draw(t, "word")
			}
		}
		checkParse(t, []byte(strings.Join(words, "")))
	})
}

// TestHostile has inputs that a recursive or quadratic reader would not
// survive.
func TestHostile(t *testing.T) {
	for _, piece := range []string{"[", "{a: ", "- ", "? ", "- ? ", "!a ", "- !a ", "&a ", "*a ", "[a${", "{a: ${", "'", "${"} {
		checkParse(t, []byte(strings.Repeat(piece, 20_000/len(piece))))
	}
	checkParse(t, make([]byte, maxFile+1))
}

func checkErrors(t fataler, source []byte, err error) {
	t.Helper()
	var errs Errors
	if !errors.As(err, &errs) || len(errs) == 0 {
		t.Fatalf("got %v, want Errors", err)
	}
	lines := strings.Count(string(source), "\n") + strings.Count(string(source), "\r") + 1
	for _, e := range errs {
		if e.File == "testdata/fuzz.yaml" && e.Line > lines {
			t.Errorf("%v: the file has only %d lines", e, lines)
		}
		if e.Line < 1 || e.Column < 1 || e.Message == "" || e.File == "" {
			t.Errorf("incomplete: %+v", e)
		}
	}
}
