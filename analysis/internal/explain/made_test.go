package explain

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// call is a function with what it costs: nanoseconds of CPU for an answer, or what the
// kind of the profile counts. Its stack is given from the outermost function, and
// functions that are inlined into the one before them follow a plus.
type call struct {
	stack string
	cost  float64
}

// server is what the trials of a variant look like.
type server struct {
	cpu, allocs, mutex, block []call
	parts                     map[string]float64 // seconds
	endpoints                 map[string]float64 // seconds
}

// usual is the server that the tests slow down.
func usual() server {
	const serve = "runtime.goexit net/http.(*conn).serve api.handle "
	return server{
		cpu: []call{
			{serve + "encoding/json.Marshal encoding/json.encode", 8000},
			{serve + "store.query", 12000},
			{serve + "api.write net.(*conn).Write internal/poll.(*FD).Write syscall.write", 15000},
			{serve + "runtime.mallocgc", 3000},
			{"runtime.mcall runtime.park_m runtime.schedule", 7000},
			{"runtime.systemstack runtime.gcBgMarkWorker runtime.scanobject", 4000},
		},
		allocs: []call{{serve + "encoding/json.Marshal", 2000}, {serve + "store.query", 3000}},
		mutex:  []call{{serve + "store.query sync.(*Mutex).Unlock", 200}},
		block:  []call{{serve + "store.query runtime.chanrecv1", 3000}},
		parts: map[string]float64{
			"service": 200e-6, "store": 30e-6, "queue": 2e-6, "total": 60e-6, "lag": 20e-6, "conn-wait": 1e-6, "response": 230e-6,
		},
		endpoints: map[string]float64{"list": 190e-6, "create": 250e-6},
	}
}

// longer lets the server take longer, within its total and some of its phases.
func (s *server) longer(seconds float64, phases ...string) {
	for _, part := range append(phases, "service", "response", "total") {
		s.parts[part] += seconds
	}
}

// answers is how many requests of a trial were answered, in two seconds.
const answers = 8000

// profileOf makes a profile of a kind, with some noise in every value.
func profileOf(t *testing.T, kind string, calls []call, r *rand.Rand) []byte {
	t.Helper()
	p := &profile.Profile{PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}, Period: 1, DurationNanos: 2e9}
	types := map[string][]*profile.ValueType{
		results.ProfileCPU:    {{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		results.ProfileAllocs: {{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"}},
		results.ProfileMutex:  {{Type: "contentions", Unit: "count"}, {Type: "delay", Unit: "nanoseconds"}},
		results.ProfileBlock:  {{Type: "contentions", Unit: "count"}, {Type: "delay", Unit: "nanoseconds"}},
	}
	p.SampleType = types[kind]
	functions := map[string]*profile.Function{}
	for _, c := range calls {
		s := &profile.Sample{}
		for i, name := range strings.Fields(c.stack) {
			name, inlined := strings.CutPrefix(name, "+")
			f := functions[name]
			if f == nil {
				f = &profile.Function{ID: uint64(len(functions) + 1), Name: name, Filename: "/src/" + name + ".go"}
				functions[name] = f
				p.Function = append(p.Function, f)
			}
			line := profile.Line{Function: f, Line: int64(10 + i)}
			if inlined {
				s.Location[0].Line = append([]profile.Line{line}, s.Location[0].Line...)
				continue
			}
			l := &profile.Location{ID: uint64(len(p.Location) + 1), Line: []profile.Line{line}}
			p.Location = append(p.Location, l)
			s.Location = append([]*profile.Location{l}, s.Location...)
		}
		v := c.cost * answers * (1 + 0.03*r.NormFloat64())
		s.Value = []int64{int64(v / 100), int64(v)}
		p.Sample = append(p.Sample, s)
	}
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bundleOf writes a bundle of two variants with that many blocks of either kind.
func bundleOf(t *testing.T, blocks int, base, head server) *load.Run {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "b")
	m := &results.Manifest{
		ProfileBlocks: blocks, ProfilePlan: []results.Planned{{Profiled: true}},
		Scenarios: []results.Scenario{{
			Name: "s", Variants: []results.Variant{{Name: "base"}, {Name: "head"}, {Name: "idle"}}, Streams: []results.Stream{{Name: "load", Server: "server"}},
		}},
	}
	w, err := results.Create(dir, m)
	if err != nil {
		t.Fatal(err)
	}
	for block := 1; block <= blocks; block++ {
		for variant, s := range map[string]server{"base": base, "head": head} {
			// The order of a map must not decide what is drawn.
			r := rand.New(rand.NewPCG(uint64(block), uint64(len(s.cpu))+uint64(variant[0])))
			for _, profiled := range []bool{false, true} {
				tr := s.trial(variant, block, profiled, r)
				var data []results.ProfileData
				if profiled {
					for kind, calls := range map[string][]call{results.ProfileCPU: s.cpu, results.ProfileAllocs: s.allocs, results.ProfileMutex: s.mutex, results.ProfileBlock: s.block} {
						if calls == nil {
							continue
						}
						own := rand.New(rand.NewPCG(uint64(block)+1000, uint64(kind[0])*uint64(variant[0])))
						data = append(data, results.ProfileData{Data: profileOf(t, kind, calls, own), Profile: results.Profile{
							Server: "server", Kind: kind, Seconds: 2, File: results.ProfileFile(tr.ID, "server", kind, false),
						}})
					}
				}
				if err := w.Append(tr, nil, data...); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		t.Fatal(err)
	}
	run, err := load.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// trial makes the record of one trial.
func (s server) trial(variant string, block int, profiled bool, r *rand.Rand) results.Trial {
	tr := results.Trial{Scenario: "s", Variant: variant, Block: block, Attempt: 1, Order: block, Valid: true, Profiled: profiled}
	tr.ID = tr.PlannedID()
	noisy := func(seconds float64) results.Quantiles {
		mean := seconds * 1e9 * (1 + 0.01*r.NormFloat64())
		if profiled {
			mean *= 100 // must not be used
		}
		return results.Quantiles{Count: answers, Mean: &mean}
	}
	stream := results.StreamResult{Name: "load", Model: results.ModelOpen, Window: 2 * time.Second, Completed: answers, Parts: map[string]results.Quantiles{}}
	for _, part := range []string{"service", "store", "queue", "total", "lag", "conn-wait", "response"} {
		stream.Parts[part+".ok"] = noisy(s.parts[part])
	}
	for _, name := range []string{"list", "create"} {
		stream.Targets = append(stream.Targets, results.StreamResult{Name: name, Parts: map[string]results.Quantiles{"service.ok": noisy(s.endpoints[name])}})
	}
	cpu := 0.4
	if profiled {
		cpu = 0.42
	}
	tr.Streams, tr.Servers = []results.StreamResult{stream}, []results.ServerResult{{Name: "server", CPU: &cpu}}
	return tr
}
