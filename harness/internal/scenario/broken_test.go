package scenario

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// base is a valid file; each case breaks it in one place.
const base = `version: 1
name: base
server:
  command: [bin/server, "-addr=127.0.0.1:${port}", "-p=${pattern}"]
variants:
  - {name: a, params: {pattern: x}}
  - {name: b, params: {pattern: y}}
load:
  open: {rate: 100/s, duration: 5s}
targets:
  - {path: /}
`

func TestBase(t *testing.T) {
	if _, err := Parse("f", []byte(base), Options{}); err != nil {
		t.Fatal(err)
	}
}

func TestBroken(t *testing.T) {
	const (
		load   = "open: {rate: 100/s, duration: 5s}"
		target = "{path: /}"
		second = "  - {name: b, params: {pattern: y}}\n"
		serve  = `command: [bin/server, "-addr=127.0.0.1:${port}", "-p=${pattern}"]`
	)
	for _, c := range []struct {
		name, from, to, want string // the first from in base becomes to
	}{
		{"a rate that nobody sends", load, "open: {rate: 1e12/s, duration: 5s}", `f:9:16: load.open.rate is 1e+12/s, expected at most 10000000/s (no machine sends so much)`},
		{"a stage that nobody sends", load, "open: {stages: [{rate: 1/s, to: 1e308/s, duration: 5s}]}", `f:9:35: load.open.stages.to is 1e+308/s, expected at most 10000000/s (no machine sends so much)`},
		{"a rate that is no number", load, "open: {rate: NaN/s, duration: 5s}", `f:9:16: load.open.rate: "NaN/s" is not a rate, expected a number and /s, /m or /h (like 2000/s)`},
		// YAML
		{"empty file", base, "", `f:1:1: the file is empty, expected a scenario (begin with version: 1)`},
		{"comment only", base, "# nothing\n", `f:1:1: the file is empty, expected a scenario (begin with version: 1)`},
		{"list", base, "- 1\n", `f:1:1: the file: expected a mapping, found a list (write key: value pairs)`},
		{"text", base, "foo\n", `f:1:1: the file: expected a mapping, found a single value (write key: value pairs)`},
		{"tab", "  - {path", "\t- {path", `f:11:1: the line is indented with a tab, which YAML does not allow (use spaces)`},
		{"tab after spaces", "  open", "  \topen", `f:9:3: the line is indented with a tab, which YAML does not allow (use spaces)`},
		{"not UTF-8", "name: base", "name: \xff", `f:2:7: the file is not UTF-8 (save it as UTF-8)`},
		{"control character", "name: base", "name: é\x01", `f:2:8: the file holds a control character, U+0001 (write "\x01", in quotes)`},
		{"second document", "targets:", "---\ntargets:", "f:1:1: targets is missing (add at least one, like - {path: /})\nf:11:1: the file holds a second document, expected one scenario per file (put it into a file of its own)"},
		{"bracket", `"-p=${pattern}"]`, `"-p=${pattern}"`, `f:5:1: not valid YAML: expected , or ] in a list (close the list with ], or quote the value)`},
		{"brace", target, "{path: /", `f:11:5: not valid YAML: { is never closed (close it with })`},
		{"quote", target, `{path: "/}`, `f:11:12: not valid YAML: the text has no closing " (close it with ")`},
		{"colon", "name: base", "name: a: b", `f:2:7: not valid YAML: a second : in one line (quote the value if the : belongs to it)`},
		{"reserved", "name: base", "name: @x", `f:2:7: not valid YAML: a value may not begin with @ or ` + "` (quote it)"},
		{"percent", "name: base", "name: %x", `f:2:7: not valid YAML: a value may not begin with % (quote it)`},
		{"tag", "name: base", "name: !!str base", `f:2:7: tag !!str is not supported (delete it)`},
		{"merge key", second, "  - &v {name: b, params: {pattern: y}}\n  - {<<: *v, name: c, params: {pattern: z}}\n", `f:8:6: merge keys are not supported (write the keys out, or use an alias for a whole value)`},
		{"alias", target, "*t", `f:11:5: alias *t has no anchor before it (mark the value with &t)`},
		{"alias of itself", base, "&t\n*t", `f:1:1: the alias never comes to a value (write the value out)`},
		{"unquoted in list", `"-p=${pattern}"`, `-p=${pattern}`, `f:4:52: a value with ${ inside [ ] or { } must be quoted (quote it: "-p=${pattern}")`},
		{"unquoted address", `"-addr=127.0.0.1:${port}"`, `-addr=127.0.0.1:${port}`, `f:4:25: a value with ${ inside [ ] or { } must be quoted (quote it: "-addr=127.0.0.1:${port}")`},
		{"unquoted in map", target, "{path: /${variant}}", `f:11:12: a value with ${ inside [ ] or { } must be quoted (quote it: "/${variant}")`},
		{"unquoted and more", `"-p=${pattern}"]`, "-p=${pat}-${pattern}]\n  dri: x", "f:4:52: a value with ${ inside [ ] or { } must be quoted (quote it: \"-p=${pat}-${pattern}\")\nf:4:55: server.command: ${pat} is not defined (known: host, layout, pattern, port, seed, socket, variant)\nf:5:3: unknown key \"dri\" in server (did you mean dir?)"},

		// Keys
		{"unknown key", "variants:", "varients:", "f:4:56: server.command: ${pattern} is not defined (known: host, layout, port, seed, socket, variant)\nf:5:1: unknown key \"varients\" (did you mean variants?)"},
		{"unknown key far off", target, "{path: /, zzz: 1}", `f:11:15: unknown key "zzz" in targets[0] (known: name, expect, objectives, method, headers, body, body_file, path, weight)`},
		{"key twice", "name: base", "name: base\nname: other", `f:3:1: key "name" is given twice, first in line 2 (delete one of them)`},
		{"no version", "version: 1\n", "", `f:1:1: version is missing`},
		{"version", "version: 1", "version: 2", `f:1:10: version 2 is unknown, expected 1 (write version: 1)`},
		{"no name", "name: base\n", "", `f:1:1: name is missing`},
		{"name", "name: base", "name: Base_1", `f:2:7: name: "Base_1" is not a name, expected small letters, digits and - (did you mean base-1?)`},
		{"no value", "name: base", "name:", `f:2:6: name: expected a single value, found no value (leave the key out, or write "" for an empty text)`},
		{"mapping for value", "name: base", "name: {a: b}", `f:2:7: name: expected a single value, found a mapping (quote the value if it holds [, { or :)`},
		{"summary", "name: base", "name: base\nsummary: \"a\\nb\"", `f:3:10: summary has several lines, expected one`},
		{"empty list", "  - {path: /}", "  []", "f:11:3: targets is empty, expected at least one entry (leave the key out or fill the list)"},

		// Server
		{"no server", "server:\n  " + serve + "\n", "", "f:1:1: server is missing (add server: with a command or a url)\nf:4:24: variant \"a\" sets \"pattern\", but no ${pattern} uses it\nf:5:24: variant \"b\" sets \"pattern\", but no ${pattern} uses it"},
		{"command and url", serve, serve + "\n  url: http://127.0.0.1:80", `f:5:8: server: command and url cannot both be given (url is for a server that already runs)`},
		{"command as text", serve, "command: bin/server ${pattern}", `f:4:12: server.command: expected a list, found a single value (write [...], or a line with - for each entry)`},
		{"neither", serve, "env: {A: \"${pattern}\"}", `f:4:3: server has neither command nor url (add one of them)`},
		{"both forms", "variants:", "servers: [{name: x, command: [x]}]\nvariants:", "f:1:1: the stream does not say which server it loads (known: server, x)\nf:5:10: server and servers cannot both be given (move the one under server into the list, with a name)"},
		{"remote url", serve, "url: http://example.com # ${pattern}", `f:4:8: server.url: host example.com is not on loopback (allow it with --allow-remote example.com)`},
		{"url with path", serve, "url: \"http://127.0.0.1:80/${pattern}\"", `f:4:8: server.url: "http://127.0.0.1:80/x" has more than scheme and host in a (write http://127.0.0.1:80 and put the rest into the targets' path)`},
		{"not a url", serve, "url: \"127.0.0.1:80${pattern}\"", `f:4:8: server.url: "127.0.0.1:80x" is not a URL, expected scheme and host in a (like http://127.0.0.1:9090)`},
		{"port of url", serve, "url: \"http://127.0.0.1:${port}\" # ${pattern}", `f:4:26: server.url: ${port} is not defined for a server that already runs (write the port out)`},
		{"stop", serve, serve + "\n  stop: {signal: SIGTERM}", `f:5:18: server.stop.signal: "SIGTERM" is unknown, expected TERM, INT, QUIT, HUP, KILL`},
		{"ready", serve, serve + "\n  ready: {path: health, timeout: 0s}", "f:5:17: server.ready.path: \"health\" is neither a path nor a URL (did you mean /health?)\nf:5:34: server.ready.timeout is 0s, expected more"},
		{"ready port", serve, serve + "\n  ready: {path: \"tcp://127.0.0.1\"}", `f:5:17: server.ready.path: "tcp://127.0.0.1" is not the address of a port (like tcp://127.0.0.1:${port})`},
		{"ready port remote", serve, serve + "\n  ready: {path: \"tcp://10.0.0.1:80\"}", `f:5:17: server.ready.path: host 10.0.0.1 is not on loopback (allow it with --allow-remote 10.0.0.1)`},
		{"metrics of a port", serve, serve + "\n  metrics: \"tcp://127.0.0.1:${port}\"", `f:5:12: server.metrics: "tcp://127.0.0.1:65535" is not a URL, expected scheme and host in a (like http://127.0.0.1:9090)`},
		{"profile of another machine", serve, serve + "\n  profile: \"http://10.0.0.1/debug/pprof/profile\"", `f:5:12: server.profile: host 10.0.0.1 is not on loopback (allow it with --allow-remote 10.0.0.1)`},
		{"placement", "load:", "placement: nowhere\nload:", `f:8:12: placement: "nowhere" is unknown, expected split or none`},
		{"placement of a variant", "load:", "placement: \"${pattern}\"\nload:", `f:8:12: placement: "x" is unknown, expected split or none in a`},
		{"requires nothing", "load:", "requires: [\"\", x]\nload:", `f:8:12: requires: the program is empty (write the program to run, or leave requires out)`},
		{"requires", "load:", "requires: [test, \"${pattern}\"]\nload:", `f:8:18: requires: ${...} is not allowed, because the command runs before any trial (write the value out)`},
		{"ready remote", serve, serve + "\n  ready: {path: \"http://10.0.0.1/\"}", `f:5:17: server.ready.path: host 10.0.0.1 is not on loopback (allow it with --allow-remote 10.0.0.1)`},
		{"binary", `"-p=${pattern}"`, `"-p=${pattern}${binary}"`, `f:4:66: server.command: ${binary} is not defined for a server without a build (add build: to the server)`},
		{"port in build", serve, serve + "\n  build: {command: [make, \"${port}\"]}", `f:5:28: server.build.command: ${port} is not allowed in a build, which runs before ports are chosen`},
		{"matrix in build", serve, serve + "\n  build: {command: [make, \"${m}\"]}\nmatrix: {m: [1]}", `f:5:28: server.build.command: ${m} is not allowed in a build, which runs once for all values of the matrix (make it a parameter of variants)`},
		{"also nothing", serve, serve + "\n  also: {}", `f:5:9: server.also: an entry has 0 of listens, pid_file, cgroup and unit, expected one (write a list with an entry for each)`},
		{"also two", serve, serve + "\n  also: [{unit: db}, {listens: 1, unit: db}]", `f:5:22: server.also: an entry has 2 of listens, pid_file, cgroup and unit, expected one (write a list with an entry for each)`},
		{"also port", serve, serve + "\n  also: {listens: \"${pattern}\"}", `f:5:19: server.also.listens: "x" is not a port in a (a number from 1 to 65535)`},
		{"also ports", serve, serve + "\n  also: [{listens: 0}, {listens: 65536}]", "f:5:20: server.also.listens: \"0\" is not a port (a number from 1 to 65535)\nf:5:34: server.also.listens: \"65536\" is not a port (a number from 1 to 65535)"},
		{"also file", serve, serve + "\n  also: {pid_file: \"\"}", `f:5:20: server.also.pid_file: the text is empty`},
		{"also unit", serve, serve + "\n  also: {unit: system.slice/db.service}", `f:5:16: server.also.unit: "system.slice/db.service" is not the name of a unit (like postgresql.service, as systemctl lists it)`},
		{"also text", serve, serve + "\n  also: 5432", `f:5:9: server.also: expected a mapping, found a single value (write key: value pairs)`},
		{"also key", serve, serve + "\n  also: {listen: 5432}", `f:5:10: unknown key "listen" in server.also (did you mean listens?)`},
		{"env name", serve, serve + "\n  env: {A=B: x}", `f:5:9: env: "A=B" is not the name of an environment variable`},

		{"variant of a url ends in a number", serve + "\nvariants:\n  - {name: a, params: {pattern: x}}", "url: http://127.0.0.1:80 # ${pattern}\nvariants:\n  - {name: pool-8, params: {pattern: x}}",
			`f:6:12: variant "pool-8": the ending -8 would be read as a number of processors in the results of a server that already runs (write pool8)`},
		{"matrix of a url ends in a number", serve, "url: http://127.0.0.1:80 # ${pattern}\n  ready: {path: \"/${a}${z}\"}\nmatrix: {z: [a-1, b], a: [c-2]}",
			`f:6:14: matrix.z: "a-1": the ending -1 would be read as a number of processors in the results of a server that already runs (use a params entry of a variant for it)`},

		// Names and variants
		{"undefined name", `"-p=${pattern}"]`, `"-p=${patern}"] # ${pattern}`, `f:4:56: server.command: ${patern} is not defined (did you mean pattern?)`},
		{"undefined in one", second, "  - {name: b}\n", `f:4:56: server.command: ${pattern} has no value in variant b (give it one there, or a default under params)`},
		{"unused", second, "  - {name: b, params: {pattern: y, patern: z}}\n", `f:7:36: variant "b" sets "patern", but no ${patern} uses it (did you mean pattern?)`},
		{"unused but in a comment", second, "  - {name: b, params: {pattern: y, dead: z}} # ${dead}\n", `f:7:36: variant "b" sets "dead", but no ${dead} uses it`},
		{"unused but in the summary", "name: base", "name: base\nsummary: what ${m} does\nmatrix: {m: [1]}", `f:4:10: the matrix sets "m", but no ${m} uses it`},
		{"unused but escaped", `"-p=${pattern}"]`, `"-p=${pattern}$${dead}"]` + "\n  env: {A: \"$${dead}\"}\nmatrix: {dead: [1]}", `f:6:10: the matrix sets "dead", but no ${dead} uses it`},
		{"unclosed", `"-p=${pattern}"`, `"-p=${pattern}${x"`, "f:4:66: server.command: ${ has no closing } (write $${ for a literal ${)"},
		{"no name in braces", `"-p=${pattern}"`, `"-p=${pattern}${a b}"`, `f:4:66: server.command: "a b" is not a name, expected letters, digits, '_', '-' or '.' (write $${ for a literal ${)`},
		{"builtin param", "variants:", "params: {seed: 1}\nvariants:", `f:5:10: params: "seed" is built in (choose another name)`},
		{"param of param", "variants:", "params: {z: \"${seed}\"}\nvariants:", `f:5:14: params.z: ${seed} is not allowed in a value that is itself a replacement (write $${ for a literal ${)`},
		{"variant twice", "name: b,", "name: a,", `f:7:12: variant "a" is given twice, first in line 6 (choose another name)`},
		{"variant name", "name: b,", "name: B/c,", `f:7:12: variants.name: "B/c" is not a name, expected small letters, digits, '.', '_' and - (did you mean b-c?)`},
		{"reserved variant", "name: b,", "name: a-aa,", `f:7:12: variant "a-aa": the ending -aa is reserved for A/A copies (choose another name)`},
		{"aa", "load:", "aa: c\nload:", `f:8:5: aa: there is no variant "c" (did you mean a?)`},
		{"control", "load:", "control: slow\nload:", `f:8:10: control: there is no variant "slow" (known: a, b)`},
		{"matrix value", "load:", "matrix: {m: [a/b, x, x]} # ${m}\nload:", "f:8:14: matrix.m: \"a/b\" is not allowed in a benchmark name, expected letters, digits and . _ : + - (use a params entry of a variant for it)\nf:8:22: matrix.m: \"x\" is given twice (delete one of them)"},
		{"matrix scalar", "load:", "matrix: {m: 10} # ${m}\nload:", `f:8:13: matrix.m: expected a list, found a single value (write [...], or a line with - for each entry)`},
		{"matrix unused", "load:", "matrix: {m: [10]}\nload:", `f:8:10: the matrix sets "m", but no ${m} uses it`},
		{"matrix and variant", "load:", "matrix: {pattern: [u]}\nload:", "f:6:24: variant \"a\" sets \"pattern\", which the matrix sets too (keep one of the two)\nf:7:24: variant \"b\" sets \"pattern\", which the matrix sets too (keep one of the two)"},
		{"matrix of targets", "load:", "matrix: {target: [u]} # ${target}\nload:", `f:8:10: matrix: "target" is reserved in benchmark names (choose another name)`},
		{"matrix reserved", "load:", "matrix: {stream: [u]} # ${stream}\nload:", `f:8:10: matrix: "stream" is reserved in benchmark names (choose another name)`},

		// Load
		{"no load", "load:\n  " + load + "\n", "", `f:1:1: load is missing (add load: with closed or open)`},
		{"both loads", load, load + "\n  closed: {clients: 1, requests: 1}", `f:10:11: load: closed and open cannot both be given (keep one; several loads at once are streams)`},
		{"neither load", load, "timeout: 1s", `f:9:3: load has neither closed nor open (add one of them)`},
		{"closed bounds", load, "closed: {clients: 1}", `f:9:11: load.closed has neither requests nor duration (add one of them)`},
		{"closed both bounds", load, "closed: {clients: 1, requests: 1, duration: 1s}", `f:9:34: load.closed: requests and duration cannot both be given (keep one of them)`},
		{"no clients", load, "closed: {requests: 1}", `f:9:11: load.closed.clients is missing`},
		{"zero clients", load, "closed: {clients: 0, requests: 1}", `f:9:21: load.closed.clients is 0, expected at least 1`},
		{"half a client", load, "closed: {clients: 1.5, requests: 1}", `f:9:21: load.closed.clients: "1.5" is not a whole number from 0 to 1000000000`},
		{"duration without unit", "5s", "5", `f:9:33: load.open.duration: "5" has no unit, expected a duration (did you mean 5s?)`},
		{"duration unit", "5s", "5sec", `f:9:33: load.open.duration: "5sec" is not a duration, expected a number with a unit (ns, us, ms, s, m or h) (did you mean 5s?)`},
		{"duration with space", "5s", "5 s", `f:9:33: load.open.duration: "5 s" is not a duration, expected a number with a unit (ns, us, ms, s, m or h) (did you mean 5s?)`},
		{"negative duration", "5s", "-5s", `f:9:33: load.open.duration: "-5s" is negative, expected a duration of 0s or more`},
		{"zero duration", "5s", "0s", `f:9:33: load.open.duration is 0s, expected more`},
		{"rate without unit", "100/s", "100", `f:9:16: load.open.rate: "100" is not a rate, expected a number and /s, /m or /h (did you mean 100/s?)`},
		{"rate unit", "100/s", "100rps", `f:9:16: load.open.rate: "100rps" is not a rate, expected a number and /s, /m or /h (did you mean 100/s?)`},
		{"zero rate", "100/s", "0/s", `f:9:16: load.open.rate is 0, expected more`},
		{"parameter in load", "100/s", `"${pattern}"`, `f:9:16: load.open.rate: "x" is not a rate, expected a number and /s, /m or /h in a (like 2000/s)`},
		{"too many blocks", "load:", "blocks: 1000000000\nload:", `f:8:9: blocks is 1000000000, expected at most 100000`},
		{"parameter in blocks", "load:", "blocks: ${pattern}\nload:", `f:8:9: blocks: ${...} is not allowed here (use it in command, env, dir, url, tls, ready.path, metrics, build, placement, load, warmup, objectives or targets)`},
		{"arrivals", "5s}", "5s, arrivals: possion}", `f:9:47: load.open.arrivals: "possion" is unknown, expected constant, poisson (did you mean poisson?)`},
		{"stages and rate", "5s}", "5s, stages: [{rate: 1/s, duration: 1s}]}", "f:9:16: load.open: rate and stages cannot both be given (keep one of them)\nf:9:33: load.open: duration and stages cannot both be given (every stage has its own duration)"},
		{"no rate", load, "open: {duration: 5s}", `f:9:9: load.open has neither rate nor stages (add one of them, like rate: 100/s)`},
		{"idle stages", load, "open: {stages: [{rate: 0/s, duration: 1s}]}", `f:9:18: load.open.stages: every rate is 0, expected requests in some stage`},
		{"transport", load, load + "\n  transport: quick", `f:10:14: load.transport: "quick" is unknown, expected fast, std`},
		{"reuse", load, load + "\n  reuse: no", `f:10:10: load.reuse: "no" is neither true nor false`},
		{"connections", load, load + "\n  connections: 0", `f:10:16: load.connections is 0, expected at least 1`},
		{"streams beside", "targets:", "streams:\n  - {name: s, load: {open: {rate: 1/s, duration: 1s}}, targets: [{path: /}]}\ntargets:", "f:9:3: load and streams cannot both be given (move load into the streams)\nf:13:3: targets and streams cannot both be given (move targets into the streams)"},
		{"expect", "targets:", "expect: {ok: [200, 2x], rejected: [\"200\", 999, 429, 429]}\ntargets:", "f:10:20: expect: \"2x\" is not a status, expected a code or a class (like \"404\" or \"2xx\")\nf:10:36: expect: \"200\" is both ok and rejected (delete one of them)\nf:10:43: expect: \"999\" is not a status, expected a code or a class (like \"404\" or \"2xx\")\nf:10:53: status \"429\" is given twice, first in line 10 (choose another name)"},

		// Targets
		{"no targets", "targets:\n  - {path: /}\n", "", `f:1:1: targets is missing (add at least one, like - {path: /})`},
		{"method", target, "{method: get, path: /}", `f:11:14: targets.method: "get" is not a method, expected capital letters (did you mean GET?)`},
		{"path", target, "{path: x}", `f:11:12: targets.path: "x" does not begin with / (did you mean /x?)`},
		{"space in path", target, "{path: /a b}", `f:11:12: targets.path: "/a b" holds ' ', which is not allowed in a path (write %20 for it)`},
		{"letter in path", target, "{path: /ä}", `f:11:12: targets.path: "/ä" holds 'ä', which is not allowed in a path (write %C3%A4 for it)`},
		{"percent in path", target, "{path: /%zz}", `f:11:12: targets.path: "/%zz" is not a path (write %25 for a literal %)`},
		{"weight", target, "{path: /, weight: 0}", `f:11:23: targets.weight is 0, expected at least 1`},
		{"undefined in path", target, "{path: \"/?id=${idd}\"}\nvars: {id: {sequence: [1, 2]}}", `f:11:18: targets.path: ${idd} is not defined (did you mean id?)`},
		{"header", target, "{path: /, headers: {\"A B\": x, C: \"${pattern}\\n\", content-length: 1}}", "f:11:25: targets.headers: \"A B\" is not the name of a header\nf:11:38: targets.headers.C: a header cannot hold line ends or control characters in a\nf:11:54: targets.headers: content-length is set by the harness (delete it)"},
		{"bodies", target, "{path: /, body: x, body_file: testdata/body.txt}\nvars: {id: {values: [1]}}", `f:11:35: targets: body and body_file cannot both be given (keep one of them)`},
		{"body file", target, "{path: /, body_file: testdata/none}", `f:11:26: targets.body_file: there is no file "testdata/none" (the path is relative to the scenario file)`},
		{"name in body file", target, "{path: /, body_file: testdata/body.txt}", "testdata/body.txt:1:4: targets.body_file: ${id} is not defined (known: host, layout, pattern, port, seed, socket, variant)"},
		{"variable elsewhere", `"-p=${pattern}"`, `"-p=${pattern}${id}"`, `f:4:66: server.command: ${id} is not defined (known: host, layout, pattern, port, seed, socket, variant)`},
		{"variable in command", "variants:", "  env: {A: \"${id}\"}\nvars: {id: {values: [1]}}\nvariants:", `f:5:13: server.env.A: ${id} is a variable, which only targets of its stream may use (use a parameter here)`},
		{"variable and parameter", "targets:", "vars: {pattern: {values: [1]}}\ntargets:", `f:10:8: vars.pattern: "pattern" is also a parameter (choose another name)`},
		{"variable without values", "targets:", "vars: {v: {format: x}}\ntargets:", "f:10:11: vars.v has no values, expected sequence, values, file, csv, random or uuid (add one of them)\nf:10:20: vars.v.format is only for a sequence or random numbers (delete it)"},
		{"variable with two", "targets:", "vars: {v: {values: [1], file: x}}\ntargets:", `f:10:31: vars.v: only one of sequence, values, file, csv, random and uuid can be given (keep one of them)`},
		{"uuid", "targets:", "vars: {v: {uuid: false}}\ntargets:", `f:10:18: vars.v.uuid is false, expected true (delete it, or give other values)`},
		{"random", "targets:", "vars: {v: {random: [9, 1]}}\ntargets:", `f:10:24: vars.v.random ends before it begins (did you mean [1, 9]?)`},
		{"format of a UUID", "targets:", "vars: {v: {uuid: true, format: P%d}}\ntargets:", `f:10:32: vars.v.format is only for a sequence or random numbers (delete it)`},
		{"pick", "targets:", "vars: {v: {sequence: [1, 9], pick: ramdom}}\ntargets:", `f:10:36: vars.v.pick: "ramdom" is unknown, expected sequence, random, zipf (did you mean random?)`},
		{"pick of random numbers", "targets:", "vars: {v: {random: [1, 9], pick: zipf}}\ntargets:", `f:10:34: vars.v.pick is only for sequence, values, file and csv (delete it: the values are random already)`},
		{"s alone", "targets:", "vars: {v: {values: [a], s: 1}}\ntargets:", `f:10:28: vars.v.s is only for pick: zipf (delete it, or add pick: zipf)`},
		{"s of 0", "targets:", "vars: {v: {values: [a], pick: zipf, s: 0}}\ntargets:", `f:10:40: vars.v.s is 0, expected more (pick: random takes all values alike)`},
		{"s below 0", "targets:", "vars: {v: {values: [a], pick: zipf, s: -1}}\ntargets:", `f:10:40: vars.v.s: "-1" is not a number from 0 on (like 1.1)`},
		{"sequence", "targets:", "vars: {v: {sequence: [9, 1]}}\ntargets:", `f:10:26: vars.v.sequence ends before it begins (did you mean [1, 9]?)`},
		{"sequence of three", "targets:", "vars: {v: {sequence: [1, 2, 3]}}\ntargets:", `f:10:22: vars.v.sequence has 3 entries, expected the first and the last number (like [0, 9999])`},
		{"format", "targets:", "vars: {v: {sequence: [1, 2], format: P%5d}}\ntargets:", `f:10:38: vars.v.format: "P%5d" is not a format, expected text with one %d or %05d in it (like "P%05d"; %% is a literal %)`},
		{"vars file", "targets:", "vars: {v: {file: testdata/none}}\ntargets:", `f:10:18: vars.v.file: there is no file "testdata/none" (the path is relative to the scenario file)`},
		{"paths of a sequence", target, "{path: \"${p}\"}\nvars: {p: {sequence: [7, 9], format: \"i/%d\"}}", `f:11:13: targets.path: value 1 of ${p}: "i/7" does not begin with / (did you mean /i/7?)`},
		{"path behind a variable", target, "{path: \"${p}/x\"}\nvars: {p: {sequence: [1, 2], format: \"/%d\"}}", `f:11:12: targets.path: "0/x" does not begin with / in a (did you mean /0/x?)`},
		{"header of a sequence", target, "{path: /, headers: {A: \"${p}\"}}\nvars: {p: {sequence: [1, 2], format: \"a\\n%d\"}}", `f:11:29: targets.headers.A: value 1 of ${p}: a header cannot hold line ends or control characters`},
		{"paths", target, "{path: \"${p}\"}\nvars: {p: {values: [/a, b]}}", `f:11:13: targets.path: value 2 of ${p}: "b" does not begin with / (did you mean /b?)`},

		// Objectives
		{"objective", "load:", "objectives: [fast]\nload:", `f:8:14: objectives: "fast" is not an objective, expected a metric, < or >, and a limit (like "p99 < 200ms")`},
		{"metric", "load:", "objectives: [p98 < 1s]\nload:", `f:8:14: objectives: unknown metric "p98" (did you mean p90?)`},
		{"operator", "load:", "objectives: [p99 <= 1s]\nload:", `f:8:14: objectives: unknown operator "<=", expected < or > (did you mean "p99 < 1s"?)`},
		{"direction", "load:", "objectives: [goodput < 1/s]\nload:", `f:8:14: objectives: goodput is better when higher, expected > (did you mean "goodput > 1/s"?)`},
		{"share", "load:", "objectives: [errors < 0.06]\nload:", `f:8:14: objectives: "0.06" is not a share, expected a percentage from 0% to 100% (did you mean 6%?)`},
		{"limit", "load:", "objectives: [p99 < 200]\nload:", `f:8:14: objectives: "200" has no unit, expected a duration (did you mean 200s?)`},
		{"objective twice", "load:", "objectives: [p99 < 1s, p99 < 2s]\nload:", `f:8:24: objective for "p99" is given twice, first in line 8 (choose another name)`},
		{"within-slo", "load:", "objectives: [within-slo > 99%]\nload:", `f:8:14: objectives: within-slo needs a latency objective, whose threshold it uses (add one, like "p99 < 200ms")`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(base, c.from) {
				t.Fatalf("base does not hold %q", c.from)
			}
			_, err := Parse("f", []byte(strings.Replace(base, c.from, c.to, 1)), Options{})
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

// TestBrokenAtOnce has a golden file with everything that is wrong with a
// file that is wrong everywhere.
func TestBrokenAtOnce(t *testing.T) {
	_, err := Load([]string{"testdata/broken.yaml"}, Options{})
	if err == nil {
		t.Fatal("no error")
	}
	got := strings.ReplaceAll(err.Error(), `\`, "/") + "\n"
	golden(t, "testdata/broken.golden", []byte(got))
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got (rewrite with -update)\n%s", path, diff)
	}
}

func TestLoadTwice(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for _, name := range []string{"one.yaml", "two.yaml"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(base), 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	paths = append(paths, filepath.Join(dir, "none.yaml"))
	_, err := Load(paths, Options{})
	var errs Errors
	if !errors.As(err, &errs) || len(errs) != 2 {
		t.Fatalf("got %v, want two errors", err)
	}
	if want := (Error{File: paths[1], Line: 2, Column: 7, Message: `name: "base" is already the name of ` + paths[0], Suggestion: "give every scenario of a run its own name"}); *errs[0] != want {
		t.Errorf("got %v, want %v", errs[0], &want)
	}
	if errs[1].File != paths[2] || errs[1].Line != 1 {
		t.Errorf("got %v, want an error of %s", errs[1], paths[2])
	}
}
