package doctor

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/results"
)

func TestEnvironmentOfAFitMachine(t *testing.T) {
	load := 0.1
	for _, i := range environment(results.Host{
		CPUs: []int{0, 1, 2, 3}, ServerCPUs: []int{0, 1}, GeneratorCPUs: []int{2, 3}, Siblings: []string{"0-1", "2-3"},
		Governor: "performance", Turbo: "off", IdleCPUs: "polling", CgroupCPU: "max 100000", LoadAverage: &load, FileLimit: 65536, ClockSource: "tsc",
	}, 65536) {
		if i.Verdict != good || i.Advice != "" {
			t.Errorf("%+v", i)
		}
	}
	for _, i := range environment(results.Host{ServerCPUs: []int{0}, GeneratorCPUs: []int{1}}, 0) {
		if i.Verdict != good || i.Figure == "" {
			t.Errorf("what cannot be seen speaks against the machine: %+v", i)
		}
	}
}

func TestItems(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	bad := &knownanswer.Result{Faults: []string{"one", "two", "three"}}
	near := &knownanswer.Result{OK: true, Quantiles: []knownanswer.Quantile{
		{Name: "p50", Reported: v(0.002), Stamped: v(0.001), StampedError: v(1)},
		{Name: "p99", Reported: v(0.202), Stamped: v(0.2), StampedError: v(0.01)},
	}}
	short := &knownanswer.Result{OK: true, Quantiles: []knownanswer.Quantile{{}, {}, {Reported: v(0.00102), Stamped: v(0.001)}}}
	for _, c := range []struct {
		got     item
		verdict string
		figure  string
	}{
		{placed(results.Host{CPUs: []int{0}}), caution, "server and generator share 1 CPU"},
		{placed(results.Host{ServerCPUs: []int{0, 2}, GeneratorCPUs: []int{1, 3}, Siblings: []string{"0,2", "1-3"}}), caution, "server on CPU 0,2, generator on CPU 1,3, threads of one core"},
		{governor(results.Host{Governor: "powersave"}), caution, "powersave"},
		{idle(results.Host{IdleCPUs: "sleeping"}), caution, "sleeping"},
		{turbo(results.Host{Turbo: "on"}), good, "on"},
		{quota(results.Host{CgroupCPU: "50000 100000", CPUs: []int{0}}), caution, "0.5 of 1 CPU"},
		{quota(results.Host{CgroupCPU: "200000 100000", CPUs: []int{0, 1}}), good, "2 of 2 CPUs"},
		{loadBefore(results.Host{LoadAverage: v(1.5), CPUs: []int{0, 1}}), caution, "1.50 on 2 CPUs"},
		{files(results.Host{FileLimit: 1024}, 1024), unfit, "limit 1024"},
		{files(results.Host{FileLimit: 2048}, 1024), caution, "limit 2048"},
		{files(results.Host{FileLimit: 1 << 20}, 1024), caution, "limit 1048576, of servers 1024 at first"},
		{files(results.Host{FileLimit: 1 << 20}, 0), good, "limit 1048576"},
		{clockSource(results.Host{ClockSource: "hpet"}), caution, "hpet"},
		{pacing(1000, &knownanswer.Result{LagP50: 20e-6, LagP99: 90e-6}), good, "lag p50 20 µs, p99 90 µs"},
		{pacing(1000, &knownanswer.Result{LagP50: 20e-6, LagP99: 310e-6}), caution, "lag p50 20 µs, p99 310 µs"},
		{pacing(1000, &knownanswer.Result{LagP50: 20e-6, LagP99: 4e-3}), unfit, "lag p50 20 µs, p99 4000 µs"},
		{pacing(1000, &knownanswer.Result{Timeouts: knownanswer.Timeouts{Reported: 2000}}), unfit, "2000 requests were not answered"},
		{cost(&knownanswer.Cost{CPU: v(12e-6), Rate: 43210, Connection: 64}), good, "12.0 µs of the generator's CPU at 43,210/s over 64 connections"},
		{cost(&knownanswer.Cost{CPU: v(80e-6)}), caution, "80.0 µs of the generator's CPU at 0/s over 0 connections"},
		{cost(&knownanswer.Cost{}), good, "not visible"},
		{highest(61_234), good, "61,200/s held with a lag p99 of at most 1 ms"},
		{highest(0), caution, "none was held with a lag p99 of 1 ms"},
		{knownAnswer(bad), unfit, "one; and 2 more"},
		{knownAnswer(&knownanswer.Result{Faults: []string{"p95: late"}, Coarse: 0.0004}), caution, "p95: late"},
		{knownAnswer(&knownanswer.Result{Faults: []string{"p95: late"}, Coarse: 0.0011}), unfit, "p95: late"},
		{knownAnswer(&knownanswer.Result{OK: true, First: []string{"p99: 9 ms"}, Quantiles: near.Quantiles}), caution, "largest error +1.00 % (p99); the first of three tries was off: p99: 9 ms"},
		{knownAnswer(near), good, "largest error +1.00 % (p99)"},
		{knownAnswer(short), good, "p99 +20 µs of 1000 µs"},
		{disturbance(results.HostWatch{Foreign: v(0.3), Programs: []results.Program{{Name: "cc1", PID: 7, CPU: 0.28}}})[0], unfit, "30.0 % of a CPU, above all cc1 (pid 7) 28 %"},
		{disturbance(results.HostWatch{Foreign: v(0.1), Programs: []results.Program{{Name: "cc1", PID: 7, CPU: 0.1}}})[0], good, "10.0 % of a CPU"},
		{expected(nil), good, "not visible"},
		{expected([]results.HostWatch{{}, {Steal: v(0)}}), good, "not visible"},
		{expected([]results.HostWatch{{Foreign: v(0.1)}, {Foreign: v(0.2), Steal: v(0.1)}}), good, "none: the machine was quiet in all of 2 tests"},
		{expected([]results.HostWatch{{Foreign: v(0.1)}, {}, {Foreign: v(0.3)}, {Foreign: v(0), Steal: v(0.2)}}), caution, "the machine was too busy in 2 of 3 tests"},
		{quota(results.Host{}), good, "not visible"},
		{quota(results.Host{CgroupCPU: "max 100000"}), good, "none"},
		{disturbance(results.HostWatch{Steal: v(0.05)})[1], good, "5.0 % of a CPU"},
		{disturbance(results.HostWatch{})[0], good, "not visible"},
	} {
		if c.got.Verdict != c.verdict || c.got.Figure != c.figure || (c.verdict != good) != (c.got.Advice != "") && c.got.Name != "turbo" {
			t.Errorf("%+v, want %s, %q", c.got, c.verdict, c.figure)
		}
	}
}

