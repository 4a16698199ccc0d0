package attack

import (
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/results"
)

// answerChecked answers request k in one of eight ways, of which the first and the last
// are right.
func answerChecked(w http.ResponseWriter, r *http.Request) {
	k, _ := strconv.Atoi(r.FormValue("k"))
	w.Header().Set("X-Kind", "order")
	body := `{"id":7,"text":"` + strings.Repeat("é", 150) + `"}`
	switch k % 8 {
	case 1:
		w.WriteHeader(http.StatusTeapot)
	case 2:
		w.Header().Set("X-Kind", "other")
	case 3:
		body = `{"error":"<b>no such order</b>"}`
	case 4:
		body = "\xff" + strings.Repeat("x", 300)
	case 5:
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
	case 6: // in chunks
		io.WriteString(w, `{"id":`)
		w.(http.Flusher).Flush()
		body = `8}`
	case 7:
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, body)
		z.Close()
		return
	}
	io.WriteString(w, body)
}

// What is wrong with an answer is found on every way, counted by reason, and shown by
// the earliest example. Refusals stay refusals.
func TestAnswersAreChecked(t *testing.T) {
	path, err := expect.ParsePath("$.id")
	if err != nil {
		t.Fatal(err)
	}
	is7, err := path.Equals(7)
	if err != nil {
		t.Fatal(err)
	}
	checks := &expect.Checks{
		Status:  map[int]bool{200: true},
		Headers: []expect.HeaderCheck{{Name: "X-Kind", Pattern: regexp.MustCompile("^order$")}},
		Body:    []expect.BodyCheck{expect.Contains(`:`), is7},
	}
	const each = 4
	want := map[string]results.WrongAnswer{
		"wrong: status 418":                             {Request: 1, Status: 418, Body: `{"id":7,"text":"` + strings.Repeat("é", 92)},
		`wrong: header X-Kind does not match "^order$"`: {Request: 2, Status: 200, Body: `{"id":7,"text":"` + strings.Repeat("é", 92)},
		"wrong: $.id is not there":                      {Request: 3, Status: 200, Body: `{"error":"<b>no such order</b>"}`},
		`wrong: body does not contain ":"`:              {Request: 4, Status: 200, Body: "\uFFFD" + strings.Repeat("x", 199)},
		"wrong: $.id is not 7":                          {Request: 6, Status: 200, Body: `{"id":8}`},
	}
	counts := map[string]uint64{}
	for reason := range want {
		counts[reason] = each
	}
	plain := httptest.NewServer(http.HandlerFunc(answerChecked))
	t.Cleanup(plain.Close)
	srv, client := checkedTLS(t, answerChecked)
	for name, cfg := range map[string]Config{
		"fast": {URL: plain.URL}, "request by request": {URL: plain.URL, lean: true}, "std": {URL: plain.URL, Standard: true},
		"https": {URL: srv.URL, TLS: client}, "https, std": {URL: srv.URL, TLS: client, Standard: true},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.Clients, cfg.Requests, cfg.Timeout, cfg.Connections = 3, 8*each, time.Minute, 3
			cfg.Checks = []*expect.Checks{checks}
			if !haveLanes && strings.HasPrefix(cfg.URL, "https") && !cfg.Standard {
				t.Skip("the fast transport speaks TLS in lanes alone")
			}
			res, _ := runAt(t, cfg)
			if d := cmp.Diff(results.Outcomes{OK: 2 * each, Rejected: each, Error: 5 * each}, res.Outcomes); d != "" {
				t.Errorf("outcomes (-want +got):\n%s", d)
			}
			if d := cmp.Diff(counts, res.Errors); d != "" {
				t.Errorf("reasons (-want +got):\n%s", d)
			}
			if d := cmp.Diff(want, res.Wrong); d != "" {
				t.Errorf("examples (-want +got):\n%s", d)
			}
		})
	}
}

// Every target has checks of its own, and what failed is counted for it.
func TestChecksOfTargets(t *testing.T) {
	res, _ := run(t, Config{
		Clients: 2, Requests: 40, Timeout: time.Minute, Connections: 2,
		Targets: []string{"strict", "free"}, Target: func(k uint64) int { return int(k % 2) },
		Checks: []*expect.Checks{{Status: map[int]bool{404: true}, Body: []expect.BodyCheck{expect.Length(3)}}, nil},
	}, func(w http.ResponseWriter, r *http.Request) {
		k, _ := strconv.Atoi(r.FormValue("k"))
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, strings.Repeat("x", 3+k%4/2)) // of requests 0, 4, 8, … three bytes
	})
	// To the second target a 404 is wrong as it ever was, without a reason.
	if d := cmp.Diff(results.Outcomes{OK: 10, Error: 30}, res.Outcomes); d != "" {
		t.Errorf("outcomes (-want +got):\n%s", d)
	}
	for i, want := range []map[string]uint64{{"wrong: body is not 3 bytes long": 10}, {}} {
		if d := cmp.Diff(want, res.Targets[i].Errors); d != "" {
			t.Errorf("%s (-want +got):\n%s", res.Targets[i].Name, d)
		}
	}
}

// Without checks nothing of an answer is kept.
func TestNothingIsKeptWithoutChecks(t *testing.T) {
	cfg := Config{Request: get, Checks: []*expect.Checks{nil, {}}, Targets: []string{"a", "b"}, Target: func(k uint64) int { return int(k) }}
	for k, want := range []bool{false, true} {
		var m Message
		if cfg.request(&m, uint64(k)); m.Keep != want {
			t.Errorf("target %d: kept %v", k, m.Keep)
		}
	}
	cfg.Checks = nil
	m := Message{Keep: true}
	if cfg.request(&m, 1); m.Keep {
		t.Error("kept without checks")
	}
}

// A secret is blanked before the example is cut, so that no part of it is left.
func TestSecretsInExamplesAreBlanked(t *testing.T) {
	const secret = "0123456789abcdef"
	e := &ledger.Entry{Answer: &message.Kept{Body: []byte(strings.Repeat("x", 190) + secret + "y")}}
	blank := func(s string) string { return strings.ReplaceAll(s, secret, "[blanked]") }
	if got, want := beginning(e, blank), strings.Repeat("x", 190)+"[blanked]y"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := beginning(e, nil); len(got) != mostExample || !strings.HasSuffix(got, "x0123456789") {
		t.Errorf("without a secret: %q", got)
	}
}

func TestExampleIsCutBetweenCharacters(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"", ""},
		{strings.Repeat("a", 200), strings.Repeat("a", 200)},
		{strings.Repeat("a", 199) + "é", strings.Repeat("a", 199)},
		{strings.Repeat("a", 198) + "é", strings.Repeat("a", 198) + "é"},
		{strings.Repeat("a", 197) + "😀b", strings.Repeat("a", 197)},
		{strings.Repeat("\x80", 201), strings.Repeat("\uFFFD", 1)},
	} {
		if got := text([]byte(c.body)); got != c.want {
			t.Errorf("%q: %q, want %q", c.body, got, c.want)
		}
	}
}

// checkedTLS returns a server of TLS, and what a client has to know of it.
func checkedTLS(t *testing.T, h http.HandlerFunc) (*httptest.Server, *tls.Config) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	return srv, &tls.Config{RootCAs: roots}
}
