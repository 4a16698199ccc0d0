package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/assay-bench/assay/results"
)

// fault is how a server misbehaves. answer gets a connection after each request that is
// not for /ready; the connection is closed when it returns false.
type fault struct {
	name   string
	answer func(net.Conn) bool
	want   func(results.StreamResult) bool
	should string // what want asks for
}

// timeout is that of the requests. Where an answer must come to something it is long, so
// that a busy machine makes no difference.
func (f fault) timeout() string {
	switch f.should {
	case "time-outs", "no success": // which may come of a time-out
		return "1s"
	}
	return "20s"
}

// What has to come of the requests of a load. An answer that breaks the protocol is an
// error and never the silence of the server; a connection that ends without an answer is
// no time that ran out.
func onlyErrors(r results.StreamResult) bool {
	return r.Outcomes.Error > 0 && r.Outcomes.Of(results.OK, results.Rejected, results.Timeout) == 0
}
func onlyTimeouts(r results.StreamResult) bool {
	return r.Errors["timed out"] > 0 && r.Outcomes.Timeout == r.Outcomes.Total()
}
func noAnswers(r results.StreamResult) bool {
	return r.Outcomes.Total() > 0 && r.Outcomes.Of(results.OK, results.Rejected) == 0 && r.Errors["timed out"] == 0
}
func noneOK(r results.StreamResult) bool { return r.Outcomes.Total() > 0 && r.Outcomes.OK == 0 }
func anyOK(r results.StreamResult) bool  { return r.Outcomes.OK > 0 }
func noErrors(r results.StreamResult) bool {
	return r.Outcomes.Of(results.OK, results.Timeout) > 0 && r.Outcomes.Error == 0
}
func rejected(r results.StreamResult) bool {
	return r.Outcomes.Rejected > 0 && r.Outcomes.Rejected == r.Outcomes.Total()
}
func some(r results.StreamResult) bool { return r.Outcomes.Total() > 0 }

// say writes a text, which may be no answer at all.
func say(text string) func(net.Conn) bool {
	return func(c net.Conn) bool { _, err := io.WriteString(c, text); return err == nil }
}

// thenClose answers, and closes the connection.
func thenClose(answer func(net.Conn) bool) func(net.Conn) bool {
	return func(c net.Conn) bool { answer(c); return false }
}

// endless says something, and then something else for as long as anybody listens, with a
// pause between.
func endless(first, then string, pause time.Duration) func(net.Conn) bool {
	return func(c net.Conn) bool {
		_, err := io.WriteString(c, first)
		for ; err == nil; time.Sleep(pause) {
			_, err = io.WriteString(c, then)
		}
		return false
	}
}

const header = "HTTP/1.1 200 OK\r\n"

