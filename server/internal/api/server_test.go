package api

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/store"
	"github.com/assay-bench/assay/server/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// subject is a running server under test.
type subject struct {
	*httptest.Server
	api *API
}

// settings are the parts of a subject that tests vary. Zero fields get defaults.
type settings struct {
	pattern string
	config  pattern.Config
	store   store.Store
	timeout time.Duration
}

func newAPI(t testing.TB, s settings) *API {
	t.Helper()
	spec, found := pattern.Find(s.pattern)
	if !found {
		t.Fatalf("no pattern %q", s.pattern)
	}
	if s.config.Workers == 0 {
		s.config.Workers = 16
	}
	if s.config.QueueSize == 0 {
		s.config.QueueSize = 10_000
	}
	if s.config.RateLimit == 0 {
		s.config.RateLimit, s.config.RateBurst = 1e6, 1e6
	}
	if s.timeout == 0 {
		s.timeout = time.Minute // so that no request fails where a machine is slow
	}
	if s.store == nil {
		s.store = store.NewSim(store.SimConfig{})
	}
	p := spec.New(s.config)
	t.Cleanup(p.Close)
	return New(Config{
		Spec: spec, Pattern: p, Store: s.store, Recorder: telemetry.NewRecorder(),
		Log: slog.New(slog.DiscardHandler), QueryTimeout: s.timeout,
	})
}

func start(t testing.TB, s settings) *subject {
	t.Helper()
	a := newAPI(t, s)
	server := httptest.NewServer(a)
	server.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 1000
	t.Cleanup(server.Close)
	return &subject{server, a}
}

// reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	closes bool // the server asked to close the connection
	body   []byte
	answer answer
}

// get asks for a path and decodes the answer's JSON.
func (s *subject) get(t testing.TB, path string, headers ...string) reply {
	t.Helper()
	return s.do(t, http.MethodGet, path, headers...)
}

func (s *subject) do(t testing.TB, method, path string, headers ...string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.Client().Do(request)
	if err != nil {
		t.Errorf("%s %s: %v", method, path, err)
		return reply{}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("%s %s: read body: %v", method, path, err)
	}
	r := reply{status: response.StatusCode, header: response.Header, closes: response.Close, body: body}
	if method != http.MethodHead && response.Header.Get("Content-Type") == contentJSON {
		if err := json.Unmarshal(body, &r.answer); err != nil {
			t.Errorf("%s %s: %v in %q", method, path, err, body)
		}
	}
	return r
}

// everyPattern runs a test once for each line of the table.
func everyPattern(t *testing.T, test func(t *testing.T, name string)) {
	for _, spec := range pattern.Table() {
		t.Run("pattern="+spec.Name, func(t *testing.T) { test(t, spec.Name) })
	}
}
