package scenario

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var quantity = regexp.MustCompile(`^([+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(.*)$`)

// durationUnits maps units that people write to units that Go reads.
var durationUnits = map[string]string{
	"sec": "s", "secs": "s", "second": "s", "seconds": "s", "S": "s",
	"msec": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms", "MS": "ms",
	"usec": "us", "micros": "us", "microseconds": "us",
	"min": "m", "mins": "m", "minute": "m", "minutes": "m", "M": "m",
	"hour": "h", "hours": "h", "hr": "h", "H": "h",
}

// parseDuration parses a Go duration that is not negative. Unlike Go, it requires a
// unit even after 0.
func parseDuration(s string) (time.Duration, *problem) {
	d, err := time.ParseDuration(s)
	if err == nil && d >= 0 && !strings.HasSuffix(s, "0") {
		return d, nil
	}
	bad := &problem{fmt.Sprintf("%q is not a duration, expected a number with a unit (ns, us, ms, s, m or h)", s), "like 500ms, 20s or 1m30s"}
	m := quantity.FindStringSubmatch(s)
	switch {
	case m == nil:
	case strings.HasPrefix(m[1], "-"):
		bad.message = fmt.Sprintf("%q is negative, expected a duration of 0s or more", s)
		bad.suggestion = ""
	case m[2] == "":
		bad.message = fmt.Sprintf("%q has no unit, expected a duration", s)
		bad.suggestion = "did you mean " + m[1] + "s?"
	case durationUnits[m[2]] != "":
		bad.suggestion = "did you mean " + m[1] + durationUnits[m[2]] + "?"
	case strings.Contains(s, " "):
		if fixed := strings.ReplaceAll(s, " ", ""); fixed != "" {
			if _, err := time.ParseDuration(fixed); err == nil {
				bad.suggestion = "did you mean " + fixed + "?"
			}
		}
	}
	return 0, bad
}

// perSecond maps each unit of a rate to its length in seconds.
var perSecond = map[string]float64{"/s": 1, "/m": 60, "/h": 3600}

var rateUnits = map[string]string{
	"": "/s", "/sec": "/s", "/second": "/s", "rps": "/s", "qps": "/s", "req/s": "/s", "hz": "/s", "ps": "/s",
	"/min": "/m", "/minute": "/m", "rpm": "/m", "/hour": "/h", "/hr": "/h",
}

// ParseRate reads a rate as scenarios have it, like "2000/s", "90/m" or "10/h", and returns
// the rate per second.
func ParseRate(s string) (float64, error) {
	r, p := parseRate(s)
	return r, p.asError()
}

// parseRate parses "2000/s", "90/m" or "10/h", and returns the rate per second.
func parseRate(s string) (float64, *problem) {
	bad := &problem{fmt.Sprintf("%q is not a rate, expected a number and /s, /m or /h", s), "like 2000/s"}
	m := quantity.FindStringSubmatch(s)
	if m == nil {
		return 0, bad
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if seconds, ok := perSecond[m[2]]; ok && err == nil && m[1]+m[2] == s {
		if n < 0 || math.IsInf(n, 0) {
			return 0, &problem{fmt.Sprintf("%q is out of range, expected a rate of 0/s or more", s), ""}
		}
		return n / seconds, nil
	}
	unit := strings.ToLower(strings.TrimSpace(m[2]))
	if err != nil {
		return 0, bad
	}
	if fixed, ok := rateUnits[unit]; ok {
		bad.suggestion = "did you mean " + m[1] + fixed + "?"
	} else if _, ok := perSecond[unit]; ok {
		bad.suggestion = "did you mean " + m[1] + unit + "?"
	}
	return 0, bad
}

// parseShare parses "6%" as 0.06.
func parseShare(s string) (float64, *problem) {
	bad := &problem{fmt.Sprintf("%q is not a share, expected a percentage from 0%% to 100%%", s), "like 1% or 99.9%"}
	m := quantity.FindStringSubmatch(s)
	if m == nil {
		return 0, bad
	}
	n, err := strconv.ParseFloat(m[1], 64)
	switch {
	case err != nil:
	case m[2] == "%" && m[1]+"%" == s && n >= 0 && n <= 100:
		return n / 100, nil
	case m[2] == "" && n > 0 && n < 1:
		bad.suggestion = "did you mean " + strconv.FormatFloat(n*100, 'g', 6, 64) + "%?"
	case m[2] == "" && n <= 100 && n >= 0:
		bad.suggestion = "did you mean " + m[1] + "%?"
	}
	return 0, bad
}
