package explain

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

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
		{"a lock that a deferred call gives back", func(s *server) {
			s.mutex = append(s.mutex, call{"runtime.goexit cache.Start.gowrap1 cache.renew cache.renew.deferwrap2 sync.(*RWMutex).Unlock", 20_000})
			s.longer(20e-6)
		}, InLock, "cache.renew", ""},
		{"a slow query", func(s *server) {
			for _, part := range []string{"service", "store", "total", "response"} {
				s.parts[part] += 20e-6
			}
		}, InPhase, "store", ""},
		{"a wait without a phase", func(s *server) {
			s.parts["service"] += 20e-6
			s.block[0].cost += 20_000
		}, InWait, "store.query", ""},
		{"a lock, within the total", func(s *server) {
			s.mutex[0].cost += 20_000
			s.longer(20e-6)
		}, InLock, "store.query", ""},
		{"a lock that others wait for a part of the time", func(s *server) {
			s.mutex[0].cost += 7_000
			s.longer(20e-6)
		}, InLock, "store.query", ""},
		{"CPU, for which requests wait much longer", func(s *server) {
			s.cpu[0].cost += 15_000
			s.longer(400e-6, "store")
			s.block[0].cost += 300_000
		}, InCPU, "encoding/json.encode", ""},
		{"a slow query, for which the scheduler works", func(s *server) {
			s.cpu[4].cost += 15_000
			s.longer(400e-6, "store")
		}, InPhase, "store", ""},
		{"a slow query, and a little CPU", func(s *server) {
			s.cpu[1].cost += 2400
			s.longer(20e-6, "store")
		}, InPhase, "store", ""},
		{"a wait without a phase, within the total, and a little CPU", func(s *server) {
			s.cpu[1].cost += 2400
			s.longer(20e-6)
			s.block[0].cost += 20_000
		}, InWait, "store.query", ""},
		{"within the total, and nobody knows what", func(s *server) { s.longer(20e-6) }, InServer, "rest of total", ""},
		{"within the total, by CPU", func(s *server) {
			s.cpu[1].cost += 15_000
			s.longer(20e-6)
		}, InCPU, "store.query", ""},
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
	if at := strings.Join(c.CallerSources, " "); at != "/src/encoding/json.Marshal.go:13 /src/api.handle.go:12" {
		t.Errorf("the calls are at %q", at)
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

// What only calls a function that is named is not named after it.
func TestCallersAreNoCauses(t *testing.T) {
	const serve = "runtime.goexit net/http.(*conn).serve api.handle "
	head := usual()
	head.cpu[0].cost += 15_000
	for _, name := range []string{"api.a", "api.b", "api.c"} {
		head.cpu = append(head.cpu, call{serve + name, 400})
	}
	r, err := Run(bundleOf(t, 8, usual(), head), "base", "head")
	if err != nil {
		t.Fatal(err)
	}
	if all := r.Sections[0].Causes; len(all) != 1 || all[0].Name != "encoding/json.encode" {
		t.Errorf("%+v", all)
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
		if got := Short(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := amount(0, "B") + amount(0, "sec") + amount(0, "objects"); got != "0 B0 s0 objects" {
		t.Error(got)
	}
	if got := fmt.Sprint(change(1e-6, nil, nil, "sec")); got != "+1 µs" {
		t.Error(got)
	}
}

// A parameter that only one of the variants has differs too.
func TestParametersThatDiffer(t *testing.T) {
	run := bundleOf(t, 1, usual(), usual())
	v := run.Manifest.Scenarios[0].Variants
	v[0].Params = map[string]string{"of base": "1", "of both": "2", "alike": "3"}
	v[1].Params = map[string]string{"of head": "4", "of both": "5", "alike": "3"}
	got := strings.Join(environment(run, "base", "head"), "\n")
	for _, want := range []string{`parameter of base: "1", head ""`, `parameter of head: "", head "4"`, `parameter of both: "2", head "5"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "alike") {
		t.Errorf("what is alike is told:\n%s", got)
	}
}
