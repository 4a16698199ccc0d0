package bundletest

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// shape is what a variant's service time looks like: seconds.
type shape struct{ floor, spread, tail float64 }

// shapes are the differences that tests rely on: naive has no tail, and the pool waits.
var shapes = map[string]shape{
	"naive":         {0.050, 0.050, 0.002},
	"workerpool":    {0.050, 0.060, 0.020},
	"optimized":     {0.050, 0.059, 0.016},
	"workerpool-aa": {0.050, 0.060, 0.020},
}

// attack is one trial in the making.
type attack struct {
	Plan
	scenario *results.Scenario
	stream   results.Stream
	variant  string
	open     bool
	warm     int        // seconds of the warm-up
	r        *rand.Rand // of this trial alone
	drift    float64    // by which everything in this trial takes longer
	scratch  *scratch
}

// trial makes one trial: its log, its record and its samples. Trials of a block share a
// part of their drift, so that pairing by block gains something.
func trial(tb testing.TB, w *results.Writer, h *scratch, p Plan, s *results.Scenario, v, block, try, order int) (results.Trial, []results.Sample) {
	tb.Helper()
	variant := s.Variants[v].Name
	r := rand.New(rand.NewPCG(uint64(block*1000+v*10+try), uint64(len(s.Name))))
	common := rand.New(rand.NewPCG(uint64(block), uint64(len(s.Name))))
	a := &attack{
		Plan: p, scenario: s, stream: s.Streams[0], variant: variant, open: s.Streams[0].Model == results.ModelOpen,
		warm: int(s.Warmup / time.Second), r: r, drift: 1 + 0.01*common.NormFloat64() + 0.01*r.NormFloat64(), scratch: h,
	}
	t := results.Trial{
		ID: results.TrialID(s.Name, variant, p.matrix, block, try), Order: order, Block: block, Attempt: try,
		Scenario: s.Name, Variant: variant, Matrix: p.matrix, Seed: uint64(block), Start: float64(order) * 6, Duration: max(5.5, float64(p.Seconds)+1.5), Valid: true,
	}
	stream := a.repeated(tb, w, t.ID, order)
	if stream == nil {
		res := a.result(a.write(tb, w, t.ID))
		stream = &res
		h.made = append(h.made, madeTrial{t.ID, res})
	}
	t.Streams = []results.StreamResult{*stream}
	t.Servers, t.Host = use(r, variant, stream.Outcomes)
	seconds, _ := a.length()
	return t, samples(r, variant, a.warm+seconds)
}

// different is how many trials of a bundle of many have requests of their own. It is a
// multiple of the number of variants.
const different = 60

// repeated gives a trial of a bundle of many the log and the result of an earlier trial of
// its variant, because encoding histograms is what takes the time here. It returns nil if
// the trial has to be made.
func (a *attack) repeated(tb testing.TB, w *results.Writer, id string, order int) *results.StreamResult {
	tb.Helper()
	if a.Trials == 0 || order <= different {
		return nil
	}
	earlier := &a.scratch.made[(order-1)%different]
	from, err := os.ReadFile(filepath.Join(w.Dir(), results.TrialsDir, earlier.id+".hlog"))
	if err != nil {
		tb.Fatal(err)
	}
	f, err := w.CreateLog(id)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := f.Write(from); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return &earlier.stream
}

// length is how many seconds the window has, and how many requests each of them. A burst
// is a single second.
func (a *attack) length() (seconds, perSecond int) {
	if a.open {
		return a.Seconds, a.Values
	}
	return 1, int(a.stream.Requests)
}

