package bundletest

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// Check says which regression check to make: variants base and head, an A/A copy
// of base, and a positive control named slowed, in an open and in a closed
// scenario. Trials differ by about 1 %. They have no logs: a gate reads none. The
// zero value of a field means its default.
type Check struct {
	Blocks  int                // default 10
	Planned int                // default Blocks
	Slower  map[string]float64 // by variant: the factor on its times; default 1, slowed 1.1
	Micro   map[string]float64 // the same for Go benchmarks, which are left out without it
	Alone   string             // the variant that alone has a third Go benchmark
	Void    []int              // blocks that failed a check and were not made up for
	Values  map[string]uint64  // in every open trial, by variant; default 4,000
	Refuses string             // the variant that refuses 5 % of its requests
	Errors  map[string]float64 // by variant, the share of its requests that it answers with errors
	AtOnce  map[string]float64 // by variant, the share of its closed requests that fail at once, so that goodput stays as it is
	Crashes map[string][]int   // by variant, the blocks in which its server ends after the last answer
	Fails   map[string][]int   // by variant, the blocks in which it answers with errors only
	Silent  map[string][]int   // by variant, the blocks in which it answers nothing at all in the closed scenario
	TimeOut map[string][]int   // by variant, the blocks in which nothing of the open scenario is answered in time
	NoSLO   bool               // the open scenario has no latency objective
	Open    bool               // there is no closed scenario
	Behind  string             // the variant that falls behind in the open scenario
	Lags    map[string][]int   // by variant, the blocks in which it falls behind in the open scenario
	Share   float64            // of the generator in the p99; default 0.001
	Shares  map[string]float64 // by variant, the share of the generator in the p50 and in the p99
	Turned  map[string]float64 // by variant, the share of its closed requests that it refuses at once, beside those that it answers
	Seed    uint64             // of the noise
	Missing string             // the variant that the closed scenario lacks
	NoTrial string             // the variant whose trials in the closed scenario never were, though declared
	Skipped bool               // a third scenario could not run here
	State   string             // default complete
	Looks   []int              // numbers of blocks that were planned before; nil: not recorded
}

// WriteCheck makes the bundle of a check in dir. A check whose state is running has no
// sums, as after a crash.
func WriteCheck(tb testing.TB, dir string, c Check) {
	tb.Helper()
	if c.Blocks == 0 {
		c.Blocks = 10
	}
	if c.Planned == 0 {
		c.Planned = c.Blocks
	}
	if c.State == "" {
		c.State = results.StateComplete
	}
	m := checkManifest(c)
	w, err := results.Create(dir, m)
	if err != nil {
		tb.Fatal(err)
	}
	r := rand.New(rand.NewPCG(6, 6+c.Seed))
	order := 0
	for block := 1; block <= c.Blocks; block++ {
		for i := range m.Scenarios {
			for _, v := range m.Scenarios[i].Variants {
				if v.Name == c.NoTrial && m.Scenarios[i].Streams[0].Model == results.ModelClosed {
					continue
				}
				order++
				t := c.trial(r, &m.Scenarios[i], v.Name, block, order)
				if slices.Contains(c.Void, block) {
					t.Valid, t.Invalid = false, []string{"foreign CPU use 0.61 above 0.25"}
				}
				if err := w.Append(t, nil); err != nil {
					tb.Fatal(err)
				}
			}
		}
	}
	if c.State == results.StateRunning {
		return
	}
	if err := w.Finish(c.State, ""); err != nil {
		tb.Fatal(err)
	}
	if c.Micro != nil {
		if err := results.AddMicro(dir, c.micro(r)); err != nil {
			tb.Fatal(err)
		}
	}
}

// checkManifest is that of a check of two commits, with an A/A copy and a positive
// control.
func checkManifest(c Check) *results.Manifest {
	m := manifest(Plan{Blocks: c.Planned, Seconds: 4, Values: 1000})
	m.Command = []string{"harness", "run", "scenarios/gate/closed.yaml", "scenarios/gate/open.yaml"}
	m.Looks = c.Looks
	if c.Skipped {
		m.Skipped = []results.Skipped{{Scenario: "stored", Why: "no database"}}
	}
	if c.Open {
		m.Scenarios = slices.DeleteFunc(m.Scenarios, func(s results.Scenario) bool { return s.Streams[0].Model == results.ModelClosed })
	}
	for i := range m.Scenarios {
		s := &m.Scenarios[i]
		s.Variants = []results.Variant{{Name: "base"}, {Name: "head"}, {Name: "slowed"}, {Name: "base-aa", AAOf: "base"}}
		s.Control = "slowed"
		if s.Streams[0].Model == results.ModelClosed {
			s.Variants = slices.DeleteFunc(s.Variants, func(v results.Variant) bool { return v.Name == c.Missing })
		}
	}
	return m
}

// slower is the factor by which a variant is slower. The positive control is slower by
// a tenth unless the check says otherwise.
func (c Check) slower(variant string) float64 {
	if f, ok := c.Slower[variant]; ok {
		return f
	}
	if variant == "slowed" {
		return 1.1
	}
	return 1
}

