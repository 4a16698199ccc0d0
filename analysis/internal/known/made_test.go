package known

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// answers is how many requests of a made trial were answered, in two seconds.
const answers = 1000

// made is what the trials of a variant look like.
type made struct {
	slow  string             // a function that takes half as much again as all the rest
	parts map[string]float64 // by how many seconds parts are longer
	fhir  float64            // by how many seconds the endpoint is slower
}

// shape is how large the profiles are.
type shape struct{ functions, stacks, depth int }

// source is a source of random numbers that has a name.
func source(name string) *rand.Rand {
	var seed [32]byte
	copy(seed[:], name)
	return rand.New(rand.NewChaCha8(seed))
}

// profileOf makes a CPU profile. Its stacks are random and the same in all profiles; its
// values have the noise of its name.
func profileOf(tb testing.TB, of shape, slow, name string) []byte {
	tb.Helper()
	r, noise := source("stacks"), source(name)
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}, Period: 1, DurationNanos: 2e9,
	}
	add := func(name string) {
		f := &profile.Function{ID: uint64(len(p.Function) + 1), Name: name, Filename: "/src/" + name + ".go"}
		p.Function = append(p.Function, f)
		p.Location = append(p.Location, &profile.Location{ID: f.ID, Address: 0x1000 * f.ID, Line: []profile.Line{{Function: f, Line: int64(f.ID%900 + 1)}}})
	}
	for i := range of.functions {
		add(fmt.Sprintf("example.com/shop/internal/part%d.(*Service).Step%d", i%97, i))
	}
	total := int64(0)
	for range of.stacks {
		s := &profile.Sample{Value: []int64{1, 10_000 + noise.Int64N(1000)}}
		for range of.depth {
			s.Location = append(s.Location, p.Location[r.IntN(of.functions)])
		}
		total += s.Value[1]
		p.Sample = append(p.Sample, s)
	}
	if slow != "" {
		add(slow)
		p.Sample = append(p.Sample, &profile.Sample{Value: []int64{1, total / 2}, Location: []*profile.Location{p.Location[len(p.Location)-1], p.Location[0]}})
	}
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// bundle writes a bundle with profiled and measured blocks. Blocks have the same profiles
// if their numbers have the same remainder after division by distinct.
func bundle(tb testing.TB, dir string, blocks, distinct int, of shape, variants map[string]made) *load.Run {
	tb.Helper()
	m := &results.Manifest{
		ProfileBlocks: blocks, ProfilePlan: []results.Planned{{Profiled: true}},
		Scenarios: []results.Scenario{{Name: "known-slowdowns", Streams: []results.Stream{{Name: "load", Server: "server"}}}},
	}
	for name := range variants {
		m.Scenarios[0].Variants = append(m.Scenarios[0].Variants, results.Variant{Name: name})
	}
	w, err := results.Create(dir, m)
	if err != nil {
		tb.Fatal(err)
	}
	profiles := map[string][]byte{}
	for block := 1; block <= blocks; block++ {
		for name, v := range variants {
			kept := fmt.Sprint(name, " ", block%distinct)
			if profiles[kept] == nil {
				profiles[kept] = profileOf(tb, of, v.slow, kept)
			}
			for _, profiled := range []bool{false, true} {
				t := v.trial(name, block, profiled)
				var data []results.ProfileData
				if profiled {
					data = append(data, results.ProfileData{Data: profiles[kept], Profile: results.Profile{
						Server: "server", Kind: results.ProfileCPU, Seconds: 2, File: results.ProfileFile(t.ID, "server", results.ProfileCPU, false),
					}})
				}
				if err := w.Append(t, nil, data...); err != nil {
					tb.Fatal(err)
				}
			}
		}
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		tb.Fatal(err)
	}
	run, err := load.OpenRun(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// trial makes the record of one trial. Its noise is that of its variant and block.
func (m made) trial(variant string, block int, profiled bool) results.Trial {
	r := source(fmt.Sprint("trial ", variant, " ", block, profiled))
	t := results.Trial{Scenario: "known-slowdowns", Variant: variant, Block: block, Attempt: 1, Order: block, Valid: true, Profiled: profiled}
	t.ID = t.PlannedID()
	value := func(seconds float64) results.Quantiles {
		mean := 1e9 * seconds * (1 + 0.01*r.NormFloat64())
		return results.Quantiles{Count: answers, Mean: &mean}
	}
	s := results.StreamResult{Name: "load", Model: results.ModelOpen, Window: 2 * time.Second, Completed: answers, Parts: map[string]results.Quantiles{}}
	for part, usual := range map[string]float64{"store": 1e-3, "queue": 1e-5, "total": 1.1e-3, "service": 1.5e-3} {
		s.Parts[part+".ok"] = value(usual + m.parts[part])
	}
	for _, name := range []string{"patient", "fhir", "batch"} {
		usual := 1.5e-3
		if name == "fhir" {
			usual += m.fhir
		}
		s.Targets = append(s.Targets, results.StreamResult{Name: name, Parts: map[string]results.Quantiles{"service.ok": value(usual)}})
	}
	cpu, foreign := 0.4, 0.5
	if profiled {
		cpu = 0.42
	}
	t.Streams, t.Servers, t.Host.Foreign = []results.StreamResult{s}, []results.ServerResult{{Name: "server", CPU: &cpu}}, &foreign
	return t
}
