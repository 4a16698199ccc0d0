package ledger

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// AppendPhases reads a Server-Timing header value (W3C Server Timing: metrics
// separated by commas, each a name with parameters, dur in milliseconds) and
// appends the metrics that have a duration. It skips names that cannot be a part of a
// log tag, and everything that it cannot read: the header is the server's own remark, and
// a mistake in it does not make the answer wrong.
func AppendPhases(dst []Phase, value []byte) []Phase {
	for len(value) > 0 {
		var metric []byte
		metric, value, _ = bytes.Cut(value, []byte(","))
		name, params, _ := bytes.Cut(metric, []byte(";"))
		name = bytes.TrimSpace(name)
		if !ValidPhase(name) {
			continue
		}
		for len(params) > 0 {
			var p []byte
			p, params, _ = bytes.Cut(params, []byte(";"))
			k, v, ok := bytes.Cut(p, []byte("="))
			if !ok || !bytes.EqualFold(bytes.TrimSpace(k), []byte("dur")) {
				continue
			}
			ms, err := strconv.ParseFloat(strings.Trim(string(bytes.TrimSpace(v)), `"`), 64)
			if err == nil && ms >= 0 && ms < 3.6e6 {
				dst = append(dst, Phase{phaseName(dst, name), time.Duration(ms * float64(time.Millisecond))})
			}
			break
		}
	}
	return dst
}

// phaseName returns the name as a string. Servers send the same phases with every answer,
// so the entry that was in the same place of dst before usually has the same name. Its
// string is used again, which saves an allocation.
func phaseName(dst []Phase, name []byte) string {
	if n := len(dst); n < cap(dst) {
		if old := dst[:n+1][n].Name; old == string(name) {
			return old
		}
	}
	return string(name)
}

// ValidPhase reports whether a name can be a part of a log tag: it has 1 to 32 letters,
// digits, dashes and underscores.
func ValidPhase(name []byte) bool {
	if len(name) == 0 || len(name) > 32 {
		return false
	}
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}