func TestSiblings(t *testing.T) {
	for list, want := range map[string][]int{"0": {0}, "0-2,5": {0, 1, 2, 5}, "": nil, "a-b,3": {3}} {
		if d := cmp.Diff(want, siblings(list)); d != "" {
			t.Errorf("%q: %s", list, d)
		}
	}
}

func TestExaminationText(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	e := &examination{Fit: true, Answers: []*knownanswer.Result{{
		Name: "shape", OK: true, Timeouts: knownanswer.Timeouts{Reported: 4, Stamped: 5, Planned: 6},
		Quantiles: []knownanswer.Quantile{
			{Name: "p95", Reported: v(0.3751), Stamped: v(0.375), StampedError: v(0.0003), Planned: v(0.374), PlannedError: v(0.003)},
			{Name: "p99"},
		},
	}}}
	e.add(item{"a", "1", good, "not said"}, item{"b", "2", caution, "do this"}, item{"c", "3", caution, "do this"})
	var b bytes.Buffer
	if err := e.print(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"caution  b  2\n", "375.100", "+0.03 %", "374.000", "–", "time-outs", "caution: b: do this\n", "fit to measure"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if strings.Count(b.String(), "do this") != 1 || strings.Contains(b.String(), "not said") {
		t.Errorf("advice:\n%s", b.String())
	}
	if names := (&examination{Items: []item{{Name: "x", Verdict: unfit}, {Name: "y", Verdict: caution}}}).unfit(); cmp.Diff([]string{"x"}, names) != "" {
		t.Errorf("unfit: %v", names)
	}
}

// Without a home the answers cannot be kept, which is a finding like the others.
func TestAnswersThatAreNotKept(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, "")
	}
	got := kept(knownanswer.Save(results.Host{}, time.Now(), nil, 0))
	if len(got) != 1 || got[0].Verdict != caution || !strings.HasPrefix(got[0].Figure, "no: ") || !strings.Contains(got[0].Advice, "HOME") {
		t.Errorf("got %+v", got)
	}
	if got := kept(nil); got != nil {
		t.Errorf("kept: %+v", got)
	}
}
