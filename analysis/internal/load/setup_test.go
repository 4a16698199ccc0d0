package load

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// asked is a scenario as its file has it, and as the manifest resolves that.
const asked = `
version: 1
name: s
summary: What it is for.
placement: "${placement}"
server:
  command: [bin/server, "-addr=127.0.0.1:${port}", "-workers=${workers}"]
  build: {command: [go, build], dir: "${tree}"}
  env: {GOMAXPROCS: "1"}
  ready: {path: /health, timeout: 10s}
load:
  open: {rate: 200/s, duration: 6s}
vars:
  id: {sequence: [0, 9999], format: "P%05d"}
targets:
  - {method: GET, path: "/patients?id=${id}"} # one of many
  - {method: GET, path: /health, weight: 2}
warmup: 1s
blocks: 10
objectives: ["p99 < 200ms", "failed < 7%"]
`

func scenario() results.Scenario {
	return results.Scenario{
		Name: "s", Summary: "What it is for.", SHA256: "aa", Text: asked, Blocks: 10, Warmup: time.Second,
		Params:   map[string]string{"placement": "split", "tree": "here"},
		Variants: []results.Variant{{Name: "few", Params: map[string]string{"workers": "10"}}, {Name: "many", Params: map[string]string{"workers": "20"}}},
		Servers:  []results.Server{{Name: "server", Command: []string{"bin/server", "-addr=127.0.0.1:${port}", "-workers=${workers}"}}},
		Streams: []results.Stream{{Name: "load", Server: "server", Model: results.ModelOpen, Duration: 6 * time.Second, Arrivals: results.ArrivalsConstant,
			Rate: 200, Timeout: 30 * time.Second, Connections: 1000, Transport: "fast"}},
		Objectives: []results.Objective{{Metric: "p99", Op: "<", Threshold: 0.2, Unit: "sec"}, {Metric: "failed", Op: "<", Threshold: 0.07, Unit: "ratio"}},
	}
}

