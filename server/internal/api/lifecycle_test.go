package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/store"
)

func TestPanicIsAnsweredAndTheServerLives(t *testing.T) {
	everyPattern(t, func(t *testing.T, name string) {
		st := &scripted{query: func(_ context.Context, id patient.ID) error {
			if id == "P00013" {
				panic("the store broke")
			}
			return nil
		}}
		s := start(t, settings{pattern: name, store: st, config: pattern.Config{Workers: 2}})
		for range 5 { // more than there are workers: none may be lost
			r := s.get(t, "/api/v1/patients?id=P00013", "X-Request-ID", "tag")
			if r.status != http.StatusInternalServerError || r.answer.Error != "internal error" || r.answer.RequestID != "tag" {
				t.Errorf("answer to a panic: %d %s", r.status, r.body)
			}
			if !serverTiming.MatchString(r.header.Get("Server-Timing")) {
				t.Errorf("Server-Timing %q", r.header.Get("Server-Timing"))
			}
		}
		if r := s.get(t, "/api/v1/patients?id=P00014"); r.status != http.StatusOK {
			t.Errorf("after the panics: %d %s", r.status, r.body)
		}
		got := s.api.recorder.Snapshot(s.api.state())
		if got.Panics != 5 || got.Requests["error"] != 5 || got.InFlight != 0 {
			t.Errorf("metrics: %d panics, requests %v, %d in flight", got.Panics, got.Requests, got.InFlight)
		}
	})
}

func TestPanicOutsideOfTheWork(t *testing.T) {
	s := start(t, settings{pattern: "naive", store: &scripted{ping: func(context.Context) error { panic("no ping") }}})
	if r := s.get(t, "/health"); r.status != http.StatusInternalServerError || r.answer.Error != "internal error" {
		t.Errorf("got %d %s", r.status, r.body)
	}
	if r := s.get(t, "/livez"); r.status != http.StatusOK {
		t.Errorf("after the panic: %d", r.status)
	}
}

func TestReadinessFollowsTheStore(t *testing.T) {
	var down error
	s := start(t, settings{pattern: "naive", store: &scripted{ping: func(context.Context) error { return down }}})
	for _, test := range []struct {
		down   error
		status int
	}{{nil, 200}, {errors.New("connection refused by db.internal"), 503}, {nil, 200}} {
		down = test.down
		for _, path := range []string{"/health", "/readyz"} {
			r := s.get(t, path)
			if r.status != test.status {
				t.Errorf("%s with %v: %d, want %d", path, test.down, r.status, test.status)
			}
			if strings.Contains(string(r.body), "db.internal") {
				t.Errorf("%s tells the store's inside: %s", path, r.body)
			}
		}
		if r := s.get(t, "/livez"); r.status != http.StatusOK {
			t.Errorf("/livez with %v: %d", test.down, r.status)
		}
	}
}

func TestQueryClassesSetTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // its clock stands still while a request is on its way
		var remaining time.Duration
		st := &scripted{query: func(ctx context.Context, _ patient.ID) error {
			at, _ := ctx.Deadline()
			remaining = time.Until(at)
			return nil
		}}
		a := newAPI(t, settings{pattern: "workerpool", store: st, timeout: 7 * time.Second})
		for _, test := range []struct {
			class     string
			status    int
			remaining time.Duration
		}{
			{"", 200, 7 * time.Second},
			{"standard", 200, 7 * time.Second},
			{"critical", 200, 2 * time.Second},
			{"batch", 200, 30 * time.Second},
			{"urgent", 400, 0},
		} {
			remaining = 0
			request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/patients?id=P00001", nil)
			request.Header.Set("X-Query-Class", test.class)
			r := httptest.NewRecorder()
			a.ServeHTTP(r, request)
			if r.Code != test.status || remaining != test.remaining {
				t.Errorf("class %q: status %d with %v left, want %d with %v", test.class, r.Code, remaining, test.status, test.remaining)
			}
		}
	})
}

// The server's limit on answers is far below a batch's latency here: its answer
// arrives all the same, because a long deadline extends the limit.
func TestLongDeadlinesOutliveTheWriteLimit(t *testing.T) {
	a := newAPI(t, settings{pattern: "naive", store: store.NewSim(store.SimConfig{
		MinLatency: 100 * time.Millisecond, MaxLatency: 100 * time.Millisecond,
	})})
	server := httptest.NewUnstartedServer(a)
	server.Config.WriteTimeout = 10 * time.Millisecond
	server.Start()
	defer server.Close()
	s := &subject{server, a}
	if r := s.get(t, "/api/v1/patients?id=P00001", "X-Query-Class", "batch"); r.status != http.StatusOK {
		t.Errorf("status %d %s", r.status, r.body)
	}
}

