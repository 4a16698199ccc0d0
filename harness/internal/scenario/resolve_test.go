package scenario

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func replace(s, url string) string { return strings.Replace(s, "%", url, 1) }

func TestResolve(t *testing.T) {
	s := load(t, "testdata/example.yaml")
	cells := s.Cells()
	env := Env{Ports: map[string]int{"server": 4711}, Seed: 1<<63 - 1, Layout: 5, Binaries: map[string]string{"server": "/tmp/b in"}}
	r, err := s.Resolve(cells[len(cells)-1], env)
	if err != nil {
		t.Fatal(err)
	}
	want := []Server{{
		Name:    "server",
		Command: []string{"bin/server", "-addr=127.0.0.1:4711", "-pattern=workerpool", "-workers=20", "-seed=9223372036854775807"},
		Env:     map[string]string{"GOGC": "100", "MARK": "${HOME} of pool"},
		Dir:     "../other", URL: "http://127.0.0.1:4711", Ready: "http://127.0.0.1:4711/health", ReadyTimeout: 5 * time.Second,
		Metrics:    "http://127.0.0.1:4711/metrics?format=prometheus",
		Profile:    "http://127.0.0.1:4711/debug/pprof/profile",
		StopSignal: "INT", StopTimeout: 3 * time.Second,
		BuildCommand: []string{"go", "build", "-ldflags=-randlayout=5", "-o", "/tmp/b in", "./server"}, BuildDir: "../other",
	}}
	if diff := cmp.Diff(want, r.Servers); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if r.Streams[0].Targets == nil || s.Streams[0].Targets != nil {
		t.Error("targets belong to the resolved stream alone")
	}

	for _, lacking := range []Env{{Binaries: env.Binaries}, {Ports: env.Ports}} {
		if _, err := s.Resolve(cells[0], lacking); err == nil {
			t.Errorf("resolved with %+v", lacking)
		}
	}
}

func TestResolveServers(t *testing.T) {
	s := load(t, "testdata/streams.yaml")
	r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"db": 1, "api": 2}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range r.Servers {
		got = append(got, fmt.Sprint(v.Name, " ", v.Command, " ", v.URL, " ", v.Ready))
	}
	want := []string{
		"db [bin/db -port=1] http://127.0.0.1:1 http://127.0.0.1:1/",
		"api [bin/api -port=2 -db=127.0.0.1:1] http://127.0.0.1:2 http://127.0.0.1:1/ready",
		"outside [] http://[::1]:9090 http://[::1]:9090/",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if path := string(r.Streams[1].Targets.At(0, 0).AppendPath(nil)); path != "/write?port=1&api=2" {
		t.Errorf("path %s", path)
	}
}

func TestExpand(t *testing.T) {
	names := map[string]string{"a": "1", "b.c": "$${a}", "d-e_f": ""}
	lookup := func(name string) (string, bool) { v, ok := names[name]; return v, ok }
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"x", "x"},
		{"${a}", "1"},
		{"x${a}y${a}", "x1y1"},
		{"$${a}", "${a}"},
		{"$$${a}", "$${a}"},
		{"${a}$${a}", "1${a}"},
		{"$a $ {a} $$ }", "$a $ {a} $$ }"},
		{"${b.c}", "$${a}"}, // a replacement is not looked at again
		{"<${d-e_f}>", "<>"},
		{"${a", "error"},
		{"${}", "error"},
		{"${1}", "error"},
		{"${ a}", "error"},
		{"${z}", "error"},
		{"${a${a}}", "error"},
	} {
		got, err := expand(c.in, lookup)
		if err != nil {
			got = "error"
		}
		if got != c.want {
			t.Errorf("expand(%q) = %q, %v, want %q", c.in, got, err, c.want)
		}
	}
}

// An escaped text expands to itself, whatever it holds.
func TestExpandEscaped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"$", "{", "}", "a", "ü"})).Draw(t, "s"), "")
		escaped := strings.ReplaceAll(s, "${", "$${")
		got, err := expand(escaped, func(string) (string, bool) { return "", false })
		if err != nil || got != s {
			t.Fatalf("expand(%q) = %q, %v, want %q", escaped, got, err, s)
		}
	})
}
