package explain

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/analysis/internal/compare"
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

// Known slowdowns are found, each where it is.
func TestCausesAreNamed(t *testing.T) {
	const serve = "runtime.goexit net/http.(*conn).serve api.handle "
	for _, c := range []struct {
		name     string
		slow     func(*server)
		verdict  string
		cause    string // the first; empty: none
		endpoint string
	}{
		{"nothing", func(*server) {}, Nothing, "", ""},
		{"serialisation", func(s *server) { s.cpu[0].cost *= 1.6 }, InCPU, "encoding/json.encode", ""},
		{"an inlined function", func(s *server) { s.cpu = append(s.cpu, call{serve + "api.check +api.sum", 5000}) }, InCPU, "api.sum", ""},
		{"the collector alone", func(s *server) { s.cpu[5].cost *= 2.5 }, InCPU, "collector (runtime)", ""},
		{"allocations, for which the collector works", func(s *server) {
			s.cpu[5].cost *= 2.5
			s.allocs = append(s.allocs, call{serve + "api.copy", 900})
		}, InMemory, "api.copy", ""},
		{"a lock", func(s *server) {
			s.mutex[0].cost += 20_000
			s.parts["service"] += 20e-6
		}, InLock, "store.query", ""},
		{"a slow query", func(s *server) {
			for _, part := range []string{"service", "store", "total", "response"} {
				s.parts[part] += 20e-6
			}
		}, InPhase, "store", ""},
		{"a wait without a phase", func(s *server) {
			s.parts["service"] += 20e-6
			s.block[0].cost += 20_000
		}, InWait, "store.query", ""},
		{"nobody knows what", func(s *server) { s.parts["service"] += 20e-6 }, Unknown, "", ""},
		{"one endpoint", func(s *server) {
			s.cpu[1].cost *= 1.5
			s.endpoints["create"] += 25e-6
		}, InCPU, "store.query", "create"},
		{"faster", func(s *server) { s.cpu[0].cost /= 2 }, Nothing, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := usual()
			c.slow(&head)
			r, err := Run(bundleOf(t, 8, usual(), head), "base", "head")
			if err != nil {
				t.Fatal(err)
			}
			s := &r.Sections[0]
			first := ""
			if len(s.Causes) > 0 {
				first = s.Causes[0].Name
			}
			endpoint := ""
			if s.Endpoint != nil {
				endpoint = s.Endpoint.Name
			}
			if s.Verdict != c.verdict || first != c.cause || endpoint != c.endpoint {
				var text bytes.Buffer
				_ = r.Text(&text)
				t.Errorf("%s, %q, endpoint %q; want %s, %q, %q\n%s", s.Verdict, first, endpoint, c.verdict, c.cause, c.endpoint, text.String())
			}
			if s.Summary == "" {
				t.Error("no summary")
			}
		})
	}
}

// What explains a difference is told with its interval, its place and its callers.
func TestCauseIsComplete(t *testing.T) {
	head := usual()
	head.cpu[0].cost += 5000
	r, err := Run(bundleOf(t, 8, usual(), head), "base", "head")
	if err != nil {
		t.Fatal(err)
	}
	s := &r.Sections[0]
	c := s.Causes[0]
	if c.Low == nil || *c.Low > 5e-6 || *c.High < 5e-6 || c.Source != "/src/encoding/json.encode.go:14" || strings.Join(c.Callers, " ") != "encoding/json.Marshal api.handle" {
		t.Errorf("%+v [%v, %v]", c, c.Low, c.High)
	}
	if s.Explained == nil || *s.Explained < 0.6 || *s.Explained > 1.4 {
		t.Errorf("explained %v", s.Explained)
	}
	if s.ProfilerCost == nil || *s.ProfilerCost < 0.04 || *s.ProfilerCost > 0.06 {
		t.Errorf("cost of the profiler %v, want 0.05", s.ProfilerCost)
	}
	if s.Service.Base > 1e-3 {
		t.Errorf("service time %v s: that of profiled trials was used", s.Service.Base)
	}
}

// Few blocks are shown, and nothing is concluded from them.
func TestTooFewBlocks(t *testing.T) {
	head := usual()
	head.cpu[0].cost *= 5
	r, err := Run(bundleOf(t, 5, usual(), head), "base", "head")
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Sections[0]; s.Verdict != TooFew || len(s.Causes) > 0 || len(s.Metrics) == 0 || s.Metrics[0].Rows[0].Verdict != "" {
		t.Errorf("%s, %d causes", s.Verdict, len(s.Causes))
	}
}

