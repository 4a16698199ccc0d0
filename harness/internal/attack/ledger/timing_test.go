package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestServerTiming(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"queue;dur=1.5, store;dur=75", "queue=1.5ms store=75ms"},
		{`total; desc="all of it" ; dur="2"`, "total=2ms"},
		{"miss, hit;desc=x", ""},
		{"a b;dur=1", ""},
		{"x;dur=-1, y;dur=nan, z;dur=1e99", ""},
		{"", ""},
		{";;,,=;dur=3", ""},
	} {
		var got []string
		for _, p := range AppendPhases(nil, []byte(c.value)) {
			got = append(got, fmt.Sprintf("%s=%v", p.Name, p.Took))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: %q, want %q", c.value, s, c.want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"0":                             0,
		" 30 ":                          30 * time.Second,
		"65535":                         65535 * time.Second,
		"65536":                         65536 * time.Second,
		"86400":                         24 * time.Hour,
		"99999999999999999999999":       LongestRetryAfter,
		"18446744073709551615":          LongestRetryAfter,
		"":                              DefaultBackoff,
		"-1":                            DefaultBackoff,
		"1.5":                           DefaultBackoff,
		"Sun, 06 Nov 1994 08:49:37 GMT": DefaultBackoff,
	} {
		if got := RetryAfter(value); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func FuzzServerTiming(f *testing.F) {
	f.Add([]byte("queue;dur=1.5, store;dur=75"))
	f.Fuzz(func(t *testing.T, value []byte) {
		for _, p := range AppendPhases(nil, value) {
			if p.Took < 0 || !ValidPhase([]byte(p.Name)) {
				t.Errorf("%q gives %+v", value, p)
			}
		}
	})
}
