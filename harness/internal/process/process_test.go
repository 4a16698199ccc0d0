package process

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// The test binary is its own server under test.
func TestMain(m *testing.M) {
	switch kind := os.Getenv("TEST_SERVER"); kind {
	case "":
		goleak.VerifyTestMain(m)
	case "good":
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		go http.ListenAndServe(os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
		<-stop
		os.Exit(7)
	case "dies":
		fmt.Println("cannot open the database")
		os.Exit(3)
	case "deaf":
		l, _ := net.Listen("tcp", os.Args[1])
		fmt.Println("listening")
		for {
			l.Accept() // and never an answer
		}
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		http.ListenAndServe(os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	default:
		away(kind)
	}
}

func spec(t *testing.T, kind string) Spec {
	t.Helper()
	port, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	return Spec{
		Name: "server", Command: []string{os.Args[0], addr}, Env: map[string]string{"TEST_SERVER": kind},
		Ready: "http://" + addr + "/", ReadyTimeout: 2 * time.Minute, StopSignal: "TERM", StopTimeout: 2 * time.Minute,
	}
}

func TestServerLivesAndStops(t *testing.T) {
	s := spec(t, "good")
	if runtime.GOOS == "linux" {
		s.CPUs = []int{0}
	}
	p, err := Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if u, ok := p.Use(); runtime.GOOS == "linux" && (!ok || u.PeakRSSBytes < 1<<20 || u.Threads < 1) {
		t.Errorf("usage %+v, %v", u, ok)
	}
	p.Stop()
	if got := p.Exit(); got != "exit status 7" {
		t.Errorf("it ended with %s, want exit status 7: its own answer to SIGTERM", got)
	}
}

func TestStubbornServerIsKilled(t *testing.T) {
	s := spec(t, "stubborn")
	s.StopTimeout = 50 * time.Millisecond
	p, err := Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if got := p.Exit(); got != "signal: killed" {
		t.Errorf("it ended with %s", got)
	}
}

func TestStartFailuresSayWhy(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Spec)
		want []string
	}{
		{"dies", func(*Spec) {}, []string{"exited before it was ready (exit status 3)", "cannot open the database"}},
		{"deaf", func(s *Spec) { s.ReadyTimeout = time.Second }, []string{"not ready within 1s", "GET http://127.0.0.1"}},
		{"none", func(s *Spec) { s.Command = []string{"./no-such-server"} }, []string{"cannot start", "build it first", "it printed nothing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := spec(t, c.name)
			c.edit(&s)
			_, err := Start(t.Context(), s)
			var start *StartError
			if !errors.As(err, &start) {
				t.Fatalf("error %v, want a *StartError", err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	l := newTail(1000)
	for i := range 500 {
		fmt.Fprintf(l, "line %d\n", i)
	}
	lines := strings.Split(l.String(), "\n")
	if len(lines) != tailLines || lines[tailLines-1] != "line 499" {
		t.Errorf("tail %q", lines)
	}
}

func TestParseMetrics(t *testing.T) {
	got, err := parseMetrics(strings.NewReader(`# TYPE go_goroutines gauge
go_goroutines 12
# TYPE requests_total counter
requests_total{outcome="ok"} 3
requests_total{outcome="error"} 4
# TYPE go_gc_duration_seconds summary
go_gc_duration_seconds{quantile="0"} 0.001
go_gc_duration_seconds_sum 0.5
go_gc_duration_seconds_count 9
# TYPE app_goroutines_peak gauge
app_goroutines_peak 99
`))
	if err != nil {
		t.Fatal(err)
	}
	want := Metrics{"go_goroutines": 12, "requests_total": 7, "go_gc_duration_seconds_sum": 0.5, "go_gc_duration_seconds_count": 9, "app_goroutines_peak": 99}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if v := got.Suffix("goroutines_peak"); v == nil || *v != 99 {
		t.Errorf("peak %v", v)
	}
	if _, err := parseMetrics(strings.NewReader("{not metrics")); err == nil {
		t.Error("no error for text that is no metrics")
	}
}

func TestQuote(t *testing.T) {
	if got := Quote([]string{"bin/x", "-a=b", "two words", "it's", ""}); got != `bin/x -a=b 'two words' 'it'\''s' ''` {
		t.Error(got)
	}
}

// A server that takes connections is ready by tcp://, whatever it answers.
func TestReadyByConnection(t *testing.T) {
	s := spec(t, "deaf")
	s.Ready = strings.TrimSuffix(strings.Replace(s.Ready, "http:", "tcp:", 1), "/")
	p, err := Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if p.KeepAlive {
		t.Error("a connection tells nothing of keep-alive")
	}
	p.Stop()
}
