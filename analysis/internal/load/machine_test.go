package load

import (
	"testing"

	"github.com/assay-bench/assay/results"
)

func TestUnlike(t *testing.T) {
	run := func(h results.Host) *Run { return &Run{Bundle: &results.Bundle{Manifest: &results.Manifest{Host: h}}} }
	here := results.Host{CPUModel: "A", CPUs: []int{0, 1}, ServerCPUs: []int{0}, IdleCPUs: "polling", Kernel: "6.1"}
	with := func(change func(*results.Host)) *Run {
		h := here
		change(&h)
		return run(h)
	}
	for _, c := range []struct {
		name string
		b    Source
		want string
	}{
		{"the same", run(here), ""},
		{"another processor", with(func(h *results.Host) { h.CPUModel = "B" }), "processor (A, B)"},
		{"asleep, and not placed", with(func(h *results.Host) { h.IdleCPUs, h.ServerCPUs = "sleeping", nil }), "CPUs of the server (1, all), idle CPUs (polling, sleeping)"},
		{"a later version", with(func(h *results.Host) { h.AnswerStamps = "on arrival" }), "stamps of answers (when read, on arrival)"},
		{"one CPU more", with(func(h *results.Host) { h.CPUs = []int{0, 1, 2} }), "CPUs in use (2, 3)"},
		{"the same CPUs by other names", with(func(h *results.Host) { h.CPUs, h.ServerCPUs = []int{4, 5}, []int{4} }), ""},
		{"nothing known", run(results.Host{}), ""},
		{"an update", with(func(h *results.Host) { h.Kernel = "6.2" }), ""},
		{"text", &Text{}, ""},
	} {
		if got := Unlike(run(here), c.b); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
