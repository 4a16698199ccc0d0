package scenario

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/results"
)

func TestTargetNames(t *testing.T) {
	for _, c := range []struct{ targets, want string }{
		{"{path: /orders}, {path: /orders?q=1}, {method: POST, path: /orders}", "get-orders get-orders-b post-orders"},
		{"{path: /}, {path: /}, {path: /}", "get get-b get-c"},
		{"{path: \"/orders/${i}/items\"}, {path: /v1/Orders/17}", "get-orders-i-items get-v1-orders17"},
		{"{path: /orders}, {name: get-orders, path: /other}", "get-orders-b get-orders"},
		{"{path: /a/" + strings.Repeat("long/", 20) + "}, {name: x-1y, path: /}", "get-a-long-long-long-long-long-long-long x-1y"},
		{"{path: /%C3%A9}, {path: \"${i}\"}", "get-c3-a9 get-i"},
	} {
		list := targets(t, "vars: {i: {values: [/a]}}\ntargets: ["+c.targets+"]")
		names := list.Names()
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.targets, got, c.want)
		}
		for _, n := range names {
			if !targetName.MatchString(n) || processors.MatchString(n) {
				t.Errorf("%s has the name %q", c.targets, n)
			}
		}
	}
	// Thirty targets of one path have thirty names.
	many := targets(t, "targets: ["+strings.Repeat("{path: /x},", 30)+"]").Names()
	if many[25] != "get-x-z" || many[26] != "get-x-ba" {
		t.Errorf("%v", many)
	}
}