// trial makes one trial of a check. Its record is all that a gate reads, so it has no log.
func (c Check) trial(r *rand.Rand, s *results.Scenario, variant string, block, order int) results.Trial {
	stream := s.Streams[0]
	factor := c.slower(variant) * (1 + 0.01*r.NormFloat64())
	n := c.Values[variant]
	if n == 0 {
		n = 4000
	}
	out, headline := c.answers(stream, variant, block, n, factor)
	completed := n - out.Timeout
	share := c.Share
	if share == 0 {
		share = 0.001
	}
	res := results.StreamResult{
		Name: stream.Name, Model: stream.Model, Window: 4 * time.Second, Scheduled: n, Sent: n, Planned: n, Recorded: n, Outcomes: out,
		Statuses:  map[string]uint64{"200": out.OK},
		Completed: completed, CompletedOK: out.OK, Throughput: float64(completed) / 4 / factor, Goodput: float64(out.OK) / 4 / factor,
		Headline: headline, Parts: map[string]results.Quantiles{}, InFlight: [3]uint64{6, 6, 6},
	}
	if stream.Model == results.ModelOpen {
		res.Parts["lag.ok"] = results.Quantiles{Count: n, ByShare: map[float64]float64{0.99: 20_000}}
		res.GeneratorShare = &share
		if !c.NoSLO {
			res.WithinSLO = &results.WithinSLO{Threshold: 12 * time.Millisecond, Count: out.OK}
		}
		if own, ok := c.Shares[variant]; ok {
			res.GeneratorShare, res.GeneratorShares = &own, map[string]float64{"p50": own, "p99": own}
		}
		if variant == c.Behind || slices.Contains(c.Lags[variant], block) {
			res.InFlight = [3]uint64{100, 200, 400}
		}
	}
	if stream.Model == results.ModelClosed && slices.Contains(c.Silent[variant], block) {
		res = results.StreamResult{Name: stream.Name, Model: stream.Model, Window: res.Window, Parts: res.Parts}
	}
	if share := c.AtOnce[variant] + c.Turned[variant]; share > 0 && stream.Model == results.ModelClosed {
		failed := uint64(math.Round(share / (1 - share) * float64(n)))
		if c.Turned[variant] > 0 {
			res.Outcomes.Rejected = failed
		} else {
			res.Outcomes.Error = failed
		}
		for _, count := range []*uint64{&res.Sent, &res.Recorded, &res.Completed, &res.Scheduled, &res.Planned} {
			*count += failed
		}
	}
	server := results.ServerResult{Name: "server", Procs: 1}
	if slices.Contains(c.Crashes[variant], block) {
		server.Crashed, server.Exit = true, "exit status 2"
	}
	return results.Trial{
		ID: results.TrialID(s.Name, variant, nil, block, 1), Order: order, Block: block, Attempt: 1, Scenario: s.Name, Variant: variant,
		Seed: uint64(block), Start: float64(order) * 6, Duration: 5.5, Valid: true, Streams: []results.StreamResult{res},
		Servers: []results.ServerResult{server},
	}
}

// answers are the outcomes of a trial's n requests and the latency of those that count,
// with what the check wants to have gone wrong.
func (c Check) answers(stream results.Stream, variant string, block int, n uint64, factor float64) (out results.Outcomes, headline results.Quantiles) {
	out = results.Outcomes{OK: n}
	if variant == c.Refuses {
		out = results.Outcomes{OK: n - n/20, Rejected: n / 20}
	}
	if share := c.Errors[variant]; share > 0 {
		out.Error = uint64(math.Round(share * float64(n)))
		out.OK = n - out.Error
	}
	p50, p99 := factor*float64(6*time.Millisecond), factor*float64(9*time.Millisecond)
	headline = results.Quantiles{ByShare: map[float64]float64{0.50: p50, 0.99: p99}}
	if slices.Contains(c.Fails[variant], block) {
		out, headline = results.Outcomes{Error: n}, results.Quantiles{}
	}
	if stream.Model == results.ModelOpen && slices.Contains(c.TimeOut[variant], block) {
		out, headline = results.Outcomes{Timeout: n}, results.Quantiles{Timeouts: n}
	}
	headline.Count = out.OK + out.Timeout
	return out, headline
}

// micro is the output of the Go benchmarks of base and head.
func (c Check) micro(r *rand.Rand) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "goos: linux\ngoarch: amd64\npkg: example.com/server\n")
	for range c.Blocks {
		for _, name := range []string{"Encode", "Draw", "More"} {
			for _, variant := range []string{"base", "head"} {
				if name == "More" && variant != c.Alone {
					continue
				}
				factor := 1.0
				if f, ok := c.Micro[variant]; ok {
					factor = f
				}
				fmt.Fprintf(&out, "Benchmark%s/variant=%s-2 \t 10000 \t %.1f ns/op \t 512 B/op \t 9 allocs/op\n", name, variant, 900*factor*(1+0.01*r.NormFloat64()))
			}
		}
	}
	return out.Bytes()
}

// Truncate cuts the last bytes off a file of a bundle.
func Truncate(tb testing.TB, dir, name string, bytes int64) {
	tb.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Stat(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-bytes); err != nil {
		tb.Fatal(err)
	}
}
