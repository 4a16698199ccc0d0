package trial

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// shop is a server with accounts. Nobody sees what belongs to another run: the session
// is in a cookie, and the token and the order are of the user who logged in.
type shop struct {
	mu    sync.Mutex
	bad   []string // requests that came with what belongs to another run
	plain string   // user whose logins have no token
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user := r.FormValue("user")
	session, _ := r.Cookie("session")
	switch {
	case r.URL.Path == "/login":
		if session != nil {
			s.wrong(r)
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: user, Path: "/"})
		http.SetCookie(w, &http.Cookie{Name: "elsewhere", Value: user, Path: "/elsewhere"})
		if user == s.plain {
			fmt.Fprint(w, `{}`)
			return
		}
		fmt.Fprintf(w, `{"token": "token-of-%s"}`, user)
		return
	case session == nil || session.Value != user || r.Header.Get("Cookie") != "lang=en; session="+user && r.URL.Path == "/list",
		r.Header.Get("Authorization") != "token-of-"+user:
		s.wrong(r)
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	case r.URL.Path == "/list":
		fmt.Fprintf(w, "<a href='/buy/item-%s?user=%[1]s'>", user)
	case r.URL.Path != "/buy/item-"+user:
		s.wrong(r)
	}
}

// wrong notes a request that came with what is not its own.
func (s *shop) wrong(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bad = append(s.bad, fmt.Sprint(r.URL, r.Header))
}

const shopping = `version: 1
name: shopping
server: {url: "%s", ready: {path: "/login?user=ready"}}
load: {%s, transport: %s, connections: 4}
vars: {user: {sequence: [100, 999], format: "u%%d"}}
cookies: true
flow:
  - {name: login, method: POST, path: "/login?user=${user}", extract: {token: {json: "$.token"}}}
  - {name: list, path: "/list?user=${user}", headers: {Authorization: "${token}", Cookie: lang=en}, extract: {next: {regexp: "href='([^']+)'"}}, repeat: 2}
  - {pause: 5ms}
  - {name: buy, path: "${next}", headers: {Authorization: "${token}"}}
warmup: 100ms
`

// Variables, cookies and what was extracted belong to one run of a flow.
func TestFlowsKeepToThemselves(t *testing.T) {
	for _, load := range []string{"closed: {clients: 4, requests: 60}", "open: {rate: 200/s, duration: 300ms}"} {
		for _, transport := range []string{"fast", "std"} {
			t.Run(load+" "+transport, func(t *testing.T) {
				s := new(shop)
				srv := httptest.NewServer(s)
				defer srv.Close()
				res := run(t, fmt.Sprintf(shopping, srv.URL, load, transport)).Trial.Streams[0]
				if res.Recorded != 60 || res.Outcomes.OK != 60 || len(res.Targets) != 4 {
					t.Errorf("%d flows, %+v, %d targets, %v", res.Recorded, res.Outcomes, len(res.Targets), res.Errors)
				}
				if list := res.Targets[1]; list.Name != "list" || list.Outcomes.OK != 120 {
					t.Errorf("%s was answered %+v", list.Name, list.Outcomes)
				}
				if len(s.bad) > 0 {
					t.Errorf("%d requests came with what was not theirs: %s", len(s.bad), s.bad[0])
				}
			})
		}
	}
}

// A value that is not there makes the answer wrong, and ends the run.
func TestAMissingValueIsAWrongAnswer(t *testing.T) {
	s := &shop{plain: "u103"}
	srv := httptest.NewServer(s)
	defer srv.Close()
	res := run(t, strings.Replace(fmt.Sprintf(shopping, srv.URL, "closed: {clients: 1, requests: 10}", "fast"), "warmup: 100ms", "warmup: 0s", 1)).Trial.Streams[0]
	const reason = `wrong: extract token (json $["token"]): the path selects nothing`
	if res.Recorded != 10 || res.Outcomes.OK != 9 || res.Errors["step login: "+reason] != 1 {
		t.Errorf("%d flows, %+v, %v", res.Recorded, res.Outcomes, res.Errors)
	}
	if login := res.Targets[0]; login.Wrong[reason].Request != 3*4 || login.Wrong[reason].Body != "{}" {
		t.Errorf("login: %v", login.Wrong)
	}
}

// Try makes a flow once, and shows of what it extracted how long it is and where it stood.
func TestTryAFlow(t *testing.T) {
	s := new(shop)
	srv := httptest.NewServer(s)
	defer srv.Close()
	try := func(text string) (string, error) {
		sc, err := scenario.Parse("f", []byte(fmt.Sprintf(text, srv.URL, "closed: {clients: 1, requests: 1}", "fast")), scenario.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err = Try(t.Context(), Spec{Scenario: sc, Cell: sc.Cells()[0], Planned: results.Planned{Scenario: sc.Name, Block: 1, Seed: 1}}, &out)
		return regexp.MustCompile(`\d+\.\d ms|127.0.0.1:\d+`).ReplaceAllString(out.String(), "T"), err
	}
	got, err := try(shopping)
	want := `server server     ready at http://T after T
login             POST /login?user=u100: 200 in T, which counts as ok; 26 bytes, text/plain; charset=utf-8; token: 13 characters from json $["token"]; cookies set: 2
list              GET /list?user=u100: 200 in T, which counts as ok; 35 bytes, text/html; charset=utf-8; next: 24 characters from regexp href='([^']+)'
list              GET /list?user=u100: 200 in T, which counts as ok; 35 bytes, text/html; charset=utf-8; next: 24 characters from regexp href='([^']+)'
buy               GET [blanked: next]: 200 in T, which counts as ok; 0 bytes, no content type
flow              made in T with all pauses
`
	if got != want || err != nil {
		t.Errorf("error %v\n%s", err, got)
	}
	s.plain = "u100"
	got, err = try(shopping)
	want = `server server     ready at http://T after T
login             POST /login?user=u100: 200 in T, which counts as error; 2 bytes, text/plain; charset=utf-8; cookies set: 2
                  wrong: extract token (json $["token"]): the path selects nothing
                  the answer begins: {}
flow              ended by step 1 of 4 after T
`
	if got != want || !errors.Is(err, ErrWrong) {
		t.Errorf("error %v\n%s", err, got)
	}
}
