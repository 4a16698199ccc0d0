package attack

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/schedule"
)

// A connection that served before and was closed by the server is dialled again
// once, and that is counted; the request is sent no second time otherwise.
func TestClosedConnectionIsDialledAgainOnce(t *testing.T) {
	url := serveRaw(t, func(conn, request int) (string, bool) {
		if request == 1 {
			return "", true // the second request of every connection finds it closed
		}
		return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false
	})
	res, _ := runAt(t, Config{URL: url, Clients: 1, Requests: 6, Timeout: time.Minute, Connections: 1})
	if res.Outcomes.OK != 6 || res.Redials != 5 || res.Connections != 6 {
		t.Errorf("ok %d, redials %d, connections %d, want 6, 5 and 6", res.Outcomes.OK, res.Redials, res.Connections)
	}
}

// An answer to a HEAD needs no length to leave the connection open.
func TestHeadKeepsItsConnection(t *testing.T) {
	for _, c := range []struct {
		name   string
		length string // that the handler sets
		closes bool
		want   uint64 // connections for 20 requests
	}{
		{"without a length", "", false, 1},
		{"with a length", "5", false, 1},
		{"closed", "", true, 20},
	} {
		for _, std := range []bool{false, true} {
			res, _ := run(t, Config{
				Clients: 1, Requests: 20, Timeout: time.Minute, Connections: 1, Standard: std,
				Request: func(m *Message, k uint64) {
					get(m, k)
					m.Method = http.MethodHead
				},
			}, func(w http.ResponseWriter, r *http.Request) {
				if c.length != "" {
					w.Header().Set("Content-Length", c.length)
				}
				if c.closes {
					w.Header().Set("Connection", "close")
				}
			})
			if res.Outcomes.OK != 20 || res.Connections != c.want || res.Redials != 0 {
				t.Errorf("%s, standard=%v: %d ok, %d connections, %d redials, want 20, %d and 0",
					c.name, std, res.Outcomes.OK, res.Connections, res.Redials, c.want)
			}
		}
	}
}

func TestConnectionsAreBoundedAndWaitedFor(t *testing.T) {
	var mu sync.Mutex
	seen := map[int]bool{}
	url := serveRaw(t, func(conn, request int) (string, bool) {
		mu.Lock()
		seen[conn] = true
		mu.Unlock()
		time.Sleep(20 * time.Millisecond) // the work of the server
		return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false
	})
	// 100/s of 20 ms each need two connections and have one.
	s, err := schedule.New([]schedule.Stage{schedule.Flat(100, 200*time.Millisecond)}, schedule.Constant, 1)
	if err != nil {
		t.Fatal(err)
	}
	res, _ := runAt(t, Config{URL: url, Schedule: s, Duration: 200 * time.Millisecond, Timeout: time.Minute, Connections: 1})
	mu.Lock()
	connections := len(seen)
	mu.Unlock()
	if connections != 1 || res.Outcomes.OK != 20 {
		t.Errorf("%d connections, %d ok, want 1 and 20", connections, res.Outcomes.OK)
	}
	wait, service := res.Parts["conn-wait.ok"].Max, res.Parts["service.ok"].At(0.50)
	if wait == nil || service == nil || *wait < *service {
		t.Errorf("longest wait for a connection %v, median service %v: the wait is missing", wait, service)
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	a, err := New(Config{URL: "http://" + l.Addr().String(), Clients: 1, Requests: 3, Timeout: time.Minute, Connections: 1, Request: get})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Connect(t.Context()); err == nil || !strings.Contains(err.Error(), "open connection 1 of 1") {
		t.Errorf("connect: %v", err)
	}
	res, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if res.Outcomes.Timeout != 3 || res.Errors["connection refused"] != 3 {
		t.Errorf("outcomes %+v, failures %v", res.Outcomes, res.Errors)
	}
}

// Connections that were opened beforehand and closed by the server before they
// carried anything are dialled again too.
func TestIdleConnectionsThatWereClosedAreDialledAgain(t *testing.T) {
	closed := make(chan struct{})
	var once sync.Once
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if n < 3 {
				c.Close()
				if n == 2 {
					once.Do(func() { close(closed) })
				}
				continue
			}
			wg.Go(func() {
				serveConn(c, n, func(int, int) (string, bool) { return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false })
			})
		}
	})
	a, err := New(Config{URL: "http://" + l.Addr().String(), Clients: 3, Requests: 30, Timeout: time.Minute, Connections: 3, Request: get})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-closed
	res, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if res.Outcomes.OK != 30 || res.Redials == 0 {
		t.Errorf("ok %d of 30, redials %d, failures %v", res.Outcomes.OK, res.Redials, res.Errors)
	}
}

