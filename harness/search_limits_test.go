package main

import (
	"testing"

	"github.com/assay-bench/assay/results"
)

func TestConnectionWait(t *testing.T) {
	for _, c := range []struct {
		p50ns float64 // of the wait; 0: nothing was answered ok
		most  int
		want  string
	}{
		{14.2e6, 1000, "; half of the requests waited 14 ms for one of 1,000 connections"},
		{1250e6, 50, "; half of the requests waited 1250 ms for one of 50 connections"},
		{2e6, 1, "; half of the requests waited 2 ms for the one connection"},
		{1e6, 1000, ""},
		{3e3, 1000, ""},
		{0, 1000, ""},
	} {
		s := results.StreamResult{Parts: map[string]results.Quantiles{"conn-wait.ok": {}}}
		if c.p50ns > 0 {
			s.Parts["conn-wait.ok"] = results.Quantiles{Count: 1, P50: &c.p50ns}
		}
		if got := connectionWait(&s, c.most); got != c.want {
			t.Errorf("%v ns, %d connections: %q, want %q", c.p50ns, c.most, got, c.want)
		}
	}
	if got := connectionWait(&results.StreamResult{}, 1); got != "" {
		t.Errorf("without parts: %q", got)
	}
}
