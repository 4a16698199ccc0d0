package begin

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// Found is what a source holds. Its requests go to one server.
type Found struct {
	From     string    // what it was made from, for a comment
	Origin   string    // scheme and host of the server
	Socket   string    // file of the Unix domain socket on which it listens; empty: an address
	Requests []Request // each once, in the order of the source
	TLS      TLS       // how to reach an https Origin
	Secrets  []Secret  // each variable once
	// Notes say what of the source is not in the scenario.
	Notes []string
}

// TLS holds the settings that a source gives for https; the zero value gives none.
type TLS struct {
	// Insecure accepts any certificate of the server. CA, Cert and Key are PEM files:
	// the authorities, and the certificate of the client with its key; empty: none.
	Insecure      bool
	CA, Cert, Key string
}

// Request is one target. Its texts may contain ${secret.NAME}, and else no ${...}.
type Request struct {
	Name    string   // of the target; empty: the scenario makes one
	Expect  []string // statuses of a right answer; empty: those of every scenario
	Method  string   // of HTTP
	Path    string   // with the query
	Headers []Header // a credential is ${secret.NAME}
	Body    string   // empty: none
	Weight  int      // how often the source has it
}

// Header is one header line.
type Header struct{ Name, Value string }

// Secret is a value that was left out of the scenario.
type Secret struct {
	Variable string // the environment variable that has to hold it
	Value    string // empty if the source does not have it either
}

// call is a request as a source has it.
type call struct {
	method, url string
	header      []Header
	body        string
	name        string
	expect      []string
}

// maxBody is the size of the largest body that is copied, in bytes.
const maxBody = 32 << 10

// collect makes the requests of a scenario from those of a source. Those to other
// servers than the one with the most are left out, and so are bodies that a scenario
// cannot hold. The weight of a request is how often it came.
func (f *Found) collect(calls []call) error {
	byOrigin := map[string]int{}
	var parsed []*url.URL
	for _, c := range calls {
		u, err := url.Parse(c.url)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%q is no http or https URL", c.url)
		}
		parsed = append(parsed, u)
		byOrigin[origin(u)]++
	}
	if len(calls) == 0 {
		return fmt.Errorf("%s", strings.Join(append([]string{"there is no request in it"}, f.Notes...), "; "))
	}
	for _, u := range parsed { // the first of those with the most
		if o := origin(u); byOrigin[o] > byOrigin[f.Origin] {
			f.Origin = o
		}
	}
	for i, c := range calls {
		if origin(parsed[i]) != f.Origin {
			f.note("%s %s is left out: it goes to another server than most", c.method, c.url)
			continue
		}
		f.add(c, parsed[i])
	}
	if len(f.Requests) == 0 {
		return fmt.Errorf("none of its requests can be written: %s", strings.Join(f.Notes, "; "))
	}
	return nil
}

// origin is the scheme and the host of a URL, which tell servers apart.
func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// mostNotes bounds what is said of a source. People read no more, and a recording may hold
// a million requests that are left out.
const mostNotes = 100

// note says something once. What the source holds is said in part if it is long.
func (f *Found) note(format string, args ...any) {
	if len(f.Notes) > mostNotes {
		return
	}
	for i, v := range args {
		if s, ok := v.(string); ok && len(s) > 200 {
			args[i] = strings.ToValidUTF8(s[:200], "") + "…"
		}
	}
	switch n := fmt.Sprintf(format, args...); {
	case slices.Contains(f.Notes, n):
	case len(f.Notes) == mostNotes:
		f.Notes = append(f.Notes, "there is more to be said, and these notes end here")
	default:
		f.Notes = append(f.Notes, n)
	}
}