// serverFaults are what servers do to their clients. Those whose outcome is a matter of
// taste, such as bytes after the end of an answer, only have to end in bounded memory.
func serverFaults() []fault {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 200 { // to a 200 MB body
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	timings := "Server-Timing: " + strings.TrimSuffix(strings.Repeat("a;dur=1,", 1_000_000), ",") + "\r\n"
	return []fault{
		{"no answer", func(c net.Conn) bool { _, _ = io.Copy(io.Discard, c); return false }, onlyTimeouts, "time-outs"},
		{"garbage", thenClose(say("\x00\x01garbage\r\n\r\n\xff")), onlyErrors, "errors"},
		{"an answer of a byte a second", endless(header+"Content-Length: 100\r\n\r\n", "x", time.Second), onlyTimeouts, "time-outs"},
		{"half-closed before the answer", func(c net.Conn) bool {
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
			return false
		}, noAnswers, "no answers, and no time that ran out"},
		{"reset", func(c net.Conn) bool { _ = c.(*net.TCPConn).SetLinger(0); return false }, noAnswers, "no answers, and no time that ran out"},
		{"reset in the midst of a body", func(c net.Conn) bool {
			say(header + "Content-Length: 100\r\n\r\nxx")(c)
			_ = c.(*net.TCPConn).SetLinger(0)
			return false
		}, onlyErrors, "errors"},
		{"100 MB", func(c net.Conn) bool {
			_, err := io.WriteString(c, header+"Content-Length: 104857600\r\n\r\n")
			for i := 0; i < 100 && err == nil; i++ {
				_, err = c.Write(zeros)
			}
			return err == nil
		}, noErrors, "no errors"},
		{"fewer bytes than announced", thenClose(say(header + "Content-Length: 100\r\n\r\nx")), onlyErrors, "errors"},
		{"more bytes than announced", say(header + "Content-Length: 1\r\n\r\nxyz"), some, "an end"},
		{"two lengths", thenClose(say(header + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy")), noneOK, "no success"},
		{"a length below 0", thenClose(say(header + "Content-Length: -1\r\n\r\n")), noneOK, "no success"},
		{"a length beyond all numbers", thenClose(say(header + "Content-Length: 99999999999999999999\r\n\r\n")), noneOK, "no success"},
		{"a chunk of 60 MB that is only announced", thenClose(say(header + "Transfer-Encoding: chunked\r\n\r\n3C00000\r\nx")), onlyErrors, "errors"},
		{"endless headers", endless(header, strings.Repeat("X-A: b\r\n", 1000), 0), noneOK, "no success"},
		{"an endless header line", endless(header+"X-A: ", strings.Repeat("x", 8000), 0), noneOK, "no success"},
		{"endless informational answers", endless("", "HTTP/1.1 100 Continue\r\n\r\n", time.Millisecond), noneOK, "no success"},
		{"a gzip bomb", func(c net.Conn) bool {
			say(fmt.Sprintf(header+"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", bomb.Len()))(c)
			_, err := c.Write(bomb.Bytes())
			return err == nil
		}, anyOK, "successes"},
		{"a switch to another protocol", func(c net.Conn) bool {
			say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")(c)
			_, _ = io.Copy(io.Discard, c) // as a server that now speaks the other protocol
			return false
		}, onlyErrors, "errors"},
		{"surplus answers", say(strings.Repeat(header+"Content-Length: 2\r\n\r\nok", 2)), some, "an end"},
		{"a million Server-Timing entries", say(header + timings + "Content-Length: 0\r\n\r\n"), some, "an end"},
		{"Retry-After: 1e99", say("HTTP/1.1 503 Busy\r\nRetry-After: 1e99\r\nContent-Length: 0\r\n\r\n"), rejected, "refusals"},
		{"Retry-After: 99999999999", say("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n"), rejected, "refusals"},
	}
}

// listen serves a fault in this process, so that no other program is needed, until the
// returned function is called. /ready is answered well, and /metrics by what metrics
// writes.
func listen(f fault, metrics func(net.Conn) bool) (address string, stop func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	var open sync.Map
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(c, true)
			go func() {
				defer open.Delete(c)
				defer c.Close()
				for lines := bufio.NewReader(c); ; {
					path, err := request(lines)
					switch {
					case err != nil:
						return
					case path == "/ready":
						say(header + "Content-Length: 0\r\n\r\n")(c)
					case path == "/metrics":
						if !metrics(c) {
							return
						}
					case !f.answer(c):
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String(), func() {
		l.Close()
		open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
	}
}

// request reads a request without a body and returns its path.
func request(lines *bufio.Reader) (path string, err error) {
	first, err := lines.ReadString('\n')
	if err != nil {
		return "", err
	}
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return "", err
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	f := strings.Fields(first)
	if len(f) < 2 {
		return "", errors.New("no request")
	}
	return f[1], nil
}

const faultScenario = `version: 1
name: s
server: {url: "http://{address}", ready: {path: /ready}{more}}
load: {closed: {clients: 2, duration: 500ms}, timeout: {timeout}, transport: {transport}}
targets: [{path: /}]
warmup: 0s
blocks: 1
`

// faults loads servers that misbehave, by both transports, and one whose metrics do.
func faults(ctx context.Context, l *lab, r *result) {
	for i, f := range serverFaults() {
		for j, transport := range []string{"fast", "std"} {
			if l.short && (i+j)%2 != 0 {
				continue
			}
			r.attempt(f.name+", "+transport, l.meets(ctx, f, transport, "", nil))
		}
	}
	good := fault{"", say(header + "Content-Length: 2\r\n\r\nok"), anyOK, "successes"}
	for name, metrics := range map[string]func(net.Conn) bool{
		"metrics of 100 MB":  endless(header+"Content-Length: 104857600\r\n\r\n", strings.Repeat("a 1\n", 1<<16), 0),
		"malformed metrics":  say(header + "Content-Length: 12\r\n\r\n{{{ not this"),
		"endless metrics":    endless(header+"\r\n", strings.Repeat("a 1\n", 1000), time.Millisecond),
		"metrics with 500":   say("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"),
		"metrics never come": func(net.Conn) bool { time.Sleep(3 * time.Second); return false },
	} {
		r.attempt(name, l.meets(ctx, good, "fast", ", metrics: /metrics", metrics))
	}
	for _, how := range []string{"crash", "hang"} {
		r.attempt("the server itself: "+how, l.dies(ctx, how))
	}
}

// meets loads a server with a fault, and requires the outcomes that belong to it. Faults
// of the metrics must not hurt the trial, and have to be told in it.
func (l *lab) meets(ctx context.Context, f fault, transport, more string, metrics func(net.Conn) bool) error {
	address, stop := listen(f, metrics)
	defer stop()
	dir := l.folder()
	write(dir, "s.yaml", in(faultScenario, "address", address, "transport", transport, "timeout", f.timeout(), "more", more))
	// A run whose requests all fail says so and fails itself; its trial is kept.
	if err := l.do(ctx, l.command(dir, "run", "--quick", "--out", "bundle", "s.yaml")).sane(); err != nil {
		return err
	}
	t, err := only(dir)
	if err != nil {
		return err
	}
	if s := t.Streams[0]; !f.want(s) {
		return fmt.Errorf("%+v, %v, want %s", s.Outcomes, s.Errors, f.should)
	}
	if more != "" && len(t.Warnings) == 0 {
		return errors.New("the trial has no warning")
	}
	return nil
}

// only returns the one trial of a bundle.
func only(dir string) (results.Trial, error) {
	b, err := results.Open(filepath.Join(dir, "bundle"))
	if err != nil {
		return results.Trial{}, err
	}
	if len(b.Trials) != 1 {
		return results.Trial{}, fmt.Errorf("%d trials, want 1", len(b.Trials))
	}
	return b.Trials[0], nil
}

// dies loads a server that ends, or stops answering, in the midst of a load.
func (l *lab) dies(ctx context.Context, how string) error {
	dir := l.folder()
	write(dir, "s.yaml", in(`version: 1
name: s
server:
  command: ["{self}", serve, "127.0.0.1:${port}", "{dir}", {how}]
  ready: {path: /, timeout: 60s}
  stop: {timeout: 2s}
load: {closed: {clients: 2, duration: 1s}, timeout: 1s}
targets: [{path: /}]
warmup: 0s
blocks: 1
`, "self", l.self, "dir", dir, "how", how))
	if err := l.do(ctx, l.command(dir, "run", "--quick", "--out", "bundle", "s.yaml")).succeeded(); err != nil {
		return err
	}
	t, err := only(dir)
	if err != nil {
		return err
	}
	o := t.Streams[0].Outcomes
	switch {
	case how == "crash" && (!t.Servers[0].Crashed || o.OK == o.Total()):
		return fmt.Errorf("crashed: %v, %+v", t.Servers[0].Crashed, o)
	case how == "hang" && o.Timeout == 0:
		return fmt.Errorf("%+v, want time-outs", o)
	}
	return nothingLeft(ctx, dir)
}
