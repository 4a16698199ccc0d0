// Package bundletest makes bundles for tests and benchmarks of the analysis. The
// numbers are drawn from a fixed seed with known differences between variants;
// they were never measured and stand for nothing.
package bundletest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// Plan says what to make. The zero value of a field means its default.
type Plan struct {
	Blocks    int  // default 10
	Seconds   int  // of every window; default 2
	Values    int  // requests per second in open load; default 600
	AA        bool // adds a copy of the second variant to the open scenario
	Saturated bool // the naive variant falls behind in the open scenario
	Void      bool // block 2 of the burst failed a check and was repeated
	Timeouts  uint64
	Micro     bool // adds Go benchmarks
	Trials    int  // if set, about that many trials of the open scenario alone

	matrix map[string]string // cell of the trials
}

// Write makes a bundle in dir.
func Write(tb testing.TB, dir string, p Plan) {
	tb.Helper()
	if p.Trials > 0 {
		p.Blocks = (p.Trials + 2) / 3
	}
	if p.Blocks == 0 {
		p.Blocks = 10
	}
	if p.Seconds == 0 {
		p.Seconds = 2
	}
	if p.Values == 0 {
		p.Values = 600
	}
	m := manifest(p)
	w, err := results.Create(dir, m)
	if err != nil {
		tb.Fatal(err)
	}
	order := 0
	var h scratch
	for block := 1; block <= p.Blocks; block++ {
		for i := range m.Scenarios {
			s := &m.Scenarios[i]
			tries := []bool{true}
			if p.Void && block == 2 && s.Name == "burst" {
				tries = []bool{false, true}
			}
			for try, valid := range tries {
				for v := range s.Variants {
					order++
					t, samples := trial(tb, w, &h, p, s, v, block, try+1, order)
					if !valid && v == 1 {
						t.Valid, t.Invalid = false, []string{"foreign CPU use 0.61 above 0.25"}
					}
					if err := w.Append(t, samples); err != nil {
						tb.Fatal(err)
					}
				}
			}
		}
	}
	if p.Micro {
		writeMicro(tb, dir, p.Blocks)
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		tb.Fatal(err)
	}
}

func manifest(p Plan) *results.Manifest {
	variants := []results.Variant{{Name: "naive"}, {Name: "workerpool"}, {Name: "optimized"}}
	server := []results.Server{{Name: "server", Command: []string{"bin/server", "-pattern=${pattern}"}}}
	load := 0.4
	burst := results.Scenario{
		Name: "burst", Summary: "Many clients at once.", File: "burst.yaml", SHA256: "aa11", Text: "version: 1\nname: burst\n",
		Variants: variants, Servers: server, Params: map[string]string{"workers": "20"},
		Streams: []results.Stream{{Name: "load", Server: "server", Model: results.ModelClosed, Clients: 100, Requests: 1000, Timeout: 30 * time.Second, Connections: 100, Transport: "fast"}},
		Blocks:  p.Blocks, Warmup: 0,
	}
	open := results.Scenario{
		Name: "steady", Summary: "Below capacity.", File: "steady.yaml", SHA256: "bb22", Text: "version: 1\nname: steady\n",
		Variants: variants, Servers: server,
		Streams: []results.Stream{{Name: "load", Server: "server", Model: results.ModelOpen, Duration: time.Duration(p.Seconds) * time.Second,
			Arrivals: results.ArrivalsPoisson, Rate: float64(p.Values), Timeout: 30 * time.Second, Connections: 1000, Transport: "fast"}},
		Objectives: []results.Objective{
			{Text: "p99 < 200ms", Metric: "p99", Op: "<", Threshold: 0.2, Unit: "sec"},
			{Text: "errors < 6%", Metric: "errors", Op: "<", Threshold: 0.06, Unit: "ratio"},
		},
		Blocks: p.Blocks, Warmup: time.Second,
	}
	if p.AA {
		open.Variants = append(variants[:3:3], results.Variant{Name: "workerpool-aa", AAOf: "workerpool"})
	}
	m := &results.Manifest{
		Tool: "harness (test)", Command: []string{"harness", "run", "scenarios/burst.yaml", "scenarios/steady.yaml"},
		Started: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC), Ended: time.Date(2026, 3, 14, 15, 29, 26, 0, time.UTC),
		Seed: 42, Blocks: p.Blocks, Git: results.Git{Commit: "0123456789abcdef0123456789abcdef01234567"},
		Host: results.Host{OS: "linux", Arch: "amd64", Kernel: "6.1.0", CPUModel: "Example CPU @ 2.00GHz", CPUs: []int{0, 1},
			Governor: "performance", MemoryBytes: 8 << 30, ClockSource: "tsc", FileLimit: 65536, GoVersion: "go1.26.0",
			GOMAXPROCS: 2, LoadAverage: &load, ServerCPUs: []int{0}, GeneratorCPUs: []int{1}},
		Binaries:  []results.Binary{{Path: "bin/server", SHA256: "cc33"}},
		Scenarios: []results.Scenario{burst, open},
	}
	if p.Trials > 0 {
		m.Scenarios = m.Scenarios[1:]
	}
	return m
}

