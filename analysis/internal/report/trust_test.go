package report

import (
	"fmt"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// The manifest knows how the machine was divided; only the trials know whether
// their servers kept to it.
func TestPlacementIsThatOfTheTrials(t *testing.T) {
	var (
		own      = results.ServerResult{Exit: "exit status 0", CPUs: []int{0, 1}}
		anywhere = results.ServerResult{Exit: "exit status 0"}
		attached = results.ServerResult{} // ran before the trial, and after it
	)
	const (
		divided = "server on 2 CPUs (number 0 and 1), generator on others (number 2)"
		shared  = "server and generator share all CPUs"
	)
	trial := func(valid bool, servers ...results.ServerResult) results.Trial {
		return results.Trial{Scenario: "s", Valid: valid, Servers: servers}
	}
	for _, c := range []struct {
		name            string
		server          []int
		trials          []results.Trial
		figure, verdict string
	}{
		{"all placed", []int{0, 1}, []results.Trial{trial(true, own), trial(true, own, own)}, divided, good},
		{"one not placed", []int{0, 1}, []results.Trial{trial(true, own), trial(true, anywhere), trial(true, own)},
			divided + "; in 1 of 3 trials, of `s`, they share all CPUs", caution},
		{"one server of a trial not placed", []int{0, 1}, []results.Trial{trial(true, own), trial(true, own, anywhere)},
			divided + "; in 1 of 2 trials, of `s`, they share all CPUs", caution},
		{"none placed", []int{0, 1}, []results.Trial{trial(true, anywhere), trial(true, anywhere)}, shared, caution},
		{"not placed and void", []int{0, 1}, []results.Trial{trial(true, own), trial(false, anywhere)}, divided, good},
		{"not the harness's to place", []int{0, 1}, []results.Trial{trial(true, own, attached)}, divided, good},
		{"no trials", []int{0, 1}, nil, divided, good},
		{"undivided machine", nil, []results.Trial{trial(true, anywhere)}, shared, caution},
	} {
		m := &results.Manifest{Host: results.Host{ServerCPUs: c.server, GeneratorCPUs: []int{2}}}
		for i := range c.trials {
			c.trials[i].ID, c.trials[i].Block, c.trials[i].Attempt = fmt.Sprint("t", i), i+1, 1
		}
		got := placementCheck(&load.Run{Bundle: &results.Bundle{Manifest: m, Trials: c.trials}})
		if want := (check{"CPU placement", c.figure, c.verdict}); got != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
	}
}

// The limit of foreign load and what was waited for a CPU quota are shown for runs that
// recorded them, and the line of an older bundle stays as it was.
func TestNoiseShowsItsSettings(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		limit     float64
		throttled *float64
		want      string
	}{
		{0, nil, "worst trial: 1 % of a CPU by other programs, 0 % stolen"},
		{0.07, nil, "worst trial: 1 % of a CPU by other programs (limit 7 %), 0 % stolen; waits for a CPU quota not visible"},
		{0.2, v(0), "worst trial: 1 % of a CPU by other programs (limit 20 %), 0 % stolen; no waits for a CPU quota"},
		{0.2, v(0.25), "worst trial: 1 % of a CPU by other programs (limit 20 %), 0 % stolen; 25 % of the time waited for a CPU quota"},
	} {
		trial := results.Trial{ID: "t", Block: 1, Attempt: 1, Valid: true, Scenario: "s",
			Host: results.HostWatch{Foreign: v(0.01), Steal: v(0), Throttled: c.throttled}}
		m := &results.Manifest{ForeignLimit: c.limit}
		if got := noiseCheck(&load.Run{Bundle: &results.Bundle{Manifest: m, Trials: []results.Trial{trial}}}); got.figure != c.want {
			t.Errorf("%+v: %q, want %q", c, got.figure, c.want)
		}
	}
}
