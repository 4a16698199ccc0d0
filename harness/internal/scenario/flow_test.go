package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/results"
)

// walked is a valid file with a flow; cases break it in one place.
const walked = `version: 1
name: walked
server: {url: "http://127.0.0.1:1"}
load: {open: {rate: 10/s, duration: 5s}}
vars: {user: {values: [ann, bob]}}
cookies: true
flow:
  - {name: login, method: POST, path: /login, body: '{"user":"${user}"}', extract: {token: {json: "$.token"}, next: {header: Location}}}
  - {pause: 100ms}
  - {pause: 50ms}
  - {name: list, path: "${next}", headers: {Authorization: "Bearer ${token}"}, repeat: 2, extract: {id: {regexp: 'id=(\d+)'}}, objectives: ["p99 < 1s"]}
  - {method: POST, path: "/orders/${id}?by=${user}&id=${id}"}
warmup: 1s
`

func TestFlowIsRead(t *testing.T) {
	s := parse(t, walked)
	r, err := s.Resolve(s.Cells()[0], Env{})
	if err != nil {
		t.Fatal(err)
	}
	targets := r.Streams[0].Targets
	check := func(what string, got, want any) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", what, d)
		}
	}
	check("names", targets.Names(), []string{"login", "list", "post-orders-id"})
	check("flow", targets.Flow(), &Flow{Cookies: true, Values: 3, Steps: []FlowStep{{Target: 0}, {Target: 1, Pause: 150 * time.Millisecond}, {Target: 1}, {Target: 2}}})
	var extracts []FlowExtract
	for i := range targets.Len() {
		for _, e := range targets.Extracts(i) {
			check(e.Name+" has a source", e.From() != "", true)
			extracts = append(extracts, FlowExtract{Extract: Extract{Name: e.Name}, Index: e.Index, Path: e.Path, Header: e.Header})
		}
	}
	named := func(name string) Extract { return Extract{Name: name} }
	check("extracts", extracts, []FlowExtract{{named("token"), 0, false, true}, {named("next"), 1, true, false}, {named("id"), 2, false, false}})

	values := []string{"t 1", "/list?a=b", "7/8 9"}
	login, list, order := targets.Step(0, 1, 3, values), targets.Step(1, 1, 3, values), targets.Step(2, 1, 3, values)
	check("body of login", string(login.AppendBody(nil)), `{"user":"bob"}`)
	check("path that was extracted", string(list.AppendPath(nil)), "/list?a=b")
	name, value := list.Header(0)
	check("header", name+": "+value, "Authorization: Bearer t 1")
	check("the variable has the same value, and what was extracted is escaped", string(order.AppendPath(nil)), "/orders/7%2F8%209?by=bob&id=7%2F8+9")

	check("unfit path", extracts[1].Unfit("http://elsewhere/"), "the value is no path")
	check("unfit header", extracts[0].Unfit("a\nb"), "the value has a line end or another control character, and stands in a header")
	check("fit", extracts[0].Unfit("abc")+extracts[1].Unfit("/abc")+extracts[2].Unfit("a\nb"), "")

	record := s.Record()
	check("record", record.Streams[0].Flow, &results.Flow{Cookies: true, Steps: []results.FlowStep{
		{Target: "login", Repeat: 1}, {Target: "list", Pause: 150 * time.Millisecond, Repeat: 2}, {Target: "post-orders-id", Repeat: 1}}})
	check("objective", record.Objectives[0].Label(), "list: p99 < 1s")
	check("requests per second", s.PeakRate(), 40.0)
}

