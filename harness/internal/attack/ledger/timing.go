package ledger

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// AppendPhases reads a Server-Timing header value (W3C Server Timing: metrics
// separated by commas, each a name with parameters, dur in milliseconds) and
// appends the metrics that have a duration. Names that could not stand in a log
// tag, and anything that cannot be read, are passed over: the header is the
// server's own and proves nothing about the request.
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

// phaseName takes the name from the line that stood in this place before, whose
// memory dst has, if it is the same: servers repeat their phases.
func phaseName(dst []Phase, name []byte) string {
	if n := len(dst); n < cap(dst) {
		if old := dst[:n+1][n].Name; old == string(name) {
			return old
		}
	}
	return string(name)
}

// ValidPhase tells whether a name can stand in a log tag.
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
