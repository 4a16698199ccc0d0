package text

import (
	"math"
	"testing"
	"time"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Count(1, "block"), "1 block"},
		{Count(0, "block"), "0 blocks"},
		{Thousands(999), "999"},
		{Thousands(1234567.4), "1,234,567"},
		{Number(0), "0"},
		{Number(0.00123456), "0.001235"},
		{Number(12.3456), "12.35"},
		{Number(123456.7), "123457"},
		{Number(math.Inf(1)), "–"},
		{Rate(0), "0"}, {Rate(0.5), "0.5"}, {Rate(0.0254), "0.025"}, {Rate(7), "7"}, {Rate(9.96), "10"}, {Rate(99.6), "100"}, {Rate(math.Inf(1)), "+Inf"},
		{Duration(59 * time.Second), "59 s"},
		{Duration(90 * time.Second), "2 min"},
		{Duration(61 * time.Minute), "1 h 01 min"},
		{Cell("a", nil), "a"},
		{Cell("a", map[string]string{"b": "2", "a": "1"}), "a a=1 b=2"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
