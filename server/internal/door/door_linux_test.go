package door

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *Door {
	t.Helper()
	d, err := Open(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// serve answers the door's clients, and returns how to shut it.
func serve(t *testing.T, handler http.HandlerFunc) (d *Door, shut func() error) {
	t.Helper()
	d = open(t)
	s := &http.Server{Handler: handler}
	d.Watch(s)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.Serve(d)
	}()
	t.Cleanup(func() {
		s.Close()
		<-served
	})
	return d, func() error { return d.Shut(t.Context(), time.Millisecond, served) }
}

func dial(t *testing.T, d *Door) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", d.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// The clients in the queue come in, and nobody after them.
func TestQueueIsTakenAndNobodyElse(t *testing.T) {
	d := open(t)
	const waiting = 20
	for i := range waiting {
		send(t, dial(t, d), fmt.Sprintf("%02d", i))
	}
	if err := d.refuse(); err != nil {
		t.Fatal(err)
	}
	var late net.Error
	if c, err := net.DialTimeout("tcp", d.Addr().String(), 50*time.Millisecond); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("a connection after the refusal: %v, %v", c, err)
	}
	for i := range waiting {
		if !d.waiting() {
			t.Fatalf("the queue is empty after %d", i)
		}
		c, err := d.Accept()
		if err != nil {
			t.Fatal(err)
		}
		text := make([]byte, 2)
		if _, err := io.ReadFull(c, text); err != nil {
			t.Errorf("client %d: %v", i, err)
		}
		c.Close()
	}
	if d.waiting() || !d.empty() {
		t.Error("somebody is left")
	}
}

// What has arrived on a quiet connection is read before its end.
func TestDismissedConnectionIsReadToItsEnd(t *testing.T) {
	d := open(t)
	client := dial(t, d)
	c, err := d.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.(*Client).enter(http.StateIdle)
	now := time.Now()
	d.dismiss(now, now, time.Second) // sees the last move
	if c.(*Client).dismissed.Load() {
		t.Error("dismissed at once")
	}
	send(t, client, "request")
	d.dismiss(now, now.Add(time.Second), time.Second)
	if text, err := io.ReadAll(c); string(text) != "request" || err != nil {
		t.Errorf("read %q, %v", text, err)
	}
}

// A kept connection and one that never asked anything do not keep the server from its end,
// and a request that is worked on is answered.
func TestShutWaitsForAnswersOnly(t *testing.T) {
	entered, release := make(chan struct{}, 1), make(chan struct{})
	d, shut := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			entered <- struct{}{}
			<-release
		}
		fmt.Fprint(w, "done")
	})
	kept := dial(t, d)
	send(t, kept, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	keptAnswers := bufio.NewReader(kept)
	expect(t, keptAnswers, "HTTP/1.1 200 OK")
	slow := dial(t, d)
	send(t, slow, "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	<-entered
	ended := make(chan error, 1)
	go func() { ended <- shut() }()
	if _, err := io.ReadAll(keptAnswers); err != nil {
		t.Errorf("the kept connection: %v, want its end", err)
	}
	select {
	case err := <-ended:
		t.Errorf("shut with a request at work: %v", err)
	default:
	}
	close(release)
	expect(t, bufio.NewReader(slow), "HTTP/1.1 200 OK")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func expect(t *testing.T, lines *bufio.Reader, want string) {
	t.Helper()
	r, err := http.ReadResponse(lines, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if got := r.Proto + " " + r.Status; got != want || err != nil || r.StatusCode == 200 && string(body) != "done" {
		t.Errorf("answer %q with %q, %v; want %q", got, body, err, want)
	}
}

// A client that ends its side gets its answer; one of HTTP/1.1 is asked for a sign of life
// meanwhile. One that has left ends the work.
func TestHalfClosedIsNotGone(t *testing.T) {
	for _, test := range []struct {
		name, request string
		asked, leaves bool
	}{
		{"HTTP/1.1", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", true, false},
		{"HTTP/1.1 once", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", true, false},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", false, false},
		{"left", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			release, left := make(chan struct{}), make(chan bool, 1)
			d, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				select {
				case <-r.Context().Done():
					left <- true
				case <-release:
					left <- false
				}
				fmt.Fprint(w, "done")
			})
			c := dial(t, d)
			send(t, c, test.request)
			end := c.CloseWrite
			if test.leaves {
				end = c.Close
			}
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if test.leaves {
				if !<-left {
					t.Error("the work went on")
				}
				return
			}
			answers := bufio.NewReader(c)
			if test.asked {
				expect(t, answers, "HTTP/1.1 102 Processing")
			}
			close(release)
			expect(t, answers, strings.Fields(test.request)[2]+" 200 OK")
			if <-left {
				t.Error("the client counts as gone")
			}
		})
	}
}

// A body that ends too early is no sign of life: the handler learns it at once.
func TestHalfABody(t *testing.T) {
	read := make(chan error, 1)
	d, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
	})
	c := dial(t, d)
	send(t, c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if err := <-read; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read: %v", err)
	}
}

// Without an end of the work there is an end of the time.
func TestShutEndsWithItsContext(t *testing.T) {
	d := open(t)
	dial(t, d)
	c, err := d.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now())
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Shut(ctx, time.Hour, nil); !errors.Is(err, ctx.Err()) || err == nil {
		t.Errorf("shut: %v", err)
	}
	if _, err := d.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept afterwards: %v", err)
	}
}
