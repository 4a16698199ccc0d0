package self

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

// recorded are figures of two rounds, as they are kept.
const recorded = `{
"host": {"os": "linux", "kernel": "6.18", "cpu_model": "A CPU", "go_version": "go1.26"},
"nginx": "nginx/1.22.1", "rounds": 2, "steal_cpu": {"lag": [0.01, 0.02]},
"costs": {"cost-nginx": [
	{"ours": {"cpu_seconds_per_request": 10e-6, "server_busy": 0.9}, "vegeta": {"cpu_seconds_per_request": 40e-6, "server_busy": 0.2}, "wrk": {"cpu_seconds_per_request": 10e-6, "server_busy": 0.8}},
	{"ours": {"cpu_seconds_per_request": 12e-6, "server_busy": 0.9}, "vegeta": {"cpu_seconds_per_request": 30e-6, "server_busy": 0.2}, "wrk": {"cpu_seconds_per_request": 10e-6, "server_busy": 0.8}}]},
"targets": [
	{"one": {"cpu_seconds_per_request": 20e-6}, "named": {"cpu_seconds_per_request": 20.4e-6}, "checked": {"cpu_seconds_per_request": 44e-6}},
	{"one": {"cpu_seconds_per_request": 20e-6}, "named": {"cpu_seconds_per_request": 20.6e-6}, "checked": {"cpu_seconds_per_request": 42e-6}}],
"flows": [
	{"targets": {"cpu_seconds_per_request": 20e-6}, "flow": {"cpu_seconds_per_request": 22e-6}, "extract": {"cpu_seconds_per_request": 30e-6}},
	{"targets": {"cpu_seconds_per_request": 20e-6}, "flow": {"cpu_seconds_per_request": 22.4e-6}, "extract": {"cpu_seconds_per_request": 32e-6}}],
"rates": [
	{"wrk": 50000, "held": 45000, "overload": [
		{"done": 44000, "server_busy": 0.6, "generator_limited": "late", "saturated": "behind"}, {"done": 45000, "server_busy": 0.95, "generator_limited": "", "saturated": "behind"}]},
	{"wrk": 52000, "held": 45000, "overload": [
		{"done": 45000, "server_busy": 0.7, "generator_limited": "late", "saturated": "behind"}, {"done": 45000, "server_busy": 0.97, "generator_limited": "late", "saturated": "behind"}]}],
"lags": [[
	{"lag_seconds": [10e-6, 140e-6], "ours_late_seconds": [8e-6, 80e-6], "vegeta_late_seconds": [534e-6, 1091e-6], "ours_came_ratio": 0.9993, "vegeta_came_ratio": 0.514},
	{"lag_seconds": [10e-6, 160e-6]}, {"lag_seconds": [21e-6, 140e-6]}]],
"stalls": [{"ours": {"name": "stall x", "quantiles": [
	{"name": "p50", "reported_seconds": 0.00005, "stamped_seconds": 0.00004, "planned_seconds": 0},
	{"name": "p95", "reported_seconds": 0.1679, "stamped_seconds": 0.1675, "planned_seconds": 0.16},
	{"name": "p99", "reported_seconds": 0.434, "stamped_seconds": 0.401, "planned_seconds": 0.4},
	{"name": "p99.9", "reported_seconds": 0.515, "stamped_seconds": 0.514, "planned_seconds": 0.5}]},
	"vegeta": {"latencies": {"50th": 230000, "95th": 176000000, "99th": 460000000}}}],
"speed": [[
	{"name": "jitter", "server_busy": 0.5, "quantiles": [{"name": "p50"},
		{"name": "p95", "reported_seconds": 0.000504, "stamped_seconds": 0.0005, "stamped_error_ratio": 0.008},
		{"name": "p99", "reported_seconds": 0.00100, "stamped_seconds": 0.001, "stamped_error_ratio": 0},
		{"name": "p99.9", "reported_seconds": 0.00102, "stamped_seconds": 0.00102, "stamped_error_ratio": 0}]},
	{"name": "log-normal", "server_busy": 1.2, "quantiles": [{"name": "p50"},
		{"name": "p95", "reported_seconds": 0.02, "stamped_seconds": 0.02, "stamped_error_ratio": -0.004},
		{"name": "p99", "reported_seconds": 0.04, "stamped_seconds": 0.04, "stamped_error_ratio": 0.002},
		{"name": "p99.9", "reported_seconds": 0.06, "stamped_seconds": 0.06, "stamped_error_ratio": 0.001}]},
	{"name": "lost", "timeouts": {"reported": 90}, "quantiles": [{"name": "p50"},
		{"name": "p95", "reported_seconds": 0.02, "stamped_seconds": 0.02, "stamped_error_ratio": 0},
		{"name": "p99"}, {"name": "p99.9"}]}]],
"shapes": [{"name": "starved", "ok": true}, {"name": "odd", "faults": ["why"]}],
"memory": [{"peak_rss_bytes": [20e6, 21e6], "allocations_per_request": 0.001, "https_allocations_per_request": 4.002}],
"connections": {"peak_rss_bytes": 180e6, "opened": 10000},
"books": {"sent": 7, "wanted": 8, "impossible": 0, "joined": 5, "loads": 3, "apart": 0.00001}}`

