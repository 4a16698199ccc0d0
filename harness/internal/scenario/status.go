package scenario

import (
	"fmt"
	"strconv"

	"github.com/assay-bench/assay/results"
)

// statuses maps status codes to outcomes, as expect says. Codes that it does not
// contain are errors. The zero value is the default mapping.
type statuses struct {
	ok, rejected map[int]bool // nil for the default
}

// Outcome returns the outcome of an answer with this status. By default, 2xx and 3xx
// are ok, and 429 and 503 with a Retry-After header are rejected. A list under
// expect replaces the default for its outcome. If 503 is listed as rejected, it
// counts as a refusal with or without Retry-After.
func (s *Stream) Outcome(status int, retryAfter bool) results.Outcome {
	return s.statuses.outcome(status, retryAfter)
}

// outcome decides by what the scenario lists, and where it lists nothing by the
// defaults. What is listed as ok comes first.
func (m statuses) outcome(status int, retryAfter bool) results.Outcome {
	switch {
	case m.ok[status]:
		return results.OK
	case m.rejected[status]:
		return results.Rejected
	case m.rejected == nil && (status == 429 || status == 503 && retryAfter):
		return results.Rejected
	case m.ok == nil && status >= 200 && status <= 399:
		return results.OK
	default:
		return results.Error
	}
}

// parseStatus parses "2xx" or "404" and returns the codes. class reports whether the
// text is a class.
func parseStatus(s string) (codes []int, class bool, bad *problem) {
	if len(s) == 3 && s[1:] == "xx" && s[0] >= '1' && s[0] <= '5' {
		for i := range 100 {
			codes = append(codes, int(s[0]-'0')*100+i)
		}
		return codes, true, nil
	}
	code, err := strconv.Atoi(s)
	if err != nil || code < 100 || code > 599 {
		return nil, false, &problem{fmt.Sprintf("%q is not a status, expected a code or a class", s), `like "404" or "2xx"`}
	}
	return []int{code}, false, nil
}
