package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// served is a valid file that uses every key of setup; cases break or change it in one
// place.
const served = `version: 1
name: served
secrets: [API_TOKEN]
prepare: {command: [./reset.sh, "${variant}"], timeout: 20s}
cleanup: {command: ["true"]}
server:
  command: [bin/server, "${port}", "${mode}"]
  env: {TOKEN: "${secret.API_TOKEN}"}
setup:
  - {name: login, method: POST, path: /login, headers: {X-Key: "${secret.API_TOKEN}"}, body: "{}", expect: {status: ["201", "3xx"]}, extract: {token: {json: "$.token"}, next: {header: Location}}}
  - {name: open, path: "${next}", extract: {id: {regexp: 'id=(\d+)'}, sid: {cookie: sid}}}
variants: [{name: a, params: {mode: x}}]
load: {closed: {clients: 1, requests: 10}}
vars: {n: {sequence: [1, 2]}}
targets:
  - {path: "/items/${id}?s=${sid}&n=${n}", headers: {Authorization: "Bearer ${token}", X-Key: "${secret.API_TOKEN}"}}
`

func TestSetupIsRead(t *testing.T) {
	s := parse(t, served)
	if err := s.ReadSecrets(func(string) (string, bool) { return "topsecret", true }); err != nil {
		t.Fatal(err)
	}
	env := Env{Ports: map[string]int{"server": 1}}
	cell := s.Cells()[0]
	r, err := s.Resolve(cell, env)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, got, want any) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", what, d)
		}
	}
	check("prepare", r.Prepare, &Hook{Command: []string{"./reset.sh", "a"}, Dir: ".", Timeout: 20 * time.Second})
	check("cleanup", r.Cleanup, &Hook{Command: []string{"true"}, Dir: ".", Timeout: time.Minute})
	check("env", r.Servers[0].Env, map[string]string{"TOKEN": "topsecret"})
	check("targets before setup", r.Streams[0].Targets == nil, true)
	check("names", s.Extracts(), []string{"token", "next", "id", "sid"})
	login, err := s.ResolveStep(0, cell, env)
	if err != nil {
		t.Fatal(err)
	}
	check("headers", login.Headers, []Field{{"X-Key", "topsecret"}})
	check("statuses", login.Wanted(), "201 or 3xx")
	check("expects", []bool{login.Expects(200), login.Expects(201), login.Expects(302)}, []bool{false, true, true})

	env.Extracted = map[string]string{"token": "abc", "next": "/at?x=1"}
	open, err := s.ResolveStep(1, cell, env)
	if err != nil {
		t.Fatal(err)
	}
	check("an extracted path", open.Path, "/at?x=1")
	check("default statuses", open.Wanted(), "2xx or 3xx")
	env.Extracted["id"], env.Extracted["sid"] = "a/b c", "x&y"
	r, err = s.Resolve(cell, env)
	if err != nil {
		t.Fatal(err)
	}
	q := r.Streams[0].Targets.At(1, 0)
	check("values in a path", string(q.AppendPath(nil)), "/items/a%2Fb%20c?s=x%26y&n=1")
	_, value := q.Header(0)
	check("header", value, "Bearer abc")
	_, value = q.Header(1)
	check("secret", value, "topsecret")
}

// What was extracted may not fit the place where it is used.
func TestExtractedValuesThatDoNotFit(t *testing.T) {
	s := parse(t, served)
	if err := s.ReadSecrets(func(string) (string, bool) { return "topsecret", true }); err != nil {
		t.Fatal(err)
	}
	env := Env{Ports: map[string]int{"server": 1}, Extracted: map[string]string{"next": "elsewhere"}}
	if _, err := s.ResolveStep(1, s.Cells()[0], env); err == nil || !strings.Contains(err.Error(), `setup open: path: "elsewhere" does not begin with /`) {
		t.Errorf("a path without a slash: %v", err)
	}
	env.Extracted = map[string]string{"next": "/", "id": "1", "sid": "2", "token": "a\r\nX-Evil: 1"}
	if _, err := s.Resolve(s.Cells()[0], env); err == nil || !strings.Contains(err.Error(), "header Authorization: a header cannot hold line ends") {
		t.Errorf("a header of two lines: %v", err)
	}
}