func recordedFigures(t *testing.T) *Figures {
	t.Helper()
	f := new(Figures)
	if err := json.Unmarshal([]byte(recorded), f); err != nil {
		t.Fatal(err)
	}
	return f
}

// cells are those of the row that begins so, or of no row.
func cells(t *testing.T, f *Figures, what string) (all []string) {
	t.Helper()
	var b bytes.Buffer
	if err := f.Print(&b); err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(b.String()) {
		if !strings.HasPrefix(l, "| "+what) {
			continue
		}
		for cell := range strings.SplitSeq(strings.Trim(l, "|\n"), "|") {
			all = append(all, strings.TrimSpace(cell))
		}
		return all
	}
	t.Fatalf("no row %q in\n%s", what, b.String())
	return nil
}

func TestTable(t *testing.T) {
	f := recordedFigures(t)
	for _, c := range []struct{ what, bar, ours, vegeta, wrk, verdict string }{
		{"CPU per request, closed, 64 connections, nginx ", "", "11.0 µs, server 90 %", "35.0 µs, server 20 %", "10.0 µs, server 80 %", ""},
		{"its CPU against wrk's", "≤ 1.05 ×", "1.10 × (1.00 … 1.20)", "–", "–", "missed"},
		{"its CPU against vegeta's", "≤ 0.30 ×", "0.33 × (0.25 … 0.40)", "–", "–", "missed"},
		{"CPU per request, closed, 64 connections, one target", "", "20.0 µs", "–", "–", ""},
		{"its CPU with 10 named targets", "≤ 1.05 ×", "1.02 × (1.02 … 1.03)", "–", "–", "met"},
		{"its CPU with contains and one JSON check", "≤ 2.00 ×", "2.15 × (2.10 … 2.20)", "–", "–", "missed"},
		{"CPU per request, closed, 64 connections, three targets", "", "20.0 µs", "–", "–", ""},
		{"its CPU as a flow of three steps", "≤ 1.15 ×", "1.11 × (1.10 … 1.12)", "–", "–", "met"},
		{"its CPU as a flow that extracts a value from JSON", "", "1.55 × (1.50 … 1.60)", "–", "–", ""},
		{"highest open rate", "", "45000/s", "–", "51000/s, closed", ""},
		{"it against the closed loop of wrk", "≥ 0.8 ×", "0.88 × (0.87 … 0.90)", "–", "–", "met"},
		{"done when 2 ×", "≥ 0.95 ×, generator-limited", "0.99 × (0.98 … 1.00); generator-limited in 2 of 2, server 60 … 70 % busy", "–", "–", "met"},
		{"done when 4 ×", "≥ 0.95 ×, generator-limited",
			"1.00 × (1.00 … 1.00); generator-limited in 1 of 2, saturated in 1 of 2, server 95 … 97 % busy: it may be the limit", "–", "–", "met"},
		{"lag at 1000/s", "≤ 20, 150 µs", "10, 140 µs", "–", "–", "met"},
		{"lateness of arrival at 1000/s", "", "8, 80 µs", "534, 1091 µs; 51 % of the requests came", "–", ""},
		{"lag at 5000/s", "≤ 20, 150 µs", "10, 160 µs", "–", "–", "missed"},
		{"lag at 20000/s", "≤ 20, 150 µs", "21, 140 µs", "–", "–", "missed"},
		{"stall, p50", "within 0.1 ms", "+0.050 ms", "+0.230 ms", "–", "met"},
		{"stall, p95", "≤ 5 %", "+4.94 %", "+10.00 %", "–", "met"},
		{"stall, p99 ", "≤ 2 %", "+8.50 %", "+15.00 %", "–", "missed"},
		{"stall, p99.9", "≤ 2 %", "+3.00 %, the server by its own stamps +2.80 %", "–", "–", "not judged"},
		{"jitter", "≤ 0.5 %", "+0.80, +0.00, +0.00 % (4, 0, 0 µs)", "–", "–", "missed"},
		{"log-normal", "≤ 0.5 %", "-0.40, +0.20, +0.10 % (0, 0, 0 µs), server 100 % busy", "–", "–", "met"},
		{"lost", "≤ 0.5 %", "+0.00, –, – % (0, –, – µs), 90 requests timed out", "–", "–", "missed"},
		{"starved", "≤ 1 or 2 %, or flagged", "right", "–", "–", "met"},
		{"odd", "≤ 1 or 2 %, or flagged", "flagged: why", "–", "–", "met"},
		{"generator memory, 1,000,000", "≤ 1.1 ×", "1.05 × (21.0, 20.0 MB)", "–", "–", "met"},
		{"allocations per request in a lane, plain", "0", "0.001", "–", "–", "met"},
		{"allocations per request in a lane, HTTPS", "", "4.002", "–", "–", ""},
		{"generator memory, 10000 plain connections", "≤ 200 MB", "180.0 MB", "–", "–", "met"},
		{"sent = scheduled", "always", "7 of 8", "–", "–", "missed"},
		{"stamps in order", "always", "0 of 5 are not", "–", "–", "met"},
		{"response = lag", "always", "0.001 % apart at most, of 3 loads", "–", "–", "met"},
	} {
		got := cells(t, f, c.what)
		for i, want := range []string{c.bar, c.ours, c.vegeta, c.wrk, c.verdict} {
			if got[i+1] != want {
				t.Errorf("%s: cell %d is %q, want %q", c.what, i+1, got[i+1], want)
			}
		}
	}
}

