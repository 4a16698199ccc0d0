package perfcheck

import "testing"

// A verdict that is a pass or a regression is final at any look: the levels of both
// looks together are what a check may spend. What the last look says is final too.
func TestFinal(t *testing.T) {
	for _, c := range []struct {
		look, status int
		want         bool
	}{
		{0, pass, true}, {0, regression, true}, {0, inconclusive, false},
		{1, pass, true}, {1, regression, true}, {1, inconclusive, true},
	} {
		if got := final(c.look, c.status); got != c.want {
			t.Errorf("look %d, status %d: final %v, want %v", c.look, c.status, got, c.want)
		}
	}
}
