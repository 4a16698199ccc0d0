package attack

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
)

// oddAnswer is an unusual way to answer. A real server answers in this way, or a server
// that a proxy, a programming mistake or an attack has changed.
type oddAnswer struct {
	name   string
	text   string
	hangUp bool   // the server closes the connection after it
	want   string // the status, or the reason why there is none
	more   bool   // bytes follow that belong to no answer
	std    string // what net/http makes of it, where this differs
	why    string // the reason of the difference
}

// oddAnswers are the answers on which both transports are compared. Where std is empty,
// they agree.
var oddAnswers = func() []oddAnswer {
	const (
		status  = "HTTP/1.1 200 OK\r\n"
		chunked = status + "Transfer-Encoding: chunked\r\n\r\n"
		sized   = "Content-Length: 4\r\n\r\nbody"
		wrong   = "malformed answer"
		cut     = "truncated answer"
		large   = "oversized answer header"
		unended = "net/http reads a line that was cut as if it was whole"
	)
	field := func(n int) string { return "X-Long: " + strings.Repeat("v", n) + "\r\n" }
	return []oddAnswer{
		// How a body ends.
		{name: "a length", text: status + sized, want: "200"},
		{name: "chunks", text: chunked + "4\r\nbody\r\n0\r\n\r\n", want: "200"},
		{name: "an extension of a chunk", text: chunked + "4;name=\"a;b\"\r\nbody\r\n0;last\r\n\r\n", want: "200"},
		{name: "a size with zeros and capitals", text: chunked + "000A\r\n0123456789\r\n0\r\n\r\n", want: "200"},
		{name: "a size with spaces after it", text: chunked + "4 \t\r\nbody\r\n0\r\n\r\n", want: "200"},
		{name: "a size with a space before it", text: chunked + " 4\r\nbody\r\n0\r\n\r\n", want: wrong},
		{name: "a size with a sign", text: chunked + "+4\r\nbody\r\n0\r\n\r\n", want: wrong},
		{name: "a size in the notation of C", text: chunked + "0x4\r\nbody\r\n0\r\n\r\n", want: wrong},
		{name: "a size of 17 digits", text: chunked + "00000000000000004\r\nbody\r\n0\r\n\r\n", want: wrong},
		{name: "a chunk longer than its size", text: chunked + "2\r\nbody\r\n0\r\n\r\n", want: wrong},
		{name: "a chunk that is missing its size", text: chunked + "body\r\n0\r\n\r\n", want: wrong},
		{name: "a trailer that was announced", text: status + "Trailer: Digest\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nDigest: 1\r\n\r\n", want: "200"},
		{name: "a trailer that was not announced", text: chunked + "4\r\nbody\r\n0\r\nDigest: 1\r\nAge: 2\r\n\r\n", want: "200"},
		{name: "a trailer that no trailer may have", text: chunked + "4\r\nbody\r\n0\r\nContent-Length: 9\r\n\r\n", want: "200"},
		{name: "a trailer that may not be announced", text: status + "Trailer: Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", want: wrong},
		{name: "a trailer without a colon", text: chunked + "0\r\nDigest\r\n\r\n", want: wrong},
		{name: "Server-Timing in a trailer", text: chunked + "4\r\nbody\r\n0\r\nServer-Timing: db;dur=5\r\n\r\n", want: "200"},
		{name: "neither length nor chunks", text: status + "\r\nbody", hangUp: true, want: "200"},
		{name: "neither, and the end is announced", text: status + "Connection: close\r\n\r\nbody", hangUp: true, want: "200"},
		{name: "HTTP/1.0 to the end", text: "HTTP/1.0 200 OK\r\n\r\nbody", hangUp: true, want: "200"},
		{name: "HTTP/1.0 with a length", text: "HTTP/1.0 200 OK\r\n" + sized, hangUp: true, want: "200"},
		{name: "HTTP/1.0 that keeps the connection", text: "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + sized, want: "200"},
		{name: "HTTP/1.0 with chunks", text: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", hangUp: true, want: "200"},
		{name: "length and chunks", text: status + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", want: "200"},
		{name: "chunks in capitals", text: status + "TRANSFER-ENCODING: CHUNKED\r\n\r\n4\r\nbody\r\n0\r\n\r\n", want: "200"},
		{name: "identity", text: status + "Transfer-Encoding: identity\r\n" + sized, want: wrong},
		{name: "gzip and chunks", text: status + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", want: wrong},
		{name: "chunks twice", text: status + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", want: wrong},
		{name: "an empty coding", text: status + "Transfer-Encoding:\r\n" + sized, want: wrong},
		{name: "equal lengths", text: status + "Content-Length: 4\r\n" + sized, want: "200"},
		{name: "different lengths", text: status + "Content-Length: 5\r\n" + sized, want: wrong},
		{name: "equal lengths in one line", text: status + "Content-Length: 4, 4\r\n\r\nbody", want: wrong},
		{name: "a negative length", text: status + "Content-Length: -4\r\n\r\nbody", want: wrong},
		{name: "an empty length", text: status + "Content-Length:\r\n\r\nbody", hangUp: true, want: wrong},
		{name: "a length with a fraction", text: status + "Content-Length: 4.0\r\n\r\nbody", want: wrong},
		{name: "a length beyond 64 bits", text: status + "Content-Length: 18446744073709551617\r\n\r\nbody", want: wrong},
		{name: "a length with a tab and spaces", text: status + "Content-Length:\t4  \r\n\r\nbody", want: "200"},
		{name: "less than the length", text: status + "Content-Length: 9\r\n\r\nbody", hangUp: true, want: cut},
		{name: "more than the length", text: status + "Content-Length: 2\r\n\r\nbody", more: true, want: "200"},
		{name: "cut in a chunk", text: chunked + "9\r\nbody", hangUp: true, want: cut},
		{name: "cut before the last chunk", text: chunked + "4\r\nbody\r\n", hangUp: true, want: cut},
		{name: "cut before the end of the trailer", text: chunked + "4\r\nbody\r\n0\r\n", hangUp: true, want: cut},
		{name: "cut in the header", text: status + "Content-Le", hangUp: true, want: cut, std: wrong, why: unended},
		{name: "cut in the status line", text: "HTTP/1.1 20", hangUp: true, want: cut, std: wrong, why: unended},

		// Connections that end.
		{name: "the end is announced", text: status + "Connection: close\r\n" + sized, hangUp: true, want: "200"},
		{name: "the end is not announced", text: status + sized, hangUp: true, want: "200"},
		{name: "the end is announced and does not come", text: status + "Connection: close\r\n" + sized, want: "200"},
		{name: "the end is announced in a list", text: status + "Connection: keep-alive, Close\r\n" + sized, hangUp: true, want: "200"},
		{name: "the end is announced in a second line", text: status + "Connection: keep-alive\r\nConnection: close\r\n" + sized, hangUp: true, want: "200"},

		// Statuses.
		{name: "no content", text: "HTTP/1.1 204 No Content\r\n\r\n", want: "204"},
		{name: "no content, of length 0", text: "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", want: "204"},
		{name: "no content, and yet a body", text: "HTTP/1.1 204 No Content\r\n" + sized, more: true, want: "204"},
		{name: "no content, in chunks", text: "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", want: "204"},
		{name: "not modified", text: "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", want: "304"},
		{name: "not modified, with the length of the page", text: "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n", want: "304"},
		{name: "not modified, in chunks", text: "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", want: "304"},
		{name: "reset content", text: "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", want: "205"},
		{name: "partial content", text: "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/9\r\n" + sized, want: "206"},
		{name: "a redirection", text: "HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n", want: "302"},
		{name: "a redirection to nowhere", text: "HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n", want: "301"},
		{name: "a status that is rare", text: "HTTP/1.1 418 I'm a teapot\r\n" + sized, want: "418"},
		{name: "a status beyond 599", text: "HTTP/1.1 999 Denied\r\n" + sized, want: "999"},
		{name: "a status of four digits", text: "HTTP/1.1 2000 OK\r\n" + sized, want: wrong},
		{name: "a status below 100", text: "HTTP/1.1 099 Low\r\n" + sized, want: wrong, std: "99", why: "no status is below 100"},
		{name: "no phrase", text: "HTTP/1.1 200\r\n" + sized, want: "200"},
		{name: "no phrase, but its space", text: "HTTP/1.1 200 \r\n" + sized, want: "200"},
		{name: "more spaces before the status", text: "HTTP/1.1   200 OK\r\n" + sized, want: "200"},
		{name: "HTTP/1.2", text: "HTTP/1.2 200 OK\r\n" + sized, want: "200"},
		{name: "HTTP/2 in words", text: "HTTP/2.0 200 OK\r\n" + sized, want: "200"},
		{name: "HTTP/2 without its minor version", text: "HTTP/2 200 OK\r\n" + sized, want: wrong},
		{name: "ICY", text: "ICY 200 OK\r\n" + sized, want: wrong},
		{name: "http in small letters", text: "http/1.1 200 OK\r\n" + sized, want: wrong},

		// Answers before the answer.
		{name: "early hints", text: "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + status + sized, want: "200"},
		{name: "continue", text: "HTTP/1.1 100 Continue\r\n\r\n" + status + sized, want: "200"},
		{name: "processing, twelve times", text: strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 12) + status + sized, want: "200"},
		{name: "an interim status without a name", text: "HTTP/1.1 199 Soon\r\n\r\n" + status + sized, want: "200"},
		{name: "processing without end", text: strings.Repeat("HTTP/1.1 102 Processing\r\n"+field(1000)+"\r\n", 400), want: large},
		{name: "continue, and nothing more", text: "HTTP/1.1 100 Continue\r\n\r\n", hangUp: true, want: cut},
		{name: "a switch of protocols", text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", want: "101"},
		{name: "a switch, and words of the new protocol", text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello", more: true, want: "101"},
		{name: "a switch with a length", text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 9\r\n\r\n", want: "101"},

		// Headers.
		{name: "a header of 8 KB", text: status + field(8000) + sized, want: "200"},
		{name: "a header of 20 KB", text: status + field(20_000) + sized, want: "200"},
		{name: "a header of 60 KB in cookies", text: status + strings.Repeat("Set-Cookie: a="+strings.Repeat("b", 3000)+"\r\n", 20) + sized, want: "200"},
		{name: "a header of 200 KB", text: status + strings.Repeat(field(1000), 200) + sized, want: "200"},
		{name: "a header without end", text: status + strings.Repeat(field(1000), 600), want: large},
		{name: "a line without end", text: status + field(600_000), want: large},
		{name: "letters beyond ASCII", text: status + "X-Name: größe ✓\r\n" + sized, want: "200"},
		{name: "a folded line", text: status + "X-List: a,\r\n\tb\r\n" + sized, want: "200"},
		{name: "an empty value", text: status + "X-Empty:\r\n" + sized, want: "200"},
		{name: "a space in a name", text: status + "Referrer Policy: origin\r\n" + sized, want: "200"},
		{name: "a space before the colon", text: status + "X-Name : a\r\n" + sized, want: "200"},
		{name: "no colon", text: status + "Notice: a\r\nWarning in line 7\r\n" + sized, want: wrong},
		{name: "no name", text: status + ": a\r\n" + sized, want: wrong},
		{name: "a zero byte in a value", text: status + "X-Name: a\x00b\r\n" + sized, want: wrong},
		{name: "a carriage return in a value", text: status + "X-Name: a\rb\r\n" + sized, want: wrong},
		{name: "bare line feeds", text: "HTTP/1.1 200 OK\nContent-Length: 4\n\nbody", want: "200"},
		{name: "an empty line first", text: "\r\n" + status + sized, want: wrong},
		{name: "Server-Timing in every form", text: status + "Server-Timing: db;dur=53.2;desc=\"a, b; c\", app;desc=x;dur=1.5, miss, c;dur=\"23\"\r\n" + sized, want: "200"},
		{name: "a compressed body that is none", text: status + "Content-Encoding: gzip\r\n" + sized, want: "200"},

		// Refusals, and when to come again.
		{name: "Retry-After of a date", text: "HTTP/1.1 503 No\r\nRetry-After: Wed, 21 Oct 2099 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n", want: "503"},
		{name: "Retry-After of 0", text: "HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", want: "503"},
		{name: "Retry-After of a fraction", text: "HTTP/1.1 429 No\r\nRetry-After: 0.2\r\nContent-Length: 0\r\n\r\n", want: "429"},
		{name: "Retry-After of less than nothing", text: "HTTP/1.1 429 No\r\nRetry-After: -1\r\nContent-Length: 0\r\n\r\n", want: "429"},

		// What is no HTTP/1.
		{name: "SSH", text: "SSH-2.0-OpenSSH_9.6\r\n", hangUp: true, want: wrong},
		{name: "SSH that waits", text: "SSH-2.0-OpenSSH_9.6\r\n", want: wrong},
		{name: "a mail server that waits", text: "220 mail ESMTP\r\n", want: wrong},
		{name: "the settings of HTTP/2", text: "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x00\x40\x00", want: wrong},
		{name: "an alert of TLS", text: "\x15\x03\x03\x00\x02\x02\x46", want: wrong},
		{name: "a page without a header", text: "<html>\n<body>not found</body>\n</html>\n", hangUp: true, want: wrong},
	}
}()

// sendsOdd sends two requests to a server, one after the other, and returns what became of
// each: its status, or the reason why it has none.
type sendsOdd func(url string) ([]string, error)

// transportsOfOdd are the ways to send. Those of this system are added to it.
var transportsOfOdd = map[string]sendsOdd{
	"lean": func(address string) ([]string, error) {
		cfg := oddConfig(address)
		clock := &clock{time.Now()}
		host := strings.TrimPrefix(address, "http://")
		return exchangeOdd(newLean(host, host, cfg, clock), cfg, clock)
	},
	"std": func(address string) ([]string, error) {
		cfg := oddConfig(address)
		clock := &clock{time.Now()}
		return exchangeOdd(newStandard(cfg, clock), cfg, clock)
	},
}

// oddConfig is the load of one client. Its deadline ends only what hangs.
func oddConfig(address string) *Config {
	return &Config{URL: address, Clients: 1, Requests: 2, Timeout: time.Minute, Connections: 1, Classify: DefaultClassify}
}

// exchangeOdd sends over a transport that takes one request after another.
func exchangeOdd(wire exchanger, cfg *Config, c *clock) (all []string, err error) {
	defer wire.close()
	for range 2 {
		var m Message
		var e ledger.Entry
		get(&m, 0)
		e.Dispatch = c.now()
		err := wire.exchange(&m, []byte("0"), time.Now().Add(cfg.Timeout), &e)
		all = append(all, nameOdd(cfg, &e, err))
	}
	return all, nil
}

// nameOdd returns the status of an answer, or the reason why there is none.
func nameOdd(cfg *Config, e *ledger.Entry, err error) string {
	if _, failure := cfg.judge(e, err); failure != "" {
		return failure
	}
	return strconv.Itoa(e.Status)
}

// Every transport makes the same of an answer, at once, and the same again on the request
// after it. A server that waits for nothing is never taken for a silent one: no case ends
// by its deadline.
func TestTransportsAgreeOnOddAnswers(t *testing.T) {
	for transport, send := range transportsOfOdd {
		t.Run(transport, func(t *testing.T) {
			for _, c := range oddAnswers {
				want := c.want
				if transport == "std" && c.std != "" {
					want = c.std
				}
				if (c.std == "") != (c.why == "") {
					t.Errorf("%s: a difference, and its reason, go together", c.name)
				}
				got, err := send(serveRaw(t, func(int, int) (string, bool) { return c.text, c.hangUp }))
				if transport == "std" && c.more && len(got) == 2 {
					// net/http gives these bytes to a request that follows quickly enough.
					got[1] = got[0]
				}
				if err != nil || len(got) != 2 || got[0] != want || got[1] != want {
					t.Errorf("%s: %q, %v, want %s twice", c.name, got, err, want)
				}
			}
		})
	}
}
