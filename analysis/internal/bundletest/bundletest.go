// Package bundletest makes bundles for tests and benchmarks of the analysis. The
// numbers are drawn from a fixed seed with known differences between variants;
// they were never measured and stand for nothing.
package bundletest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// Plan says what to make. The zero value of a field means its default.
type Plan struct {
	Blocks    int    // default 10
	Seconds   int    // of every window; default 2
	Values    int    // requests per second in open load; default 600
	AA        bool   // adds a copy of the second variant to the open scenario
	Saturated bool   // the naive variant falls behind in the open scenario
	Limited   bool   // the generator is the limit of the naive variant in the open scenario
	Secure    bool   // every load goes over HTTPS, and no certificate is verified
	Void      bool   // block 2 of the burst failed a check and was repeated
	Timeouts  uint64 // requests of a trial that time out
	Micro     bool   // adds Go benchmarks
	Targets   bool   // the stream of the open scenario has the targets list and create
	// Said is what somebody else wrote, in every free text of the bundle: what a scenario, a
	// server or a machine says of itself.
	Said   string
	Trials int // if set, about that many trials of the open scenario alone

	matrix map[string]string // cell of the trials
}

// Write makes a bundle in dir. What cannot be written fails the test. The same plan
// makes the same bytes.
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
						t.Valid, t.Invalid = false, []string{"foreign CPU use 0.61 above 0.25" + p.Said}
					}
					if p.Said != "" {
						t.Warnings = append(t.Warnings, p.Said)
						t.Servers[0].Crashed, t.Servers[0].Exit, t.Servers[0].LogTail = true, p.Said, p.Said
						t.Streams[0].Errors = map[string]uint64{p.Said: 1}
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
	state := results.StateComplete
	if p.Said != "" {
		state = results.StateFailed
	}
	if err := w.Finish(state, p.Said); err != nil {
		tb.Fatal(err)
	}
}

// manifest is that of a run of two scenarios, a burst and an open load, on a machine of
// two CPUs.
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
	for _, all := range [][]results.Stream{burst.Streams, open.Streams} {
		all[0].TLS, all[0].Insecure = p.Secure, p.Secure
	}
	if p.AA {
		open.Variants = append(variants[:3:3], results.Variant{Name: "workerpool-aa", AAOf: "workerpool"})
	}
	if p.Targets {
		open.Streams[0].Targets = targets
		open.Objectives = append(open.Objectives, results.Objective{
			Text: "p99 < 1s", Metric: "p99", Op: "<", Threshold: 1, Unit: results.Seconds, Target: "create"})
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
	if p.Said != "" {
		for i := range m.Scenarios {
			m.Scenarios[i].Summary = p.Said
		}
		m.Skipped = append(m.Skipped, results.Skipped{Scenario: "elsewhere", Why: p.Said})
		m.Host.CPUModel, m.Host.Kernel, m.Host.Governor, m.Tool = p.Said, p.Said, p.Said, p.Said
		m.Git.Commit, m.Binaries[0].Path = p.Said, p.Said
		m.Command = append(m.Command, p.Said+"/burst.yaml")
	}
	return m
}

// writeMicro writes Go benchmark output, one run of each per block. Every pattern has
// its own time, with 1 % of noise, so that comparisons find differences.
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
