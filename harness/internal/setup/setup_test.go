package setup

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// api answers as the tests need it.
func api(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/login":
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "c1"})
		w.Header().Set("X-Trace", "h1")
		fmt.Fprintf(w, `{"token": "t1", "id": 12345678901234567890, "on": true, "none": null, "list": [1, 2], "method": %q, "auth": %q}`, r.Method, r.Header.Get("Authorization"))
	case "/moved":
		http.Redirect(w, r, "/login", http.StatusFound)
	case "/text":
		fmt.Fprint(w, "order=77;\n"+strings.Repeat("é", 300))
	case "/two":
		fmt.Fprint(w, `{} {}`)
	case "/empty":
	case "/slow":
		<-r.Context().Done()
	default:
		http.Error(w, `{"error": "no such user"}`, http.StatusNotFound)
	}
}

// run makes the setup of a scenario with one server and the given requests.
func run(t *testing.T, steps string, uses ...string) (map[string]string, []Done, error) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(api))
	defer srv.Close()
	path := "/"
	for _, name := range uses {
		path += "${" + name + "}"
	}
	s, err := scenario.Parse("f", []byte(fmt.Sprintf(`version: 1
name: x
server: {url: "%s"}
setup:
%s
load: {closed: {clients: 1, requests: 1}}
targets: [{path: "%s"}]
`, srv.URL, steps, path)), scenario.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient(srv.URL, nil)
	defer c.Close()
	var env scenario.Env
	var all []Done
	err = Run(t.Context(), s, s.Cells()[0], &env, func(string) *Client { return c }, func(d Done) { all = append(all, d) })
	return env.Extracted, all, err
}

func TestEveryWayToExtract(t *testing.T) {
	got, all, err := run(t, `
  - {name: login, path: /login, extract: {token: {json: "$.token"}, id: {json: "$['id']"}, on: {json: "$.on"}, first: {json: "$.list[0]"}, sid: {cookie: sid}, trace: {header: x-trace}}}
  - {name: again, method: POST, path: "/login?on=${on}", headers: {Authorization: "Bearer ${token}"}, extract: {method: {json: "$.method"}, auth: {json: "$.auth"}}}
  - {name: text, path: /text, extract: {order: {regexp: 'order=(\d+);'}}}
  - {name: moved, path: /moved, expect: {status: ["302"]}, extract: {to: {header: Location}}}`,
		"token", "id", "on", "first", "sid", "trace", "method", "auth", "order", "to")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"token": "t1", "id": "12345678901234567890", "on": "true", "first": "1", "sid": "c1", "trace": "h1",
		"method": "POST", "auth": "Bearer t1", "order": "77", "to": "/login"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(all) != 4 || all[1].Step.Path != "/login?on=true" || all[3].Answer.Status != 302 {
		t.Errorf("told of %d requests", len(all))
	}
}

