package attack

import (
	"strings"
	"testing"
	"time"
)

func TestGeneratorLimited(t *testing.T) {
	ms := func(n float64) *time.Duration { d := time.Duration(n * float64(time.Millisecond)); return &d }
	late := []SecondLag{{time.Second, 2 * time.Millisecond, 0}, {2 * time.Second, 2 * time.Millisecond, 0}, {3 * time.Second, 0, 0}}
	taken := []SecondLag{{time.Second, 0, 2 * time.Millisecond}, {2 * time.Second, 0, 2 * time.Millisecond}}
	for _, c := range []struct {
		name string
		g    Generator
		want string // in what is said; empty: it did not limit the load
	}{
		{"nothing is known", Generator{}, ""},
		{"in time", Generator{LagP99: ms(0.9), HandlingP99: ms(0.9), ResponseP99: ms(1)}, ""},
		{"late", Generator{LagP99: ms(1.1), HandlingP99: ms(0), ResponseP99: ms(2)}, "p99 of lag is 1.1ms"},
		{"late beside a slow server", Generator{LagP99: ms(4), HandlingP99: ms(4.9), ResponseP99: ms(100)}, ""},
		{"answers lie unread", Generator{LagP99: ms(0), HandlingP99: ms(6), ResponseP99: ms(100)}, "p99 of handling is 6ms"},
		{"late, and nothing answered in time", Generator{LagP99: ms(2)}, "p99 of lag is 2ms"},
		{"busy and late", Generator{Busy: [][]float64{{0, 0.95, 1, 0}}, Lags: late}, "busy and late in 2 of 3 seconds"},
		{"busy and late in one lane of two", Generator{Busy: [][]float64{{0, 0.5, 0.5, 0}, {0, 0.95, 1, 0}}, Lags: late}, "busy and late in 2 of 3 seconds"},
		{"busy and in time", Generator{Busy: [][]float64{{1, 1, 1, 1}}, Lags: []SecondLag{{time.Second, 0, 0}, {2 * time.Second, 0, 0}}}, ""},
		{"busy, and its connections look taken", Generator{Busy: [][]float64{{1, 1, 1}}, Lags: taken}, "busy and late in 2 of 2 seconds"},
		{"connections are taken, and it has time", Generator{Busy: [][]float64{{0.9, 0.9, 0.9}}, Lags: taken}, ""},
		{"late and not busy", Generator{Busy: [][]float64{{0, 0.9, 0.9, 0}}, Lags: late}, ""},
		{"busy and late once", Generator{Busy: [][]float64{{0, 0.9, 1, 1}}, Lags: late}, ""},
		{"a second without a wait at the end", Generator{Busy: [][]float64{{0, 1}}, Lags: late}, "busy and late in 2 of 3 seconds"},
		{"request by request", Generator{Lags: late}, ""},
		{"clients that wait", Generator{Lost: 0.06}, "clients waited for it for 6 % of their time"},
		{"clients that hardly wait", Generator{Lost: 0.05}, ""},
	} {
		got := c.g.Limited()
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
