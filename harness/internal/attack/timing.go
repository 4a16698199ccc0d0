package attack

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
)

// appendPhases reads a Server-Timing header value (W3C Server Timing: metrics
// separated by commas, each a name with parameters, dur in milliseconds) and
// appends the metrics that have a duration. Names that could not stand in a log
// tag, and anything that cannot be read, are passed over: the header is the
// server's own and proves nothing about the request.
func appendPhases(dst []phase, value []byte) []phase {
	for len(value) > 0 {
		var metric []byte
		metric, value, _ = bytes.Cut(value, []byte(","))
		name, params, _ := bytes.Cut(metric, []byte(";"))
		name = bytes.TrimSpace(name)
		if !validPhase(name) {
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
				dst = append(dst, phase{phaseName(dst, name), time.Duration(ms * float64(time.Millisecond))})
			}
			break
		}
	}
	return dst
}

// phaseName takes the name from the line that stood in this place before, whose
// memory dst has, if it is the same: servers repeat their phases.
func phaseName(dst []phase, name []byte) string {
	if n := len(dst); n < cap(dst) {
		if old := dst[:n+1][n].name; old == string(name) {
			return old
		}
	}
	return string(name)
}

func validPhase(name []byte) bool {
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

// longestRetryAfter is taken for every longer wish: it outlasts any load.
const longestRetryAfter = 365 * 24 * time.Hour

// retryAfter reads a Retry-After value in seconds. The other form, a date, is
// taken as a wish without a time, since it would compare two clocks.
func retryAfter(value string) (wait time.Duration) {
	s, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return defaultBackoff
	}
	// Out of range it is the largest number.
	return time.Duration(min(s, uint64(longestRetryAfter/time.Second))) * time.Second
}