func TestBrokenFlows(t *testing.T) {
	const order = `  - {method: POST, path: "/orders/${id}?by=${user}&id=${id}"}`
	brokenIn(t, walked, []breakage{
		{"targets too", "warmup: 1s", "targets: [{path: /}]", "f:13:10: targets and flow cannot both be given (keep one of them; several loads at once are streams)"},
		{"empty", walked[len(walked)-len("warmup: 1s\n"):], "streams: [{name: s, load: {closed: {clients: 1, requests: 1}}, flow: []}]\n", "f:4:7: load and streams cannot both be given (move load into the streams)\nf:5:7: vars and streams cannot both be given (move vars into the streams)\nf:6:10: cookies and streams cannot both be given (move cookies into the streams)\nf:8:3: flow and streams cannot both be given (move flow into the streams)\nf:13:70: streams[0].flow is empty, expected at least one entry (leave the key out or fill the list)"},
		{"only a pause", order, order + "\nstreams: [{name: s, load: {closed: {clients: 1, requests: 1}}, flow: [{pause: 1s}]}]", "f:4:7: load and streams cannot both be given (move load into the streams)\nf:5:7: vars and streams cannot both be given (move vars into the streams)\nf:6:10: cookies and streams cannot both be given (move cookies into the streams)\nf:8:3: flow and streams cannot both be given (move flow into the streams)\nf:13:70: streams.flow has no request (add a step, like - {path: /})\nf:13:71: streams.flow begins with a pause, which would only delay the first step (delete it)"},
		{"repeat: 0", "repeat: 2", "repeat: 0", "f:11:88: flow.repeat is 0, expected at least 1"},
		{"too many repeats", "repeat: 2", "repeat: 9999", "f:8:3: flow has 10001 requests with all repeats, expected at most 1000 (repeat fewer times)"},
		{"no extract is used", "Bearer ${token}", "Bearer", `f:8:85: step login extracts "token", but no ${token} in a later step uses it (use it in a later step, or delete it)`},
		{"used too early", "body: '{", "body: '${id}{", "f:8:54: flow.body: ${id} is extracted by step list, which does not come before this step (change the order of the steps)"},
		{"used elsewhere", "name: walked", "name: walked\nprepare: {command: [x, \"${token}\"]}", "f:3:25: prepare.command: ${token} is extracted by a flow, and only later steps of that flow may use it (use a parameter here, or extract it in setup)"},
		{"extracted twice", "extract: {id:", "extract: {token:", "f:11:101: flow.extract.token: \"token\" is also extracted by step login (choose another name)\nf:12:35: flow.path: ${id} is not defined (known: layout, next, seed, token, user, variant)\nf:12:55: flow.path: ${id} is not defined (known: layout, next, seed, token, user, variant)"},
		{"a variable too", "extract: {id:", "extract: {user:", "f:11:101: flow.extract.user: \"user\" is also a variable of vars (choose another name)\nf:12:35: flow.path: ${id} is not defined (known: layout, next, seed, token, user, variant)\nf:12:55: flow.path: ${id} is not defined (known: layout, next, seed, token, user, variant)"},
		{"pause with a path", "{pause: 50ms}", "{pause: 50ms, path: /}", "f:10:13: flow: a pause is an entry of its own, and this one has other keys too (write - {pause: ...} before or after the step)"},
		{"pause of nothing", "{pause: 50ms}", "{pause: 0s}", "f:10:13: flow.pause is 0s, expected more"},
		{"pause first", "flow:\n", "flow:\n  - {pause: 1s}\n", "f:8:5: flow begins with a pause, which would only delay the first step (delete it)\nf:14:9: warmup is 1s, and the pauses of the flow take 1.15s: no flow would end before the window begins (write warmup: 1.15s, or more)"},
		{"pause last", order, order + "\n  - {pause: 10ms}", "f:13:5: flow ends with a pause, which would delay nothing (delete it; with a closed load, clients pause between flows for load.closed.think)"},
		{"neither", "{pause: 50ms}", "{name: x}", "f:10:5: flow has an entry that is neither a request nor a pause (add a path, or write {pause: 100ms})"},
		{"weight", "repeat: 2", "weight: 2", `f:11:80: unknown key "weight" in flow[3] (known: name, expect, objectives, method, headers, body, body_file, path, extract, repeat, pause)`},
		{"named flow", "name: list", "name: flow", `f:11:12: step "flow": results have this name for the flow as a whole (choose another name)`},
		{"names twice", "name: list", "name: login", `f:11:12: target "login" is given twice, first in line 8 (choose another name)`},
		{"HEAD", "{name: list, ", "{name: list, method: HEAD, expect: {body: [{contains: x}]}, ", "f:11:47: flow.expect.body: the answer to a HEAD has no body (check its headers, or use GET)\nf:11:152: flow.extract.id: the answer to a HEAD has no body (extract from a header or a cookie, or use GET)"},
		{"short warm-up", "warmup: 1s", "warmup: 100ms", "f:13:9: warmup is 100ms, and the pauses of the flow take 150ms: no flow would end before the window begins (write warmup: 150ms, or more)"},
		{"no JSON path", "$.token", "token", `f:8:99: flow.extract.token.json: "token" is not a JSON path (RFC 9535): unexpected identifier at position 1 (did you mean "$.token"?)`},
		{"two groups", `id=(\d+)`, `(i)d=(\d+)`, `f:11:114: flow.extract.id.regexp: "(i)d=(\\d+)" has 2 groups, expected one, which is the value (like 'id="([^"]+)"'; (?:...) groups without being one)`},
		{"an unknown name", "${user}\"", "${usr}\"", "f:8:63: flow.body: ${usr} is not defined (did you mean user?)"},
		{"cookies with targets", walked[len("version: 1\n"):], "name: x\nserver: {url: \"http://127.0.0.1:1\"}\nload: {closed: {clients: 1, requests: 1}}\ncookies: true\ntargets: [{path: /}]\n", "f:5:10: cookies belong to the runs of a flow, and targets have none (write flow: instead of targets:, or send a Cookie header)"},
		{"cookies alone", "flow:", "targets:", "f:6:10: cookies belong to the runs of a flow, and targets have none (write flow: instead of targets:, or send a Cookie header)\nf:8:75: unknown key \"extract\" in targets[0] (known: name, expect, objectives, method, headers, body, body_file, path, weight)\nf:9:5: targets[1].path is missing\nf:9:6: unknown key \"pause\" in targets[1] (known: name, expect, objectives, method, headers, body, body_file, path, weight)\nf:10:5: targets[2].path is missing\nf:10:6: unknown key \"pause\" in targets[2] (known: name, expect, objectives, method, headers, body, body_file, path, weight)\nf:11:25: targets.path: ${next} is not defined (known: layout, seed, user, variant)\nf:11:68: targets.headers.Authorization: ${token} is not defined (known: layout, seed, user, variant)\nf:11:80: unknown key \"repeat\" in targets[3] (known: name, expect, objectives, method, headers, body, body_file, path, weight)\nf:11:91: unknown key \"extract\" in targets[3] (known: name, expect, objectives, method, headers, body, body_file, path, weight)\nf:12:35: targets.path: ${id} is not defined (known: layout, seed, user, variant)\nf:12:55: targets.path: ${id} is not defined (known: layout, seed, user, variant)"},
	})
}

// breakage is a valid file that is broken in one place: the first from becomes to.
type breakage struct{ name, from, to, want string }

// brokenIn checks what is said of a file with each breakage.
func brokenIn(t *testing.T, source string, all []breakage) {
	t.Helper()
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(source, c.from) {
				t.Fatalf("the source does not hold %q", c.from)
			}
			_, err := Parse("f", []byte(strings.Replace(source, c.from, c.to, 1)), Options{})
			if err == nil {
				t.Fatal("no error")
			}
			if d := cmp.Diff(strings.Split(c.want, "\n"), strings.Split(err.Error(), "\n")); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}
