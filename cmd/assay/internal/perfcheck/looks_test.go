package perfcheck

import "testing"

// A verdict that is a pass or a regression ends the check at any look, and so does the
// last look. An inconclusive one is followed by the next of the gate's looks, unless the
// gate says that this would be futile.
func TestNext(t *testing.T) {
	const plain, futile = `{"futile": false}`, `{"futile": true}`
	for _, c := range []struct {
		blocks, status int
		saved          string
		want           int // 0: the check ends
	}{
		{6, pass, plain, 0}, {6, regression, plain, 0}, {6, inconclusive, plain, 10},
		{10, pass, plain, 0}, {10, regression, plain, 0}, {10, inconclusive, plain, 14}, {10, inconclusive, futile, 0},
		{14, inconclusive, plain, 20}, {14, inconclusive, `{}`, 20},
		{20, pass, plain, 0}, {20, regression, plain, 0}, {20, inconclusive, plain, 0},
	} {
		got, ok := next(c.blocks, judgement{status: c.status, saved: []byte(c.saved)}, false)
		if got != c.want || ok != (c.want > 0) {
			t.Errorf("%d blocks, status %d, %s: %d %v, want %d", c.blocks, c.status, c.saved, got, ok, c.want)
		}
	}
	if more, ok := next(10, judgement{status: inconclusive, saved: []byte(futile)}, true); more != 14 || !ok {
		t.Errorf("a patient check goes on to %d blocks, %v", more, ok)
	}
}
