package doctor

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/results"
)

// environment judges what can be seen without measuring. childFiles is how many
// files a server may open (see host.ChildFileLimit).
func environment(h results.Host, childFiles uint64) []item {
	return []item{placed(h), governor(h), turbo(h), idle(h), quota(h), loadBefore(h), files(h, childFiles), clockSource(h)}
}

// placed judges whether server and generator have CPUs of their own.
func placed(h results.Host) item {
	i := item{Name: "CPU placement", Verdict: good}
	if len(h.ServerCPUs) == 0 || len(h.GeneratorCPUs) == 0 {
		i.Figure = fmt.Sprintf("server and generator share %s", text.Count(len(h.CPUs), "CPU"))
		i.Verdict, i.Advice = caution, "use Linux and at least two CPUs, or treat every latency as that of server and generator together"
		return i
	}
	i.Figure = host.Placement{Server: h.ServerCPUs, Generator: h.GeneratorCPUs}.String()
	for _, s := range h.Siblings {
		ids := siblings(s)
		if slices.ContainsFunc(h.ServerCPUs, func(c int) bool { return slices.Contains(ids, c) }) &&
			slices.ContainsFunc(h.GeneratorCPUs, func(c int) bool { return slices.Contains(ids, c) }) {
			i.Figure += ", threads of one core"
			i.Verdict, i.Advice = caution, "use at least two cores: server and generator slow each other down"
		}
	}
	return i
}

// siblings parses a list of CPUs as the kernel writes it: "0-1,4". It skips what it
// cannot parse.
func siblings(list string) (ids []int) {
	for _, part := range strings.Split(list, ",") {
		low, high, found := strings.Cut(part, "-")
		if !found {
			high = low
		}
		a, err1 := strconv.Atoi(low)
		b, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil {
			continue
		}
		for c := a; c <= b; c++ {
			ids = append(ids, c)
		}
	}
	return ids
}

// governor judges whether the clock of the CPUs follows the load. It is a caution and
// not unfit, because interleaved blocks meet the same clock.
func governor(h results.Host) item {
	i := item{Name: "frequency governor", Figure: h.Governor, Verdict: good}
	switch h.Governor {
	case "performance":
	case "":
		i.Figure = "not visible"
		if h.Virtualisation != "" {
			i.Figure += " in a virtual machine"
		}
	default:
		i.Verdict, i.Advice = caution, "cpupower frequency-set -g performance: a clock that follows the load makes a light load look slow"
	}
	return i
}

// turbo gives advice and never a caution: its drift over minutes affects all variants
// of a block alike.
func turbo(h results.Host) item {
	i := item{Name: "turbo", Figure: h.Turbo, Verdict: good}
	switch h.Turbo {
	case "":
		i.Figure = "not visible"
	case "on":
		i.Advice = "it may stay on, because blocks are interleaved and its drift affects all variants alike; turn it off to see smaller differences"
	}
	return i
}

// idle judges whether a CPU that waits for the next request has to wake up first.
func idle(h results.Host) item {
	i := item{Name: "idle CPUs", Figure: h.IdleCPUs, Verdict: good}
	switch h.IdleCPUs {
	case "":
		i.Figure = "not visible"
	case "polling":
		i.Figure = "kept awake while measuring"
	default:
		i.Verdict, i.Advice = caution, "let this user write to /dev/cpu_dma_latency: waking two CPUs adds up to 0.1 ms to every latency"
	}
	return i
}

// quota judges the CPU limit of the control group. cpu.max is "quota period";
// without a limit the quota is "max".
func quota(h results.Host) item {
	i := item{Name: "CPU quota", Figure: "none", Verdict: good}
	if h.CgroupCPU == "" {
		i.Figure = "not visible"
	}
	f := strings.Fields(h.CgroupCPU)
	if len(f) != 2 || f[0] == "max" {
		return i
	}
	limit, err1 := strconv.ParseFloat(f[0], 64)
	period, err2 := strconv.ParseFloat(f[1], 64)
	if err1 != nil || err2 != nil || period <= 0 {
		return i
	}
	i.Figure = fmt.Sprintf("%.2g of %s", limit/period, text.Count(len(h.CPUs), "CPU"))
	if limit/period < float64(len(h.CPUs)) {
		i.Verdict, i.Advice = caution, "lift the CPU quota of the control group (cpu.max, or cpu.cfs_quota_us): throttling looks like stalls of the server"
	}
	return i
}

// loadBefore judges what ran in the minutes before.
func loadBefore(h results.Host) item {
	i := item{Name: "load before", Figure: "not visible", Verdict: good}
	if h.LoadAverage == nil {
		return i
	}
	i.Figure = fmt.Sprintf("%.2f on %s", *h.LoadAverage, text.Count(len(h.CPUs), "CPU"))
	// A load average decays over minutes; doctor measures below what runs right now.
	if *h.LoadAverage > 0.5*float64(len(h.CPUs)) {
		i.Verdict, i.Advice = caution, "end other programs, or wait until they have ended"
	}
	return i
}

// files judges the limit of open files, since a thousand connections are common. Go
// has raised the limit of this process, and would do so for a server written in Go;
// any other server starts with the limit child.
func files(h results.Host, child uint64) item {
	i := item{Name: "open files", Figure: fmt.Sprintf("limit %d", h.FileLimit), Verdict: good}
	switch {
	case h.FileLimit == 0:
		i.Figure = "not visible"
	case h.FileLimit < 1500:
		i.Verdict, i.Advice = unfit, "ulimit -n 65536: a scenario with 1,000 connections needs more"
	case h.FileLimit < 4096:
		i.Verdict, i.Advice = caution, "ulimit -n 65536: scenarios with many connections need more"
	case child > 0 && child < 4096:
		i.Figure += fmt.Sprintf(", of servers %d at first", child)
		i.Verdict, i.Advice = caution, "ulimit -n 65536: servers that do not raise the limit themselves, as Go programs do, need more for many connections"
	}
	return i
}