func TestUnequalSetups(t *testing.T) {
	run := func(s ...results.Scenario) *Run {
		return &Run{Bundle: &results.Bundle{Manifest: &results.Manifest{Scenarios: s}}}
	}
	with := func(change func(*results.Scenario)) *Run {
		s := scenario()
		change(&s)
		return run(s)
	}
	text := func(old, new string) *Run {
		if !strings.Contains(asked, old) {
			t.Fatalf("%q is not in the scenario", old)
		}
		return with(func(s *results.Scenario) { s.Text = strings.Replace(asked, old, new, 1) })
	}
	for _, c := range []struct {
		name string
		b    Source
		want string // variant: what, …
	}{
		{"the same", run(scenario()), ""},
		{"other words about it", with(func(s *results.Scenario) {
			s.Summary, s.SHA256, s.Blocks, s.Text = "Else.", "bb", 6, strings.Replace(strings.Replace(asked, "# one of many", "", 1), "blocks: 10", "blocks: 6", 1)
		}), ""},
		{"a shorter warm-up", with(func(s *results.Scenario) { s.Warmup = 6 * time.Second }), "few: warmup 1s, 6s | many: warmup 1s, 6s"},
		{"a shorter window", with(func(s *results.Scenario) { s.Streams[0].Duration = 2 * time.Second }), "few: duration 6s, 2s | many: duration 6s, 2s"},
		{"another rate and arrivals", with(func(s *results.Scenario) { s.Streams[0].Rate, s.Streams[0].Arrivals = 240.5, "poisson" }),
			"few: arrivals constant, poisson; rate 200/s, 240.5/s | many: arrivals constant, poisson; rate 200/s, 240.5/s"},
		{"a closed loop", with(func(s *results.Scenario) {
			s.Streams[0] = results.Stream{Name: "load", Server: "server", Model: results.ModelClosed, Requests: 1000, Clients: 10, Timeout: 30 * time.Second, Connections: 1000, Transport: "fast"}
			s.Variants = s.Variants[:1]
		}), "few: arrivals constant, none; clients none, 10; duration 6s, none; load open, closed; rate 200/s, none; requests none, 1000"},
		{"one variant", with(func(s *results.Scenario) { s.Variants[1].Params = map[string]string{"workers": "30"} }), "many: command -workers=20, -workers=30"},
		{"a parameter by its value", with(func(s *results.Scenario) { s.Servers[0].Command[2] = "-workers=10" }), "many: command -workers=20, -workers=10"},
		{"where it was built", with(func(s *results.Scenario) { s.Params = map[string]string{"placement": "split", "tree": "/tmp/there"} }), ""},
		{"placement", with(func(s *results.Scenario) {
			s.Params = map[string]string{"placement": "none"}
			s.Variants = s.Variants[:1]
		}), "few: placement split, none"},
		{"the order of arguments", with(func(s *results.Scenario) {
			s.Servers[0].Command = []string{"bin/server", "-workers=${workers}", "-addr=127.0.0.1:${port}"}
			s.Variants = s.Variants[:1]
		}), "few: order of command"},
		{"a variant more", with(func(s *results.Scenario) { s.Variants = append(s.Variants, results.Variant{Name: "new"}) }), ""},
		{"another scenario", with(func(s *results.Scenario) { s.Name, s.Warmup = "other", 0 }), ""},
		{"environment", text(`GOMAXPROCS: "1"`, `GOMAXPROCS: "2"`), "few: env GOMAXPROCS 1, 2 | many: env GOMAXPROCS 1, 2"},
		{"targets", text("weight: 2", "weight: 3"), "few: targets 2 weight 2, 3 | many: targets 2 weight 2, 3"},
		{"variables", text("[0, 9999]", "[0, 99]"), "few: vars id sequence 9999, 99 | many: vars id sequence 9999, 99"},
		{"readiness", text("timeout: 10s", "timeout: 20s"), ""},
		{"text that tells nothing", with(func(s *results.Scenario) { s.Text = "" }), ""},
		{"text that is broken", with(func(s *results.Scenario) { s.Text = "[" }), ""},
		{"what is in time", with(func(s *results.Scenario) { s.Objectives[0].Threshold = 0.1 }),
			"few within-slo-ratio: in time is 200ms, 100ms | many within-slo-ratio: in time is 200ms, 100ms"},
		{"an objective beside", with(func(s *results.Scenario) { s.Objectives[1].Threshold = 0.1 }), ""},
		{"a file that it reads", with(func(s *results.Scenario) {
			s.Inputs = map[string]string{"ids.txt": "0123456789abcdef"}
			s.Variants = s.Variants[:1]
		}),
			"few: content of ids.txt none, 01234567"},
		{"text", &Text{}, ""},
	} {
		var got []string
		for _, u := range UnequalSetups(run(scenario()), c.b) {
			if u.Scenario != "s" {
				t.Errorf("%s: scenario %q", c.name, u.Scenario)
			}
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s", u.Variant, u.Unit))+": "+u.What)
		}
		if got := strings.Join(got, " | "); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// Where a scenario has several servers and streams, each is named.
func TestUnequalStreams(t *testing.T) {
	several := func(rate float64, env string) *Run {
		s := results.Scenario{
			Name: "s", Variants: []results.Variant{{Name: "v"}},
			Text:    "servers:\n  - {name: db, command: [db]}\n  - {name: api, command: [api], env: {GOGC: " + env + "}}\nstreams:\n  - {name: x, targets: [{path: /}]}\n  - {name: y, targets: [{path: /}]}\n",
			Servers: []results.Server{{Name: "db", Command: []string{"db"}}, {Name: "api", Command: []string{"api"}}},
			Streams: []results.Stream{{Name: "x", Server: "api"}, {Name: "y", Server: "api", Rate: rate,
				Stages: []results.Stage{{Rate: 1, To: &rate, Duration: time.Second}, {Rate: rate, Duration: 2 * time.Second}}}},
		}
		return &Run{Bundle: &results.Bundle{Manifest: &results.Manifest{Scenarios: []results.Scenario{s}}}}
	}
	const want = "api env GOGC 50, 100; y rate 2/s, 3/s; y stages 1/s to 2/s for 1s 2/s for 2s, 1/s to 3/s for 1s 3/s for 2s"
	got := UnequalSetups(several(2, "50"), several(3, "100"))
	if len(got) != 1 || got[0].What != want {
		t.Errorf("%v, want %q", got, want)
	}
}
