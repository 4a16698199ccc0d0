package scenario

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDurations(t *testing.T) {
	for _, c := range []struct {
		in         string
		want       time.Duration
		suggestion string // if refused
	}{
		{"0s", 0, ""},
		{"1m30s", 90 * time.Second, ""},
		{"1.5ms", 1500 * time.Microsecond, ""},
		{"0", -1, "did you mean 0s?"},
		{"30", -1, "did you mean 30s?"},
		{"2min", -1, "did you mean 2m?"},
		{"10 ms", -1, "did you mean 10ms?"},
		{"1H", -1, "did you mean 1h?"},
		{"1d", -1, "like 500ms, 20s or 1m30s"},
		{"", -1, "like 500ms, 20s or 1m30s"},
		{"-1s", -1, ""},
		{"9999999h", -1, "like 500ms, 20s or 1m30s"},
	} {
		got, bad := parseDuration(c.in)
		if (bad != nil) != (c.want < 0) || bad == nil && got != c.want || bad != nil && bad.suggestion != c.suggestion {
			t.Errorf("parseDuration(%q) = %v, %v, want %v, %q", c.in, got, bad, c.want, c.suggestion)
		}
	}
}

func TestRates(t *testing.T) {
	for _, c := range []struct {
		in         string
		want       float64
		suggestion string
	}{
		{"2000/s", 2000, ""},
		{"90/m", 1.5, ""},
		{"36/h", 0.01, ""},
		{"1e3/s", 1000, ""},
		{".5/s", 0.5, ""},
		{"0/s", 0, ""},
		{"2000", -1, "did you mean 2000/s?"},
		{"2000 /s", -1, "did you mean 2000/s?"},
		{"2000/sec", -1, "did you mean 2000/s?"},
		{"10rpm", -1, "did you mean 10/m?"},
		{"2k/s", -1, "like 2000/s"},
		{"/s", -1, "like 2000/s"},
		{"-1/s", -1, ""},
		{"1e999/s", -1, "like 2000/s"},
		{"NaN/s", -1, "like 2000/s"},
	} {
		got, bad := parseRate(c.in)
		if (bad != nil) != (c.want < 0) || bad == nil && math.Abs(got-c.want) > 1e-12 || bad != nil && bad.suggestion != c.suggestion {
			t.Errorf("parseRate(%q) = %v, %v, want %v, %q", c.in, got, bad, c.want, c.suggestion)
		}
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct {
		in         string
		want       float64
		suggestion string
	}{
		{"0%", 0, ""},
		{"6%", 0.06, ""},
		{"99.9%", 0.999, ""},
		{"100%", 1, ""},
		{"101%", -1, "like 1% or 99.9%"},
		{"-1%", -1, "like 1% or 99.9%"},
		{"0.06", -1, "did you mean 6%?"},
		{"6", -1, "did you mean 6%?"},
		{"6 %", -1, "like 1% or 99.9%"},
		{"x", -1, "like 1% or 99.9%"},
	} {
		got, bad := parseShare(c.in)
		if (bad != nil) != (c.want < 0) || bad == nil && math.Abs(got-c.want) > 1e-12 || bad != nil && bad.suggestion != c.suggestion {
			t.Errorf("parseShare(%q) = %v, %v, want %v, %q", c.in, got, bad, c.want, c.suggestion)
		}
	}
}

// What time.Duration prints, parseDuration reads.
func TestDurationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Min(0).Draw(t, "d"))
		if got, bad := parseDuration(d.String()); bad != nil || got != d {
			t.Fatalf("%v: got %v, %v", d, got, bad)
		}
	})
}

func TestSLORoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(1, int64(24*time.Hour)).Draw(t, "d"))
		o, bad := parseObjective(fmt.Sprint("p99 < ", d))
		if bad != nil {
			t.Fatal(bad)
		}
		s := Scenario{}
		s.Objectives = append(s.Objectives, o)
		if got, ok := s.SLO(); !ok || got != d {
			t.Fatalf("SLO of %v is %v", d, got)
		}
	})
}

func TestObjectives(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
	}{
		{"p50 < 1ms", "p50 < 0.001 sec"},
		{"p99.9<1s", "p99.9 < 1 sec"},
		{" mean  <  10us ", "mean < 1e-05 sec"},
		{"max < 1m", "max < 60 sec"},
		{"failed < 7%", "failed < 0.07 ratio"},
		{"timeouts < 0.5%", "timeouts < 0.005 ratio"},
		{"within-slo > 99%", "within-slo > 0.99 ratio"},
		{"throughput > 500/s", "throughput > 500 per-sec"},
		{"p99 < 0s", "like \"p99 < 200ms\""},
		{"p99 = 1s", "like \"p99 < 200ms\""},
		{"p99", "like \"p99 < 200ms\""},
		{"p99 > 1s", "did you mean \"p99 < 1s\"?"},
		{"godput > 1/s", "did you mean goodput?"},
		{"goodput >= 1/s", "did you mean \"goodput > 1/s\"?"},
	} {
		o, bad := parseObjective(c.in)
		got := fmt.Sprint(o.Metric, " ", o.Op, " ", o.Threshold, " ", o.Unit)
		if bad != nil {
			got = bad.suggestion
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		expect     string
		status     int
		retryAfter bool
		want       string
	}{
		{"", 200, false, "ok"},
		{"", 302, true, "ok"},
		{"", 404, false, "error"},
		{"", 429, false, "rejected"},
		{"", 503, true, "rejected"},
		{"", 503, false, "error"},
		{"", 100, false, "error"},
		{"rejected: [503]", 503, false, "rejected"},
		{"rejected: [503]", 429, false, "error"},
		{"rejected: [503]", 201, false, "ok"},
		{"ok: [200, 404]", 404, false, "ok"},
		{"ok: [200, 404]", 201, false, "error"},
		{"ok: [200, 404]", 429, false, "rejected"},
		{"ok: [5xx]", 503, true, "ok"},
		{"ok: [2xx], rejected: [204]", 204, false, "rejected"},
		{"ok: [2xx], rejected: [204]", 200, false, "ok"},
		{"ok: [429], rejected: [4xx]", 429, false, "ok"},
		{"ok: [429], rejected: [4xx]", 404, false, "rejected"},
	} {
		s := parse(t, "version: 1\nname: x\nserver: {command: [x]}\nload: {open: {rate: 1/s, duration: 1s}}\ntargets: [{path: /}]\nexpect: {"+c.expect+"}\n")
		if got := s.Streams[0].Outcome(c.status, c.retryAfter).String(); got != c.want {
			t.Errorf("expect {%s}: %d with Retry-After %v is %s, want %s", c.expect, c.status, c.retryAfter, got, c.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	keys := []string{"duration", "rate", "think", "ok"}
	for _, c := range []struct{ in, want string }{
		{"durration", "did you mean duration?"},
		{"Duration", "did you mean duration?"},
		{"druation", "did you mean duration?"},
		{"rat", "did you mean rate?"},
		{"zzzzzzzz", "known: duration, rate, think, ok"},
		{"", "known: duration, rate, think, ok"},
	} {
		if got := didYouMean(c.in, keys); got != c.want {
			t.Errorf("didYouMean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := didYouMean("x", nil); got != "" {
		t.Errorf("without candidates: %q", got)
	}
}

// The distance is symmetric, zero only for equal texts, and no longer than
// the longer text.
func TestEditDistance(t *testing.T) {
	word := rapid.StringMatching(`[ab]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := editDistance(a, b)
		if d != editDistance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("editDistance(%q, %q) = %d, back %d", a, b, d, editDistance(b, a))
		}
	})
}