func TestMissedDeadlineGives504(t *testing.T) {
	everyPattern(t, func(t *testing.T, name string) {
		s := start(t, settings{pattern: name, store: newGate(), timeout: 5 * time.Millisecond})
		r := s.get(t, "/api/v1/patients?id=P00001", "X-Request-ID", "tag")
		if r.status != http.StatusGatewayTimeout || r.answer.Error == "" || r.answer.RequestID != "tag" {
			t.Errorf("got %d %s", r.status, r.body)
		}
	})
}

func TestQueryEndsWhenTheClientLeaves(t *testing.T) {
	everyPattern(t, func(t *testing.T, name string) {
		g := newGate()
		s := start(t, settings{pattern: name, store: g})
		ctx, leave := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/v1/patients?id=P00001", nil)
		if err != nil {
			t.Fatal(err)
		}
		failed := make(chan error, 1)
		go func() {
			response, err := s.Client().Do(request)
			if err == nil {
				response.Body.Close()
			}
			failed <- err
		}()
		<-g.entered
		leave()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("client: %v", err)
		}
		eventually(t, func() bool { return s.api.recorder.InFlight() == 0 })
		if got := s.api.recorder.Snapshot(s.api.state()).Requests["canceled"]; got != 1 {
			t.Errorf("%d canceled, want 1", got)
		}
	})
}

// Readiness fails, and requests are still answered; their clients are told to close.
func TestDrainAnswersWhileReadinessFails(t *testing.T) {
	g := newGate()
	s := start(t, settings{pattern: "workerpool", store: g})
	wait := fill(t, s, 3)
	s.api.Drain()
	if r := s.get(t, "/health"); r.status != http.StatusServiceUnavailable {
		t.Errorf("/health while draining: %d", r.status)
	}
	if r := s.get(t, "/livez"); r.status != http.StatusOK {
		t.Errorf("/livez while draining: %d", r.status)
	}
	close(g.open)
	if r := s.get(t, "/api/v1/patients?id=P00042"); r.status != http.StatusOK || !r.closes {
		t.Errorf("late request: %d, told to close: %v", r.status, r.closes)
	}
	for _, r := range wait() {
		if r.status != http.StatusOK {
			t.Errorf("request in flight: %d %s", r.status, r.body)
		}
	}
}

// More clients than an accept queue of 128 would hold, all at once.
func TestManyClientsConnectAtOnce(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems' default accept queues are short")
	}
	const clients = 1200
	s := start(t, settings{pattern: "optimized"})
	address := s.Listener.Addr().String()
	var ready, running sync.WaitGroup
	ready.Add(clients)
	for i := range clients {
		running.Go(func() {
			ready.Done()
			ready.Wait()
			if err := ask(address, "GET /api/v1/patients?id="+string(patient.Numbered(i))+" HTTP/1.0\r\n\r\n"); err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		})
	}
	running.Wait()
	if got := s.api.recorder.Snapshot(s.api.state()).Requests["ok"]; got != clients {
		t.Errorf("%d answered, want %d", got, clients)
	}
}

// ask sends one request over a connection of its own and wants status 200.
func ask(address, request string) error {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, request); err != nil {
		return err
	}
	answer, err := io.ReadAll(connection)
	if err == nil && !bytes.Contains(answer, []byte(" 200 OK\r\n")) {
		err = errors.New("answer " + string(answer))
	}
	return err
}

func TestLogsCarryNoPatientData(t *testing.T) {
	var log lockedBuffer
	s := start(t, settings{pattern: "workerpool"})
	s.api.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var record patient.Record
	patient.Generate("P00042", &record)
	s.get(t, "/api/v1/patients?id=P00042", "X-Request-ID", "tag-1")
	s.get(t, "/api/v1/patients?id=P99999999")
	text := log.String()
	if !strings.Contains(text, "request_id=tag-1") || strings.Count(text, "msg=request ") != 2 {
		t.Errorf("want one line per request at debug level, got:\n%s", text)
	}
	for _, secret := range []string{"P00042", "P99999999", record.LastName, record.MedicalRecordNumber} {
		if strings.Contains(text, secret) {
			t.Errorf("the log tells %q:\n%s", secret, text)
		}
	}
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