// write makes the requests, writes their histograms second by second, and counts those
// of the window. It leaves the histograms of the whole window in the scratch. Its random
// numbers come from the trial alone, whatever else the bundle holds.
func (a *attack) write(tb testing.TB, w *results.Writer, id string) (out results.Outcomes) {
	tb.Helper()
	f, err := w.CreateLog(id)
	if err != nil {
		tb.Fatal(err)
	}
	log, err := results.NewLogWriter(f, id)
	if err != nil {
		tb.Fatal(err)
	}
	a.scratch.reset()
	parts := a.scratch.parts
	seconds, perSecond := a.length()
	for sec := range a.warm + seconds {
		reset(parts)
		for range perSecond {
			if outcome := a.request(parts); sec >= a.warm {
				out.Add(outcome, 1)
			}
		}
		for _, part := range partNames(parts) {
			tag := part
			if sec < a.warm {
				tag = "warmup." + part
			} else {
				merge(a.scratch.all, part, parts[part])
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
	out.Timeout = a.Timeouts
	return out
}

// request draws one request and records its parts. One request in twenty fails, and
// pools refuse three quarters of a burst.
func (a *attack) request(parts map[string]*hist) results.Outcome {
	outcome := results.OK
	switch u := a.r.Float64(); {
	case u < 0.05:
		outcome = results.Error
	case !a.open && a.variant != "naive" && u < 0.80:
		outcome = results.Rejected
	}
	sh := shapes[a.variant]
	service := a.drift * (sh.floor + sh.spread*a.r.Float64() + sh.tail*a.r.ExpFloat64())
	if outcome == results.Rejected {
		service = 0.001 * (1 + a.r.Float64())
	}
	lag := 0.00002 * (1 + a.r.ExpFloat64())
	record(parts, results.PartOf(results.PartService, outcome), service)
	if a.open {
		record(parts, results.PartOf(results.PartResponse, outcome), service+lag+0.000003)
	}
	// Encoding a histogram is what takes the time here, and nothing reads the other
	// parts of answers that are not ok.
	if outcome == results.OK {
		record(parts, "queue.ok", service*0.1)
		record(parts, "store.ok", service*0.85)
	}
	if outcome == results.OK && a.open {
		record(parts, "lag.ok", lag)
		record(parts, "conn-wait.ok", 0.000003)
	}
	if outcome == results.OK && a.Limited {
		record(parts, "handling.ok", 0.005)
	}
	return outcome
}

// result is the record of the stream, from what the requests left in the scratch.
func (a *attack) result(out results.Outcomes) results.StreamResult {
	seconds, _ := a.length()
	window := float64(seconds)
	if !a.open {
		window = float64(out.Total()) / 1200 * a.drift
		if a.variant != "naive" {
			window *= 1.3
		}
	}
	res := results.StreamResult{
		Name: a.stream.Name, Model: a.stream.Model, Window: time.Duration(window * float64(time.Second)),
		Scheduled: out.Total(), Sent: out.Total(), Planned: out.Total(), Recorded: out.Total(), Outcomes: out,
		Statuses:  map[string]uint64{"200": out.OK, "500": out.Error, "503": out.Rejected},
		Completed: out.Total(), CompletedOK: out.OK,
		Throughput: float64(out.Total()) / window, Goodput: float64(out.OK) / window,
		Parts: map[string]results.Quantiles{}, InFlight: [3]uint64{38, 40, 37},
		Connections: uint64(a.stream.Connections), BytesIn: out.OK * 400, LagMax: 0.0004, LagMin: 0.000001,
	}
	for part, h := range a.scratch.all {
		if h.TotalCount() > 0 {
			res.Parts[part] = results.Summarise(h.Histogram, 0)
		}
	}
	if a.open {
		share := 0.0004
		res.GeneratorShare = &share
		res.WithinSLO = &results.WithinSLO{Threshold: 200 * time.Millisecond, Count: out.OK - out.OK/uint64(200+a.r.IntN(20))}
	}
	headline := results.PartOf(results.HeadlinePart(a.stream.Model), results.OK)
	res.Headline = results.Summarise(a.scratch.all[headline].Histogram, a.Timeouts)
	if a.Targets && a.open {
		res.Targets = byTarget(&res)
	}
	if a.Saturated && a.open && a.variant == "naive" {
		res.InFlight = [3]uint64{100, 200, 400}
		res.Completed -= res.Completed / 20
	}
	if a.Limited && a.open && a.variant == "naive" {
		res.GeneratorLimited = "generator-limited: p99 of handling is 5ms"
	}
	return res
}

// use is what the server and the machine took: naive has a goroutine per request.
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

// samples are two a second, from the beginning of the warm-up.
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