// The error of a request shows its answer, so that what the answer gives has to be known to
// whoever blanks the error, whatever else is wrong.
func TestAFailureTellsWhatWasExtracted(t *testing.T) {
	const both = "extract: {token: {json: $.token}, v: {json: $.v}, sid: {cookie: sid}}"
	for _, c := range []struct{ name, step string }{
		{"another value is missing", "{name: s, path: /login, " + both + "}"},
		{"a wrong status", `{name: s, path: /login, expect: {status: ["201"]}, ` + both + "}"},
		{"a wrong body", "{name: s, path: /login, expect: {body: [{contains: never}]}, " + both + "}"},
	} {
		got, all, err := run(t, "  - "+c.step, "token", "v", "sid")
		if err == nil || !strings.Contains(err.Error(), `{"token": "t1"`) || len(all) > 0 {
			t.Errorf("%s: told of %d requests, error %v, want one that shows the answer", c.name, len(all), err)
		}
		if d := cmp.Diff(map[string]string{"token": "t1", "sid": "c1"}, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// A request that fails is named, with what is wrong and how its answer begins.
func TestFailuresSayWhatCame(t *testing.T) {
	for _, c := range []struct{ name, step, want string }{
		{"status", `{name: s, method: PUT, path: /x}`, "setup s: PUT /x: answered 404, expected 2xx or 3xx\n  the answer begins: {\"error\": \"no such user\"}"},
		{"expected status", `{name: s, path: /login, expect: {status: ["201", "204"]}}`, "answered 200, expected 201 or 204"},
		{"wrong value", `{name: s, path: /login, expect: {body: [{json: $.token, equals: t2}]}}`, "setup s: GET /login: wrong: $.token is not \"t2\"\n  the answer begins: {"},
		{"wrong header", `{name: s, path: /login, expect: {headers: {X-Trace: "^h2$"}}}`, `wrong: header X-Trace does not match "^h2$"`},
		{"no JSON", `{name: s, path: /text, extract: {v: {json: "$.v"}}}`, "setup s: GET /text: extract v (json $[\"v\"]): the answer is no JSON: invalid character 'o' looking for beginning of value\n  the answer begins: order=77; éé"},
		{"more than JSON", `{name: s, path: /two, extract: {v: {json: "$.v"}}}`, "the answer is no JSON: more follows the first value"},
		{"empty", `{name: s, path: /empty, extract: {v: {json: "$.v"}}}`, "the answer is no JSON: EOF\n  the answer is empty"},
		{"not there", `{name: s, path: /login, extract: {v: {json: "$.v"}}}`, "the path selects 0 values, expected one"},
		{"many", `{name: s, path: /login, extract: {v: {json: "$.list[*]"}}}`, "the path selects 2 values, expected one"},
		{"null", `{name: s, path: /login, extract: {v: {json: "$.none"}}}`, "the value is null"},
		{"list", `{name: s, path: /login, extract: {v: {json: "$.list"}}}`, "the value is an object or a list"},
		{"header", `{name: s, path: /login, extract: {v: {header: X-None}}}`, "extract v (header X-None): the answer has no such header"},
		{"cookie", `{name: s, path: /login, extract: {v: {cookie: none}}}`, "extract v (cookie none): the answer sets no such cookie"},
		{"regexp", `{name: s, path: /login, extract: {v: {regexp: 'x(y)z'}}}`, "extract v (regexp x(y)z): nothing in the answer matches"},
		{"empty value", `{name: s, path: /login, extract: {v: {json: "$.auth"}}}`, "the value is empty"},
		{"no answer", `{name: s, path: /slow, timeout: 50ms}`, "setup s: GET /slow: no answer within 50ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var uses []string
			if strings.Contains(c.step, "extract") {
				uses = []string{"v"}
			}
			_, _, err := run(t, "  - "+c.step, uses...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if err != nil && len(err.Error()) > 500 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestHook(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of a Unix shell")
	}
	dir := t.TempDir()
	for _, c := range []struct {
		name, script string
		timeout      time.Duration
		want         []string // in the error; none if it succeeds
	}{
		{"succeeds", "pwd", time.Minute, nil},
		{"fails", "echo cannot reset; exit 3", time.Minute, []string{"prepare: exit status 3", "command: sh -c 'echo cannot reset; exit 3'", "cannot reset"}},
		{"says nothing", "exit 1", time.Minute, []string{"it printed nothing"}},
		{"never ends", "sleep 3600", 50 * time.Millisecond, []string{"it did not end within 50ms: make it faster, or raise prepare.timeout"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Hook(t.Context(), &scenario.Hook{Command: []string{"sh", "-c", c.script}, Dir: dir, Timeout: c.timeout}, "prepare")
			if (err == nil) != (c.want == nil) {
				t.Fatalf("error %v", err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
	err := Hook(t.Context(), &scenario.Hook{Command: []string{"./none"}, Dir: dir, Timeout: time.Minute}, "cleanup")
	if err == nil || !strings.Contains(err.Error(), "cleanup: cannot start: ") || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v", err)
	}
	if err := Hook(t.Context(), nil, "cleanup"); err != nil {
		t.Errorf("no hook: %v", err)
	}
}
