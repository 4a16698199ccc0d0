package ledger

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// LongestRetryAfter is taken for every longer wish: it outlasts any load.
const LongestRetryAfter = 365 * 24 * time.Hour

// RetryAfter reads a Retry-After value in seconds. The other form, a date, is
// taken as a wish without a time, since it would compare two clocks.
func RetryAfter(value string) (wait time.Duration) {
	s, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return DefaultBackoff
	}
	// Out of range it is the largest number.
	return time.Duration(min(s, uint64(LongestRetryAfter/time.Second))) * time.Second
}
