package expect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// body is a body that is being checked, and what several checks need to know of it.
type body struct {
	plain []byte
	document
}

type contains struct {
	text   []byte
	reason string
}

// Contains wants a body that contains the text.
func Contains(text string) BodyCheck {
	return &contains{[]byte(text), "body does not contain " + quoted(text)}
}

// failed implements BodyCheck.
func (c *contains) failed(b *body) string {
	if bytes.Contains(b.plain, c.text) {
		return ""
	}
	return c.reason
}

type matches struct {
	pattern *regexp.Regexp
	reason  string
}

// Matches wants a body in which the pattern matches somewhere.
func Matches(pattern *regexp.Regexp) BodyCheck {
	return &matches{pattern, "body does not match " + quoted(pattern.String())}
}

// failed implements BodyCheck.
func (c *matches) failed(b *body) string {
	if c.pattern.Match(b.plain) {
		return ""
	}
	return c.reason
}

type length int

// Length wants a body of so many bytes.
func Length(n int) BodyCheck { return length(n) }

// failed implements BodyCheck.
func (n length) failed(b *body) string {
	if len(b.plain) == int(n) {
		return ""
	}
	return fmt.Sprintf("body is not %d bytes long", n)
}

type digest [sha256.Size]byte

// SHA256 wants a body with that SHA-256, in hexadecimal.
func SHA256(sum string) (BodyCheck, error) {
	var d digest
	if raw, err := hex.DecodeString(strings.ToLower(sum)); err != nil || copy(d[:], raw) != len(d) || len(raw) != len(d) {
		return nil, fmt.Errorf("%q is not a SHA-256, expected %d hexadecimal digits", sum, 2*len(d))
	}
	return d, nil
}

// failed implements BodyCheck. The reason has the beginning of the digest, so that two
// checks are told apart.
func (d digest) failed(b *body) string {
	if sha256.Sum256(b.plain) == d {
		return ""
	}
	return "body has another SHA-256 than " + hex.EncodeToString(d[:4]) + "…"
}