// add adds a request, or one to the weight of its equal.
func (f *Found) add(c call, u *url.URL) {
	switch {
	case len(c.body) > maxBody:
		f.note("%s %s is left out: its body has %d bytes; write it with body_file", c.method, c.url, len(c.body))
		return
	case !utf8.ValidString(c.body):
		f.note("%s %s is left out: its body is no text; write it with body_file", c.method, c.url)
		return
	}
	r := Request{Name: f.unique(c.name), Expect: c.expect, Method: cmp.Or(c.method, http.MethodGet), Path: escapeNames(sendable(u.RequestURI())), Body: expandMarks(escapeNames(c.body)), Weight: 1}
	for _, h := range c.header {
		if kept, ok := f.header(h, u); ok {
			r.Headers = append(r.Headers, kept)
		}
	}
	if f.Socket != "" && u.Host != reach.SocketHost && !slices.ContainsFunc(r.Headers, func(h Header) bool { return strings.EqualFold(h.Name, "Host") }) {
		r.Headers = append(r.Headers, Header{"Host", u.Host})
	}
	for i := range f.Requests {
		if o := &f.Requests[i]; o.Method == r.Method && o.Path == r.Path && o.Body == r.Body && slices.Equal(o.Headers, r.Headers) {
			o.Weight++
			return
		}
	}
	f.Requests = append(f.Requests, r)
}

// unique returns a name of a target that no other has. Names differ in more than digits
// at their end, because such names are those of processors in Go's benchmark format.
func (f *Found) unique(name string) string {
	own := name
	for n := 0; own != "" && slices.ContainsFunc(f.Requests, func(r Request) bool { return r.Name == own }); n++ {
		own = name + "-" + strings.Repeat("z", n/26) + string(rune('b'+n%25))
	}
	return own
}

// dropped are headers that the harness or the connection sets, or that would ask for an
// answer that was true only when the source was made.
var dropped = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Te", "Trailer", "Expect",
	"Accept-Encoding", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "X-Vegeta-Attack", "X-Vegeta-Seq"}

// credentials are headers whose values are secrets.
var credentials = []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key", "X-Auth-Token", "X-Csrf-Token", "X-Access-Token"}

// header returns a header as the scenario has it; false if it is left out. What the
// harness sets itself is left out, and a credential becomes a secret.
func (f *Found) header(h Header, u *url.URL) (Header, bool) {
	name := http.CanonicalHeaderKey(h.Name)
	lower := strings.ToLower(h.Name)
	switch {
	case name == "Host" && h.Value != u.Host:
		return Header{h.Name, escapeNames(h.Value)}, true
	case strings.HasPrefix(lower, ":"), strings.HasPrefix(lower, "sec-"), slices.Contains(dropped, name), h.Value == "":
		return Header{}, false
	}
	value := escapeNames(h.Value)
	if slices.Contains(credentials, name) && !strings.Contains(value, mark) {
		return Header{h.Name, "${secret." + f.secret(name, h.Value) + "}"}, true
	}
	return Header{h.Name, expandMarks(value)}, true
}

// secret returns the variable for a credential. Equal values share one.
func (f *Found) secret(header, value string) string {
	base := strings.ToUpper(strings.ReplaceAll(header, "-", "_"))
	name := base
	for n := 2; ; n++ {
		i := slices.IndexFunc(f.Secrets, func(s Secret) bool { return s.Variable == name })
		if i < 0 {
			f.Secrets = append(f.Secrets, Secret{name, value})
			return name
		}
		if f.Secrets[i].Value == value {
			return name
		}
		name = fmt.Sprintf("%s_%d", base, n)
	}
}

// sendable escapes what people leave as it is in a URL, and browsers do not.
func sendable(path string) string {
	var b strings.Builder
	for _, c := range []byte(path) {
		if c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapeNames writes a literal ${ as a scenario has it.
func escapeNames(s string) string { return strings.ReplaceAll(s, "${", "$${") }

// mark stands around the name of a shell variable in a curl command line, until texts
// are escaped.
const mark = "\x00"

// expandMarks turns marked variables into secrets.
func expandMarks(s string) string {
	parts := strings.Split(s, mark)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = "${secret." + parts[i] + "}"
	}
	return strings.Join(parts, "")
}