// shape is what a variant's service time looks like: seconds.
type shape struct{ floor, spread, tail float64 }

var shapes = map[string]shape{
	"naive":         {0.050, 0.050, 0.002},
	"workerpool":    {0.050, 0.060, 0.020},
	"optimized":     {0.050, 0.059, 0.016},
	"workerpool-aa": {0.050, 0.060, 0.020},
}

func trial(tb testing.TB, w *results.Writer, h *scratch, p Plan, s *results.Scenario, v, block, try, order int) (results.Trial, []results.Sample) {
	variant := s.Variants[v].Name
	r := rand.New(rand.NewPCG(uint64(block*1000+v*10+try), uint64(len(s.Name))))
	common := rand.New(rand.NewPCG(uint64(block), uint64(len(s.Name))))
	drift := 1 + 0.01*common.NormFloat64() + 0.01*r.NormFloat64()
	stream := s.Streams[0]
	open := stream.Model == results.ModelOpen
	t := results.Trial{
		ID: results.TrialID(s.Name, variant, p.matrix, block, try), Order: order, Block: block, Attempt: try,
		Scenario: s.Name, Variant: variant, Matrix: p.matrix, Seed: uint64(block), Start: float64(order) * 6, Duration: max(5.5, float64(p.Seconds)+1.5), Valid: true,
	}
	seconds, perSecond := p.Seconds, p.Values
	if !open {
		seconds, perSecond = 1, int(stream.Requests)
	}
	f, err := w.CreateLog(t.ID)
	if err != nil {
		tb.Fatal(err)
	}
	log, err := results.NewLogWriter(f, t.ID)
	if err != nil {
		tb.Fatal(err)
	}
	h.reset()
	parts, all := h.parts, h.all
	var out results.Outcomes
	warm := int(s.Warmup / time.Second)
	for sec := 0; sec < warm+seconds; sec++ {
		reset(parts)
		for range perSecond {
			outcome := results.OK
			switch u := r.Float64(); {
			case u < 0.05:
				outcome = results.Error
			case !open && variant != "naive" && u < 0.80:
				outcome = results.Rejected
			}
			sh := shapes[variant]
			service := drift * (sh.floor + sh.spread*r.Float64() + sh.tail*r.ExpFloat64())
			if outcome == results.Rejected {
				service = 0.001 * (1 + r.Float64())
			}
			lag := 0.00002 * (1 + r.ExpFloat64())
			record(parts, results.PartOf(results.PartService, outcome), service)
			if open {
				record(parts, results.PartOf(results.PartResponse, outcome), service+lag+0.000003)
			}
			// Encoding a histogram is what takes the time here, and nothing reads
			// the other parts of answers that are not ok.
			if outcome == results.OK {
				record(parts, "queue.ok", service*0.1)
				record(parts, "store.ok", service*0.85)
			}
			if outcome == results.OK && open {
				record(parts, "lag.ok", lag)
				record(parts, "conn-wait.ok", 0.000003)
			}
			if sec >= warm {
				out.Add(outcome, 1)
			}
		}
		for _, part := range partNames(parts) {
			tag := part
			if sec < warm {
				tag = "warmup." + part
			} else {
				merge(all, part, parts[part])
			}
			err := log.Write(results.Interval{Tag: tag, Start: time.Duration(sec) * time.Second, Length: time.Second, Hist: parts[part].Histogram})
			if err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := log.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	out.Timeout = p.Timeouts
	window := float64(seconds)
	if !open {
		window = float64(out.Total()) / 1200 * drift
		if variant != "naive" {
			window *= 1.3
		}
	}
	res := results.StreamResult{
		Name: stream.Name, Model: stream.Model, Window: time.Duration(window * float64(time.Second)),
		Scheduled: out.Total(), Sent: out.Total(), Planned: out.Total(), Recorded: out.Total(), Outcomes: out,
		Statuses:  map[string]uint64{"200": out.OK, "500": out.Error, "503": out.Rejected},
		Completed: out.Total(), CompletedOK: out.OK,
		Throughput: float64(out.Total()) / window, Goodput: float64(out.OK) / window,
		Parts: map[string]results.Quantiles{}, InFlight: [3]uint64{38, 40, 37},
		Connections: uint64(stream.Connections), BytesIn: out.OK * 400, LagMax: 0.0004, LagMin: 0.000001,
	}
	for part, h := range all {
		if h.TotalCount() > 0 {
			res.Parts[part] = results.Summarise(h.Histogram, 0)
		}
	}
	headline := results.PartOf(results.HeadlinePart(stream.Model), results.OK)
	if open {
		share := 0.0004
		res.GeneratorShare = &share
		res.WithinSLO = &results.WithinSLO{Threshold: 200 * time.Millisecond, Count: out.OK - out.OK/uint64(200+r.IntN(20))}
	}
	res.Headline = results.Summarise(all[headline].Histogram, p.Timeouts)
	if p.Saturated && open && variant == "naive" {
		res.InFlight = [3]uint64{100, 200, 400}
		res.Completed -= res.Completed / 20
	}
	t.Streams = []results.StreamResult{res}
	t.Servers, t.Host = use(r, variant, out)
	return t, samples(r, variant, warm+seconds)
}

func use(r *rand.Rand, variant string, out results.Outcomes) ([]results.ServerResult, results.HostWatch) {
	cpu := float64(out.Total()) * 0.00003 * (1 + 0.02*r.NormFloat64())
	rss := uint64(20<<20) + uint64(r.IntN(1<<20))
	goroutines := 30.0
	if variant == "naive" {
		goroutines = 110 + float64(r.IntN(10))
		rss += 4 << 20
	}
	allocs := float64(out.Total()) * 45
	bytes := allocs * 90
	gc, pause := 12.0, 0.001
	foreign, steal, softirq, generator := 0.01, 0.0, 0.02, 0.15
	return []results.ServerResult{{
			Name: "server", Procs: 1, CPUs: []int{0}, Ready: 0.02, CPU: &cpu, PeakRSSBytes: &rss, PeakGoroutines: &goroutines,
			Allocs: &allocs, AllocBytes: &bytes, GCCycles: &gc, GCPause: &pause, Exit: "exit status 0", Drain: 0.05,
		}}, results.HostWatch{
			Foreign: &foreign, Steal: &steal, SoftIRQ: &softirq, Generator: &generator, GeneratorProc: 2,
		}
}

func samples(r *rand.Rand, variant string, seconds int) []results.Sample {
	var out []results.Sample
	for i := range seconds * 2 {
		at := float64(i) / 2
		g := 30.0
		if variant == "naive" {
			g = 90 + 20*r.Float64()
		}
		rss := uint64(18<<20) + uint64(i)<<18
		heap := float64(4<<20) * (1 + 0.3*math.Sin(at))
		cpu := at * 0.02
		out = append(out, results.Sample{At: at, Server: "server", CPU: &cpu, RSSBytes: &rss, Goroutines: &g, HeapBytes: &heap})
	}
	return out
}

// writeMicro writes Go benchmark output, one run of each per block.
func writeMicro(tb testing.TB, dir string, blocks int) {
	tb.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	f, err := os.Create(filepath.Join(dir, results.MicroFile))
	if err != nil {
		tb.Fatal(err)
	}
	fmt.Fprintf(f, "goos: linux\ngoarch: amd64\npkg: example.com/server\ncpu: Example CPU @ 2.00GHz\n")
	for range blocks {
		for i, pattern := range []string{"naive", "workerpool", "optimized"} {
			for _, c := range []int{10, 50, 100} {
				fmt.Fprintf(f, "BenchmarkPattern/pattern=%s/concurrency=%d-2 \t 10000 \t %.1f ns/op \t %d B/op \t %d allocs/op\n",
					pattern, c, (900+float64(i)*400)*(1+0.01*r.NormFloat64()), 512+128*i, 9+i)
			}
		}
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}
