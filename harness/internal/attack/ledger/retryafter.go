package ledger

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// LongestRetryAfter replaces every longer wait that a server asks for. It is longer than
// any load.
const LongestRetryAfter = 365 * 24 * time.Hour

// RetryAfter reads a Retry-After value in seconds. The other form of the header, a date,
// counts as a refusal that does not say how long to wait: to use the date would compare the
// clocks of two machines. Such a value, and one that cannot be read, give DefaultBackoff.
func RetryAfter(value string) (wait time.Duration) {
	s, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return DefaultBackoff
	}
	// A number that is out of range was read as the largest one.
	return time.Duration(min(s, uint64(LongestRetryAfter/time.Second))) * time.Second
}
