package attack

import (
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/results"
)

// mostExample is how much of a wrong answer is kept as an example, in bytes.
const mostExample = 200

// request writes the k-th request into m, and says whether its answer is to be kept. A
// check of nothing but the status keeps it too, for the example.
func (c *Config) request(m *Message, k uint64) {
	c.Request(m, k)
	m.Keep = c.Checks != nil && c.Checks[c.kind(k)] != nil
}

// examine returns the outcome of an answer that has the outcome o by its status, and the
// reason if it fails a check of its target.
func (c *Config) examine(e *ledger.Entry, o Outcome) (_ Outcome, reason string) {
	checks := c.Checks[c.kind(e.Seq)]
	if checks == nil {
		return o, ""
	}
	return checks.Judge(o, &expect.Answer{Status: e.Status, Header: &e.Answer.Head, Body: e.Answer.Body})
}

// example keeps an answer that failed a check, if it is that of the earliest request
// among those with the reason.
func (n *sums) example(reason string, e *ledger.Entry, blank func(string) string) {
	if !strings.HasPrefix(reason, expect.Prefix) {
		return
	}
	if old, ok := n.wrong[reason]; ok && old.Request <= e.Seq {
		return
	}
	n.wrong[reason] = results.WrongAnswer{Request: e.Seq, Status: e.Status, Body: beginning(e, blank)}
}

// mostBlanked bounds how much of a body is looked through for secrets, in bytes.
const mostBlanked = 64 << 10

// beginning is the start of a body as text. Secrets are blanked before it is cut: of one
// that is cut nobody would know that it is one.
func beginning(e *ledger.Entry, blank func(string) string) string {
	body := e.Answer.Body
	if plain, bad := expect.Decoded(&e.Answer.Head, body); bad == "" {
		body = plain
	}
	if blank != nil {
		body = []byte(blank(string(body[:min(len(body), mostBlanked)])))
	}
	return text(body)
}

// text is the start of some bytes as valid UTF-8. A character that is cut at the end is
// left out.
func text(body []byte) string {
	if len(body) > mostExample {
		body = body[:mostExample]
		for n := 1; n < utf8.UTFMax; n++ {
			at := len(body) - n
			if !utf8.RuneStart(body[at]) {
				continue
			}
			if !utf8.FullRune(body[at:]) {
				body = body[:at]
			}
			break
		}
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}

// addExamples joins the examples of another book.
func (n *sums) addExamples(m *sums) {
	for reason, w := range m.wrong {
		if old, ok := n.wrong[reason]; !ok || w.Request < old.Request {
			n.wrong[reason] = w
		}
	}
}
