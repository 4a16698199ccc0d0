package api

import (
	"testing"
	"time"
)

func TestServerTimingFormat(t *testing.T) {
	for _, test := range []struct {
		timing timing
		want   string
	}{
		{timing{}, "queue;dur=0.000, store;dur=0.000, total;dur=0.000"},
		{timing{queue: 999, store: 1000, total: 1999}, "queue;dur=0.000, store;dur=0.001, total;dur=0.001"},
		{timing{queue: 12 * time.Microsecond, store: 75123456, total: time.Hour}, "queue;dur=0.012, store;dur=75.123, total;dur=3600000.000"},
	} {
		if got := test.timing.header(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.timing, got, test.want)
		}
	}
}