func TestWrongInput(t *testing.T) {
	run := bundleOf(t, 1, usual(), usual())
	for _, c := range []struct{ base, head, want string }{
		{"", "head", "needs --base and --head"},
		{"head", "head", `base and head are both "head"`},
		{"base", "other", `no variant "other"; it has base, head, idle`},
		{"base", "idle", "no profiled block with a valid trial of both base and idle"},
	} {
		_, err := Run(run, c.base, c.head)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v, want %q", c.base, c.head, err, c.want)
		}
	}
	if _, err := Run(run, "base", "other"); !errors.Is(err, compare.ErrUsage) {
		t.Errorf("an unknown variant is a mistake on the command line, got %v", err)
	}
	run.Profiled = nil
	if _, err := Run(run, "base", "head"); err == nil || !strings.Contains(err.Error(), "has no profiled trials: make them with") {
		t.Error(err)
	}
	for data, want := range map[string]string{"x": "", "\x1f\x8b\x08": ""} {
		if _, err := parse([]byte(data)); err == nil {
			t.Errorf("%q is no profile, %s", data, want)
		}
	}
}

// Everything that is written can be read by what it is for.
func TestOutputs(t *testing.T) {
	head := usual()
	head.cpu[0].cost *= 2
	head.cpu = append(head.cpu, call{"runtime.goexit net/http.(*conn).serve api.handle gen.Map[go.shape.string,a/b.<T>]", 3000})
	run := bundleOf(t, 8, usual(), head)
	r, err := Run(run, "base", "head")
	if err != nil {
		t.Fatal(err)
	}
	var text, markdown, object, svg bytes.Buffer
	for _, err := range []error{r.Text(&text), r.Markdown(&markdown), r.JSON(&object), r.SVG(&svg)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := "1. json.encode: +"; !strings.Contains(text.String(), want) {
		t.Errorf("%q is not in\n%s", want, text.String())
	}
	if !strings.Contains(markdown.String(), "### Scenario s, server server") || strings.Contains(markdown.String(), "<T>") {
		t.Errorf("Markdown:\n%s", markdown.String())
	}
	var back Report
	if err := json.Unmarshal(object.Bytes(), &back); err != nil || back.Sections[0].Causes[0].Name != "encoding/json.encode" {
		t.Errorf("%v, %+v", err, back)
	}
	for d := xml.NewDecoder(&svg); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the picture is not XML: %v", err)
		}
	}
	for _, variant := range []string{"base", "head"} {
		var out bytes.Buffer
		if err := Profile(&out, run, variant, Merged); err != nil {
			t.Fatal(err)
		}
		p, err := profile.Parse(&out)
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for _, s := range p.Sample {
			sum += s.Value[1]
		}
		want := 49e9 // nanoseconds for a million answers
		if variant == "head" {
			want = 60e9
		}
		if got := float64(sum); got < 0.95*want || got > 1.05*want {
			t.Errorf("%s: %.3g ns for a million answers, want %.3g", variant, got, want)
		}
	}
}

// The picture has the colour of a difference that is known, and no other.
func TestFlameColours(t *testing.T) {
	head := usual()
	head.cpu[0].cost *= 2
	head.cpu[1].cost /= 2
	r, err := Run(bundleOf(t, 8, usual(), head), "base", "head")
	if err != nil {
		t.Fatal(err)
	}
	f := newFlame(&r.Sections[0])
	got := map[string]string{}
	f.root.each(func(n *node) { got[n.name] = n.colour(f.root.size()) })
	for name, want := range map[string]string{"encoding/json.encode": "#ff", "store.query": "#3c6eff", "runtime.schedule": "#d9d9d9"} {
		if !strings.HasPrefix(got[name], want) {
			t.Errorf("%s is %s, want %s", name, got[name], want)
		}
	}
}

func TestGroups(t *testing.T) {
	for stack, want := range map[string]group{
		"api.f":                  inProgram,
		"runtime.mallocgc api.f": inAllocator,
		"runtime.scanobject runtime.gcAssistAlloc runtime.mallocgc encoding/json.Marshal": inCollector,
		"syscall.write internal/poll.(*FD).Write net.(*conn).Write api.f":                 inNetwork,
		"syscall.pread os.(*File).Read api.f":                                             inSystem,
		"runtime.memmove encoding/json.Marshal api.f":                                     inSerialisation,
		"runtime.futex runtime.schedule runtime.mcall":                                    inScheduler,
	} {
		var classes []class
		for _, name := range strings.Fields(stack) {
			classes = append(classes, classify(name))
		}
		if got := groupOf(classes); got != want {
			t.Errorf("%s: %v, want %v", stack, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for name, want := range map[string]string{
		"github.com/a/b.(*T).F": "b.(*T).F", "main.main": "main.main", "x/y.F[go.shape.struct { a/b.C }]": "y.F[go.shape.struct { a/b.C }]",
	} {
		if got := short(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := fmt.Sprint(change(1e-6, nil, nil, "sec")); got != "+1 µs" {
		t.Error(got)
	}
}
