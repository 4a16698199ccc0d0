package scenario

import (
	"fmt"
	"strconv"

	"github.com/assay-bench/assay/results"
)

// statuses maps status codes to outcomes as expect: asks. Codes it does not
// hold are errors; the zero value is the default map.
type statuses struct {
	ok, rejected map[int]bool // nil: the default
}

// Outcome is what an answer with this status counts as. By default ok is 2xx and 3xx, and rejected is 429, and 503 when the
// answer has a Retry-After header. A list given under expect: replaces the
// default of that outcome; 503 listed there is a refusal with or without
// Retry-After.
func (s *Stream) Outcome(status int, retryAfter bool) results.Outcome {
	return s.statuses.outcome(status, retryAfter)
}

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

// parseStatus reads "2xx" or "404" as the codes it stands for. class tells
// which of the two it is.
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