func TestBrokenSetup(t *testing.T) {
	const (
		inCommand = "${secret.API_TOKEN} is not allowed in a command, because everybody on the machine can read the title of a process (pass it in env)"
		noSID     = "${sid}&n|targets.path: ${sid} is not defined (did you mean id?)"
	)
	// The first from in served becomes to. An error is the text at which it is, and what
	// it says.
	for _, c := range []struct{ name, from, to, want string }{
		{"path that is none", `"$.token"`, `"token"`, `"token"|setup.extract.token.json: "token" is not a JSON path (RFC 9535): unexpected identifier at position 1 (did you mean "$.token"?)`},
		{"no way", `{json: "$.token"}`, `{}`, `{}, next|setup.extract.token does not say where the value stands, expected json, header, cookie or regexp (like {json: "$.token"})`},
		{"two ways", `{header: Location}`, `{header: Location, cookie: c}`, "c}|setup.extract.next: only one of json, header, cookie and regexp can be given (keep one of them)"},
		{"empty way", `{header: Location}`, `{header: ""}`, `""}|setup.extract.next: the text is empty (say where the value stands)`},
		{"regexp", `'id=(\d+)'`, `'id=(\d+'`, "'id=|setup.extract.id.regexp: missing closing ): `id=(\\d+` (the syntax is that of RE2; in YAML, '...' keeps every \\)"},
		{"no group", `'id=(\d+)'`, `'id=\d+'`, `'id=|setup.extract.id.regexp: "id=\\d+" has 0 groups, expected one, which is the value (like 'id="([^"]+)"'; (?:...) groups without being one)`},
		{"unused", "?s=${sid}&n", "?n", `sid: {|setup extracts "sid", but no ${sid} uses it (use it in a target, or delete it)`},
		{"hides a variable", "n: {seq", "id: {seq", "id: {seq|vars.id: \"id\" is also extracted by setup (choose another name)\n${n}|targets.path: ${n} is not defined (known: host, id, layout, mode, next, port, seed, sid, socket, token, variant)"},
		{"hides a parameter", "sid: {cookie", "mode: {cookie", "mode: {cookie|setup.extract.mode: \"mode\" is also a parameter (choose another name)\n" + noSID},
		{"hides another", "sid: {cookie", "token: {cookie", "token: {cookie|setup.extract.token: \"token\" is also extracted by another request (choose another name)\n" + noSID},
		{"built in", "sid: {cookie", "seed: {cookie", "seed: {cookie|extract: \"seed\" is built in (choose another name)\nseed: {cookie|setup extracts \"seed\", but no ${seed} uses it (use it in a target, or delete it)\n" + noSID},
		{"too early", `path: /login`, `path: "/${id}"`, "${id}\"|setup.path: ${id} is extracted by setup, which only targets and later requests of setup may use (use a parameter here)"},
		{"in the command", `"${mode}"`, `"${mode}${token}"`, "${token}|server.command: ${token} is extracted by setup, which only targets and later requests of setup may use (use a parameter here)"},
		{"status", `"201"`, `"20x"`, `"20x"|setup.expect.status: "20x" is not a status, expected a code or a class (like "404" or "2xx")`},
		{"no such server", "{name: open,", "{name: open, server: srv,", `srv|setup.server: there is no server "srv" (known: server)`},
		{"twice", "name: open", "name: login", `login, path: "${next}|setup request "login" is given twice, first in line 10 (choose another name)`},
		{"no time", "timeout: 20s", "timeout: 0s", "0s}|prepare.timeout is 0s, expected more"},

		{"secret in the command", `"${mode}"`, `"${mode}${secret.API_TOKEN}"`, "${secret|server.command: " + inCommand},
		{"secret in prepare", `"${variant}"`, `"${variant}", "${secret.API_TOKEN}"`, "${secret|prepare.command: " + inCommand},
		{"secret in a path", "/items/", "/items/${secret.API_TOKEN}/", "${secret.API_TOKEN}/|targets.path: ${secret.API_TOKEN} is not allowed here, because this text is written to logs (secrets may stand in headers, body, env and setup)"},
		{"misspelt secret", "TOKEN: \"${secret.API_TOKEN}\"", "TOKEN: \"${secret.API_TOKN}\"", "${secret.API_TOKN}|server.env.TOKEN: ${secret.API_TOKN} is not defined (did you mean API_TOKEN?)"},
		{"secret that is not listed", "TOKEN: \"${secret.API_TOKEN}\"", "TOKEN: \"${secret.DB}\"", "${secret.DB}|server.env.TOKEN: ${secret.DB} is not defined (add DB to secrets:)"},
		{"unused secret", "[API_TOKEN]", "[API_TOKEN, DB]", "DB]|no ${secret.DB} uses the secret DB (use it, or delete it)"},
		{"secret that is no name", "[API_TOKEN]", "[API_TOKEN, a-b]", "a-b]|no ${secret.a-b} uses the secret a-b (use it, or delete it)\na-b]|secrets: \"a-b\" is not the name of an environment variable, expected letters, digits and _"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(served, c.from) {
				t.Fatalf("served does not hold %q", c.from)
			}
			source := strings.Replace(served, c.from, c.to, 1)
			var want []string
			for _, line := range strings.Split(c.want, "\n") {
				at, message, _ := strings.Cut(line, "|")
				before, _, found := strings.Cut(source, at)
				if !found {
					t.Fatalf("the source does not hold %q", at)
				}
				want = append(want, fmt.Sprintf("f:%d:%d: %s", 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n'), message))
			}
			_, err := Parse("f", []byte(source), Options{})
			var errs Errors
			if !errors.As(err, &errs) {
				t.Fatalf("got %v, want Errors", err)
			}
			slices.Sort(want)
			got := strings.Split(err.Error(), "\n")
			slices.Sort(got)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestSecretsAreRead(t *testing.T) {
	for _, c := range []struct {
		name, value string
		set         bool
		want        string
	}{
		{"missing", "", false, "f:3:11: secrets: the environment variable API_TOKEN is not set (set it: export API_TOKEN=...)"},
		{"empty", "", true, "f:3:11: secrets: the environment variable API_TOKEN is not set (set it: export API_TOKEN=...)"},
		{"short", "12345", true, "f:3:11: secrets: the environment variable API_TOKEN has fewer than 6 characters, too few to be blanked wherever they stand (use a longer secret)"},
		{"two lines", "123456\n", true, "f:3:11: secrets: the environment variable API_TOKEN holds a line end or another control character (remove it; $(cat FILE) leaves out the last line end)"},
		{"good", "123456", true, ""},
	} {
		err := parse(t, served).ReadSecrets(func(string) (string, bool) { return c.value, c.set })
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