func TestBrokenTargets(t *testing.T) {
	const at = "f:10:"
	for _, c := range []struct{ name, target, want string }{
		{"capital letters", "{name: Get Orders, path: /}", at + `18: targets.name: "Get Orders" is not a name, expected small letters, digits and - (did you mean get-orders?)`},
		{"number at the end", "{name: list-2, path: /}", at + `18: target "list-2": the ending -2 would be read as a number of processors (write list2)`},
		{"twice", "{name: a, path: /}, {name: a, path: /}", at + `38: target "a" is given twice, first in line 10 (choose another name)`},
		{"nothing expected", "{path: /, expect: {}}", at + `29: targets.expect expects nothing (add status, headers or body)`},
		{"status", `{path: /, expect: {status: ["20x"]}}`, at + `39: targets.expect.status: "20x" is not a status, expected a code or a class (like "404" or "2xx")`},
		{"refusal", `{path: /, expect: {status: [429]}}`, at + `39: targets.expect.status: 429 is a refusal, and stays one (take it out, or say under expect of the stream that it is ok)`},
		{"pattern", `{path: /, expect: {headers: {X: "a("}}}`, at + "43: targets.expect.headers.X: missing closing ): `a(` (for these characters themselves write a\\()"},
		{"header", `{path: /, expect: {headers: {"X Y": a}}}`, at + `40: targets.expect.headers: "X Y" is not the name of a header`},
		{"HEAD", `{method: HEAD, path: /, expect: {body: [{contains: a}]}}`, at + `50: targets.expect.body: the answer to a HEAD has no body (check its headers, or use GET)`},
		{"empty check", `{path: /, expect: {body: [{}]}}`, at + `37: targets.expect.body: an entry without a check (like {contains: ok} or {json: "$.id", exists: true})`},
		{"two checks", `{path: /, expect: {body: [{contains: a, length: 3}]}}`, at + `59: targets.expect.body: one entry holds several checks (write an entry for each)`},
		{"empty text", `{path: /, expect: {body: [{contains: ""}]}}`, at + `48: targets.expect.body.contains is empty, and every body contains that (delete it)`},
		{"path", `{path: /, expect: {body: [{json: id, exists: true}]}}`, at + `44: targets.expect.body.json: "id" is no JSON path: unexpected identifier at position 1 (did you mean $.id?)`},
		{"path alone", `{path: /, expect: {body: [{json: $.id}]}}`, at + `44: targets.expect.body.json: nothing says what the path has to lead to (add exists: true, equals or matches)`},
		{"two ways", `{path: /, expect: {body: [{json: $.id, exists: true, equals: 3}]}}`, at + `72: targets.expect.body: only one of exists, equals and matches can be given (write an entry for each)`},
		{"equals without a path", `{path: /, expect: {body: [{equals: 3}]}}`, at + `46: targets.expect.body: exists and equals belong to a json path (like {json: "$.id", exists: true})`},
		{"equals what is no JSON", `{path: /, expect: {body: [{json: $.id, equals: 0x1f}]}}`, at + `58: targets[0].expect.body[0].equals: 0x1f is not a number of JSON (write it in quotes if it is a text)`},
		{"digest", `{path: /, expect: {body: [{sha256: abc}]}}`, at + `46: targets.expect.body.sha256: "abc" is not a SHA-256, expected 64 hexadecimal digits`},
		{"replacement", `{path: /, expect: {body: [{contains: "a ${variant}"}]}}`, at + `51: targets.expect.body.contains: ${variant} is not replaced in a check (write $${ for a literal ${)`},
		{"objective", `{path: /, objectives: [p99 < 50]}`, at + `34: targets.objectives: "50" has no unit, expected a duration (did you mean 50s?)`},
		{"within-slo", `{path: /, objectives: [p99 < 1s, within-slo > 99%]}`, at + `44: targets.objectives: within-slo is of every stream as a whole (write it under objectives at the top of the file)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := strings.Replace(base, "targets:\n  - {path: /}\n", "targets: ["+c.target+"]\n", 1)
			_, err := Parse("f", []byte(source), Options{})
			var errs Errors
			if !errors.As(err, &errs) {
				t.Fatalf("got %v, want Errors", err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// What a scenario expects is checked as it is written, with values of the type that they
// have in YAML.
func TestExpectations(t *testing.T) {
	const answer = `{"id": 7, "name": "7", "ok": true, "none": null, "tags": ["a", 1.50], "inner": {"x": "${y"}}`
	list := targets(t, `targets:
  - {path: /plain}
  - path: /order
    expect:
      status: ["2xx", 404]
      headers: {content-type: "^application/json(;|$)"}
      body:
        - {contains: '"id"'}
        - {contains: "$${y"}
        - {matches: '"id": \d+'}
        - {json: $.id, equals: 7}
        - {json: $.name, equals: "7"}
        - {json: $.ok, equals: true}
        - {json: $.none, equals: null}
        - {json: $.tags, equals: [a, 1.5]}
        - {json: $.inner, equals: {x: "$${y"}}
        - {json: "$.tags[*]", matches: "^(a|1)"}
        - {json: $.missing, exists: false}
  - {path: /length, expect: {body: [{length: 2}]}}
`)
	if list.Checks(0) != nil {
		t.Error("a target that expects nothing has checks")
	}
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	if why := list.Checks(1).Failed(&expect.Answer{Status: 404, Header: h, Body: []byte(answer)}); why != "" {
		t.Errorf("%q", why)
	}
	if why := list.Checks(1).Failed(&expect.Answer{Status: 500, Header: h, Body: []byte(answer)}); why != "wrong: status 500" {
		t.Errorf("%q", why)
	}
	if why := list.Checks(2).Failed(&expect.Answer{Status: 500, Header: h, Body: []byte("{}")}); why != "" {
		t.Errorf("%q", why)
	}
}

func TestObjectivesOfStreamsAndTargets(t *testing.T) {
	s := parse(t, `version: 1
name: s
server: {command: [x, "${port}"]}
objectives: ["p99 < 1s"]
streams:
  - name: api
    objectives: ["goodput > 5/s"]
    load: {open: {rate: 10/s, duration: 1s}}
    targets:
      - {name: list, path: /, objectives: ["p99 < 50ms", "errors < 1%"]}
      - {name: make, path: /, weight: 3}
  - name: admin
    load: {open: {rate: 10/s, duration: 1s}}
    targets: [{path: /, objectives: ["p50 < 10ms"]}]
`)
	var got []string
	for _, o := range s.AllObjectives() {
		got = append(got, o.Label())
	}
	want := []string{"p99 < 1s", "api: goodput > 5/s", "api: list: p99 < 50ms", "api: list: errors < 1%", "admin: p50 < 10ms"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("objectives (-want +got):\n%s", d)
	}
	if slo, ok := s.SLO(); !ok || slo.String() != "1s" {
		t.Errorf("in time is %v", slo)
	}
	streams := s.Record().Streams
	wantTargets := []results.Target{{Name: "list", Method: "GET", Path: "/", Weight: 1}, {Name: "make", Method: "GET", Path: "/", Weight: 3}}
	if d := cmp.Diff(wantTargets, streams[0].Targets); d != "" {
		t.Errorf("targets (-want +got):\n%s", d)
	}
	if streams[1].Targets != nil {
		t.Errorf("one target is recorded as %v", streams[1].Targets)
	}
}

// Drawing a target is the same as making its request.
func TestDraw(t *testing.T) {
	list := targets(t, "targets: [{path: /a}, {path: /b, weight: 5}, {path: /c}]")
	for k := range uint64(1000) {
		if got, want := list.Draw(3, k), list.At(3, k).Index(); got != want {
			t.Fatalf("request %d is of target %d, drawn %d", k, want, got)
		}
	}
}
