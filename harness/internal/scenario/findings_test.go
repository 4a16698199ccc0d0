package scenario

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// found is a file in which nothing is to be found; cases change one place. DIR is the
// folder of the file, in which the programs ./run and ./data are.
const found = `version: 1
name: found
prepare: {command: [sh]}
server: {command: [DIR/run, "${port}", "${v}"]}
variants: [{name: a, params: {v: x}}, {name: b, params: {v: y}}]
load: {open: {rate: 100/s, duration: 10s}}
targets: [{path: /}]
objectives: ["p99 < 1s", "errors < 1%"]
`

func TestFindings(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are scripts")
	}
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"run": 0o700, "data": 0o600} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	const relative = "build it first, or correct the path, which is relative to DIR)"
	for _, c := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"no program", "DIR/run", "DIR/none", `4:19: command: there is no program "DIR/none" (build it first, or correct the path)`},
		{"beside or here", `[DIR/run, "${port}", "${v}"]`, `[./none, "${port}", "${v}"]`, `4:19: command: there is no program "./none" (build it first, or correct the path, which is relative to the folder of the scenario file, or else to HERE)`},
		{"in dir", `[DIR/run, "${port}", "${v}"]`, `[./none, "${port}", "${v}"], dir: DIR`, `4:19: command: there is no program "./none" (` + relative},
		{"found in dir", `[DIR/run, "${port}", "${v}"]`, `[./run, "${port}", "${v}"], dir: DIR`, ""},
		{"of one variant", "[DIR/run,", `["DIR/${v}",`, `4:19: command: there is no program "DIR/x" (build it first, or correct the path)` + "\n" +
			`4:19: command: there is no program "DIR/y" (build it first, or correct the path)`},
		{"no file for programs", "DIR/run", "DIR/data", `4:19: command: "DIR/data" may not be executed (chmod +x DIR/data)`},
		{"a folder", "DIR/run", "DIR/../", `4:19: command: "DIR/../" is a folder, expected a program`},
		{"not in PATH", "DIR/run", "no-such-program", `4:19: command: there is no program "no-such-program" in PATH (install it, or write its path)`},
		{"prepare", "[sh]", "[./none]", `3:20: prepare.command: there is no program "./none" (` + relative},
		{"prepare beside the file", "[sh]", "[./run]", ""},
		{"built", `[DIR/run, "${port}", "${v}"]`, `["${binary}", "${port}", "${v}"], build: {command: [sh, "${binary}"]}`, ""},
		{"builder", `[DIR/run, "${port}", "${v}"]`, `["${binary}", "${port}", "${v}"], build: {command: [no-such-program, "${binary}"]}`, `4:70: build.command: there is no program "no-such-program" in PATH (install it, or write its path)`},
		{"few requests", "100/s", "99/s", `8:14: objectives: p99 can never be judged in a run: a trial has 990 requests, and it takes 1000 (make the window longer or the rate higher, or bound a lower quantile; a search makes its windows long enough by itself)`},
		{"few requests of clients", "open: {rate: 100/s, duration: 10s}", "closed: {clients: 1, requests: 999}", `8:14: objectives: p99 can never be judged in a run: a trial has 999 requests, and it takes 1000 (make the window longer or the rate higher, or bound a lower quantile; a search makes its windows long enough by itself)`},
		{"clients by time", "open: {rate: 100/s, duration: 10s}", "closed: {clients: 1, duration: 1s}", ""},
		{"no port", `"${port}", `, "", "4:19: server: the command is never told its port or socket (write ${port}, or ${socket} for a Unix domain socket, where the command, env or prepare takes the address to listen on)"},
		{"a socket", `"${port}", `, `"${socket}", `, ""},
		{"socket in env", `"${port}", "${v}"]`, `"${v}"], env: {LISTEN: "unix:${socket}"}`, ""},
		{"port in env", `"${port}", "${v}"]`, `"${v}"], env: {PORT: "${port}"}`, ""},
		{"port by prepare", "[sh]", `[sh, "${port}"]`, ""},
	} {
		source := strings.ReplaceAll(strings.Replace(found, c.from, c.to, 1), "DIR", dir)
		s, err := Parse(filepath.Join(dir, "f"), []byte(source), Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		here, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(append(s.Findings(), s.Notes()...).Error(), filepath.Join(dir, "f")+":", "")
		want := strings.ReplaceAll(strings.ReplaceAll(c.want, "DIR", dir), "HERE", here)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", c.name, d)
		}
	}
}