// net/http by itself tries every idle connection before it gives up.
func TestStandardTransportTriesTwiceAtMost(t *testing.T) {
	var arrived atomic.Int64
	all := make(chan struct{})
	url := serveRaw(t, func(int, int) (string, bool) {
		switch n := arrived.Add(1); {
		case n == 3:
			close(all)
			fallthrough
		case n < 3:
			<-all // three connections are open
			return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false
		}
		return "", true
	})
	res, _ := runAt(t, Config{
		URL: url, Clients: 3, Requests: 4, Think: 50 * time.Millisecond,
		Timeout: time.Minute, Connections: 3, Standard: true,
	})
	if n := arrived.Load(); n != 5 {
		t.Errorf("%d requests arrived, want 3 answered ones and 2 attempts of the fourth", n)
	}
	if res.Outcomes.OK != 3 || res.Outcomes.Timeout != 1 || res.Redials != 1 || res.Errors["connection closed without an answer"] != 1 {
		t.Errorf("outcomes %+v, redials %d, failures %v", res.Outcomes, res.Redials, res.Errors)
	}
}

// A peer that has ended its side, and still reads, is noticed: the request gets
// its one retry instead of a time-out.
func TestHalfClosedConnectionIsDialledAgain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer l.Close()
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				b := make([]byte, 4096)
				if _, err := c.Read(b); err != nil {
					return
				}
				c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
				c.(*net.TCPConn).CloseWrite()
				io.Copy(io.Discard, c)
			})
		}
	})
	for _, c := range []struct{ think, timeout time.Duration }{
		{0, time.Minute}, {0, 5 * time.Second},
		{5 * time.Millisecond, time.Minute},
	} {
		res, _ := runAt(t, Config{URL: "http://" + l.Addr().String(), Clients: 1, Requests: 3, Think: c.think, Timeout: c.timeout, Connections: 1})
		if res.Outcomes.OK != 3 || res.Redials == 0 {
			t.Errorf("%+v: outcomes %+v, redials %d, failures %v", c, res.Outcomes, res.Redials, res.Errors)
		}
	}
}

// No more connections are opened beforehand than there are requests, with any transport that
// opens them and in every slice of the load.
func TestNoMoreConnectionsThanRequests(t *testing.T) {
	for _, c := range []struct {
		name     string
		requests int // per second, for one second
		clients  int
		limit    int
		slice    Slice
		want     int
	}{
		{"few requests", 3, 0, 20, Slice{}, 3},
		{"few connections", 20, 0, 3, Slice{}, 3},
		{"closed", 0, 4, 4, Slice{}, 4},
		{"the first of two", 3, 0, 20, Slice{0, 2}, 2},
		{"the second of two", 3, 0, 20, Slice{1, 2}, 1},
		{"few connections for two", 20, 0, 5, Slice{1, 2}, 2},
	} {
		for _, lean := range []bool{false, true} {
			srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			cfg := Config{URL: srv.URL, Clients: c.clients, Duration: time.Second, Timeout: time.Minute, Connections: c.limit, Slice: c.slice, Request: get, lean: lean}
			if c.clients == 0 {
				var err error
				if cfg.Schedule, err = schedule.New([]schedule.Stage{schedule.Flat(float64(c.requests), time.Second)}, schedule.Constant, 1); err != nil {
					t.Fatal(err)
				}
			}
			a, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := a.engine.opening(); got == nil || got.Connections != c.want || got.Took <= 0 {
				t.Errorf("%s, lean=%v: opened %+v, want %d", c.name, lean, got, c.want)
			}
			a.Close()
			srv.Close()
		}
	}
}