// A machine that is not fit to judge by is named where a bar is missed, and changes
// no verdict.
func TestUnfitMachineIsNamed(t *testing.T) {
	verdict := func(f *Figures, what string) string { all := cells(t, f, what); return all[len(all)-1] }
	f := recordedFigures(t)
	f.Rates[1].Wrk = 70_000
	if got, want := verdict(f, "lag at 5000/s"), "missed; the machine: wrk's own figures are 33 % apart"; got != want {
		t.Errorf("verdict %q, want %q", got, want)
	}
	if got := verdict(f, "lag at 1000/s"); got != "met" {
		t.Errorf("verdict %q", got)
	}
	f = recordedFigures(t)
	f.Steal["lag"][1] = 0.31
	if got, want := verdict(f, "lag at 5000/s"), "missed; the hypervisor took up to 31 % of a CPU"; got != want {
		t.Errorf("verdict %q, want %q", got, want)
	}
	if got := verdict(f, "its CPU against wrk's"); got != "missed" {
		t.Errorf("steal in another section: %q", got)
	}
	f.Costs["cost-nginx"][0].Wrk.CPU = 14e-6
	if got, want := verdict(f, "its CPU against vegeta's"), "missed; the machine: wrk's own figures are 33 % apart"; got != want {
		t.Errorf("verdict %q, want %q", got, want)
	}
}

// A load that the generator limits has to say so wherever the server had time.
func TestMarksOfAnOverload(t *testing.T) {
	f := recordedFigures(t)
	f.Rates[0].Overload[0].Limited = ""
	got := cells(t, f, "done when 2 ×")
	if want := "0.99 × (0.98 … 1.00); generator-limited in 1 of 2, saturated in 1 of 2, server 60 … 70 % busy"; got[2] != want || got[5] != "missed" {
		t.Errorf("%q", got)
	}
}

func TestTableOfNothingAndFailures(t *testing.T) {
	var b bytes.Buffer
	f := &Figures{Failures: []string{"round 1, rate: there is no nginx"}}
	if err := f.Print(&b); err != nil || !strings.Contains(b.String(), "Not measured in round 1, rate: there is no nginx") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// What was kept is read again as it was.
func TestFiguresAreKept(t *testing.T) {
	f := recordedFigures(t)
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	again := new(Figures)
	if err := json.Unmarshal(text, again); err != nil {
		t.Fatal(err)
	}
	var a, b bytes.Buffer
	if f.Print(&a) != nil || again.Print(&b) != nil || a.String() != b.String() {
		t.Errorf("%s\nbecame\n%s", a.String(), b.String())
	}
}

func TestSpeedShapes(t *testing.T) {
	all := speedShapes()
	if len(all) != 9 {
		t.Fatalf("%d shapes", len(all))
	}
	names := map[string]bool{}
	for _, s := range all {
		names[s.Name] = true
		// Everyone who comes during a stall holds a connection, as does everyone
		// whose answer is delayed; a child opens no more files than this.
		held := s.Rate * max(s.Server.Stall, s.Server.Delay).Seconds()
		if float64(s.Connections) < 1.15*held || s.Connections > 3000 || s.Tolerance != barStamped {
			t.Errorf("%+v for %.0f requests at once", s, held)
		}
	}
	if len(names) != len(all) || !names["stall 100ms in 1s, 20000/s"] {
		t.Errorf("names %v", names)
	}
	if first, stall := all[0], knownanswer.Stall(1); first.Server.Stall != stall.Server.Stall || first.Rate != stall.Rate {
		t.Errorf("the first shape is %+v", first)
	}
}
