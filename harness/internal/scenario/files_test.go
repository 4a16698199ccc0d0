package scenario

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// On another host the files of a scenario lie in a folder of their own under their full
// paths, and give the same scenario.
func TestFilesOnAnotherHost(t *testing.T) {
	here, there := t.TempDir(), t.TempDir()
	elsewhere := filepath.Join(here, "elsewhere", "values.txt")
	for name, text := range map[string]string{
		"deep/s.yaml":          "version: 1\nname: x\nserver: {command: [x, \"${host}:${port}\"], host: db}\nload: {open: {rate: 1/s, duration: 1s}}\nvars: {v: {file: \"" + elsewhere + "\"}}\ntargets: [{path: \"/${v}\", body_file: ../body.txt}]\n",
		"body.txt":             "text",
		"elsewhere/values.txt": "one\ntwo\n",
	} {
		for _, path := range []string{filepath.Join(here, name), filepath.Join(there, here, name)} {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(here, "deep", "s.yaml")
	all, err := Load([]string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := all[0].Files(), []string{filepath.Join(here, "body.txt"), path, elsewhere}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	if err := os.RemoveAll(here); err != nil {
		t.Fatal(err)
	}
	all, err = Load([]string{path}, Options{Root: there})
	if err != nil {
		t.Fatal(err)
	}
	if s := all[0]; s.File != path || s.Servers[0].Host != "db" {
		t.Errorf("file %s, host %q", s.File, s.Servers[0].Host)
	}
}

// A server may stand on any host of the run: ${host} is its address, and its URL has it.
func TestHostOfAServer(t *testing.T) {
	s := parse(t, `version: 1
name: x
servers:
  - {name: db, command: [db, "${host}:${port}"], host: store}
  - {name: api, command: [api, "-listen=${host}:${port}", "-db=${host.db}:${port.db}"], ready: {path: "tcp://${host}:${port}"}}
streams:
  - {name: load, server: api, load: {open: {rate: 1/s, duration: 1s}}, targets: [{path: /}]}
`)
	for _, c := range []struct {
		hosts map[string]string
		want  string
	}{
		{nil, "api -listen=127.0.0.1:2 -db=127.0.0.1:1 http://127.0.0.1:2 tcp://127.0.0.1:2"},
		{map[string]string{"db": "10.0.0.1", "api": "fd00::2"}, "api -listen=[fd00::2]:2 -db=10.0.0.1:1 http://[fd00::2]:2 tcp://[fd00::2]:2"},
	} {
		r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"db": 1, "api": 2}, Hosts: c.hosts})
		if err != nil {
			t.Fatal(err)
		}
		v := r.Servers[1]
		if got := strings.Join(v.Command, " ") + " " + v.URL + " " + v.Ready; got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// A parameter may be called host: it could be before ${host} had a meaning.
func TestParameterCalledHost(t *testing.T) {
	s := parse(t, "version: 1\nname: x\nserver: {command: [x, \"${host}\"]}\nparams: {host: mine}\nload: {open: {rate: 1/s, duration: 1s}}\ntargets: [{path: /}]\n")
	r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"server": 1}, Hosts: map[string]string{"server": "10.0.0.1"}})
	if err != nil || r.Servers[0].Command[1] != "mine" {
		t.Errorf("%v, %v", r, err)
	}
}

// Where there is no host, ${host} has no value, and the message says what to do.
func TestHostIsNotDefined(t *testing.T) {
	for text, want := range map[string]string{
		"server: {url: \"http://${host}:80\"}\nload: {open: {rate: 1/s, duration: 1s}}":                        "${host} is not defined for a server that already runs",
		"server: {url: \"http://127.0.0.1\", host: db}\nload: {open: {rate: 1/s, duration: 1s}}":               "server.host has no effect on a server that already runs",
		"server: {command: [x], host: \"a b\"}\nload: {open: {rate: 1/s, duration: 1s}}":                       "server.host",
		"server: {command: [x], build: {command: [go, \"${host}\"]}}\nload: {open: {rate: 1/s, duration: 1s}}": "${host} is not allowed in a build",
		"server: {command: [x]}\nload: {closed: {clients: \"${host}\", duration: 1s}}":                         "${host} is not allowed here",
		"server: {command: [x, \"${host.other}\"]}\nload: {open: {rate: 1/s, duration: 1s}}":                   "${host.other} is not defined",
	} {
		_, err := Parse("f", []byte("version: 1\nname: x\n"+text+"\ntargets: [{path: /}]\n"), Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