// clockSource judges what a reading of the clock costs. The generator reads it several
// times a request.
func clockSource(h results.Host) item {
	i := item{Name: "clock source", Figure: h.ClockSource, Verdict: good}
	switch h.ClockSource {
	case "":
		i.Figure = "not visible"
	case "hpet", "acpi_pm", "jiffies", "refined-jiffies":
		i.Verdict, i.Advice = caution, "boot with clocksource=tsc if the processor allows it: reading this clock costs a microsecond or more"
	}
	return i
}

// Bounds of the pacing. Below the first, the generator affects no percentile worth
// printing; above the second, it affects all of them.
const (
	// In seconds.
	goodLagP50, goodLagP99 = 50e-6, 300e-6
	fitLagP50, fitLagP99   = 1e-3, 3e-3
)

// pacing judges a run at a rate by its lag, provided that the lag of all requests
// was recorded.
func pacing(rate float64, r *knownanswer.Result) item {
	p50, p99 := r.LagP50, r.LagP99
	i := item{
		Name:    fmt.Sprintf("pacing at %s/s", text.Thousands(rate)),
		Figure:  fmt.Sprintf("lag p50 %.0f µs, p99 %.0f µs", p50*1e6, p99*1e6),
		Verdict: good,
	}
	lost := r.Lost()
	switch {
	case lost != "":
		i.Figure = lost
		i.Verdict, i.Advice = unfit, "free the machine of other programs and repeat; if the result stays, do not measure here"
	case p50 > fitLagP50 || p99 > fitLagP99:
		i.Verdict, i.Advice = unfit, "the generator cannot keep its schedule: free its CPUs, or use a machine of your own"
	case p50 > goodLagP50 || p99 > goodLagP99:
		i.Verdict, i.Advice = caution, fmt.Sprintf("trust no latency below %.1f ms: free the generator's CPUs", math.Ceil(p99*1e4)/10)
	}
	return i
}

// maxCost is the CPU time per request above which one CPU cannot send the 20,000
// requests per second that a fast server can handle.
const maxCost = 50e-6

// cost judges how many requests per second a CPU of the generator can send.
func cost(c *knownanswer.Cost) item {
	i := item{Name: "cost of a request", Figure: "not visible", Verdict: good}
	if c.CPU == nil {
		return i
	}
	i.Figure = fmt.Sprintf("%.1f µs of the generator's CPU at %s/s over %d connections", *c.CPU*1e6, text.Thousands(math.Round(c.Rate)), c.Connection)
	if *c.CPU > maxCost {
		i.Verdict, i.Advice = caution, fmt.Sprintf("stay below %s/s for every CPU of the generator", text.Thousands(math.Floor(0.5/(*c.CPU*1000))*1000))
	}
	return i
}

// knownAnswer judges one known-answer test by its faults, and names the largest error
// of a percentile.
// highest judges the highest open rate that the generator held.
func highest(rate float64) item {
	i := item{Name: "highest rate", Verdict: good}
	if rate == 0 {
		i.Figure = "none was held with a lag p99 of 1 ms"
		i.Verdict, i.Advice = caution, "free the generator's CPUs: it would limit every open load"
		return i
	}
	i.Figure = fmt.Sprintf("%s/s held with a lag p99 of at most 1 ms", text.Thousands(math.Floor(rate/100)*100))
	return i
}

// knownAnswer judges one known-answer test. The figure is the largest error against the
// server's own stamps, of quantiles of 10 ms and more; below that an error in per cent says
// little, and the difference at the p99 is shown.
func knownAnswer(r *knownanswer.Result) item {
	i := item{Name: r.Name, Verdict: good}
	worst, name := 0.0, ""
	for _, q := range r.Quantiles {
		if q.StampedError != nil && *q.Stamped >= 0.01 && math.Abs(*q.StampedError) >= math.Abs(worst) {
			worst, name = *q.StampedError, q.Name
		}
	}
	switch {
	case name != "":
		i.Figure = fmt.Sprintf("largest error %+.2f %% (%s)", 100*worst, name)
	case len(r.Quantiles) > 2 && r.Quantiles[2].Reported != nil && r.Quantiles[2].Stamped != nil:
		q := r.Quantiles[2]
		i.Figure = fmt.Sprintf("p99 %+.0f µs of %.0f µs", 1e6*(*q.Reported-*q.Stamped), 1e6**q.Stamped)
	}
	if !r.OK {
		i.Verdict = unfit
		i.Figure = r.Faults[0]
		if n := len(r.Faults) - 1; n > 0 {
			i.Figure += fmt.Sprintf("; and %d more", n)
		}
		i.Advice = "free the machine of other programs and repeat; if the result stays, do not measure here"
	}
	switch {
	case !r.OK && r.Coarse > 0 && r.Coarse <= fitLagP50:
		i.Verdict = caution
		i.Advice = fmt.Sprintf("trust no latency below %.0f ms to 2 %%: the round trip takes up to %.0f µs", math.Ceil(r.Coarse*1e3/0.02), r.Coarse*1e6)
	case r.OK && len(r.First) > 0:
		i.Verdict = caution
		i.Figure += "; the first of three tries was off: " + r.First[0]
		i.Advice = "the machine pauses now and then: trust no percentile of one trial, only intervals over many"
	}
	return i
}
