package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/assay-bench/assay/results"
)

func load(t *testing.T, path string) *Scenario {
	t.Helper()
	all, err := Load([]string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func parse(t *testing.T, source string) *Scenario {
	t.Helper()
	s, err := Parse("f", []byte(source), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var exported = cmp.Options{cmpopts.IgnoreUnexported(Scenario{}, Stream{}), cmpopts.EquateEmpty()}

func TestExample(t *testing.T) {
	got := load(t, "testdata/example.yaml")
	source, err := os.ReadFile("testdata/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := &Scenario{
		File: "testdata/example.yaml", Source: source, SHA256: sum(source),
		Inputs: map[string]string{
			"lines.txt": sum([]byte("first\nsecond\r\nthird\n")),
			"body.txt":  sum([]byte("id=${id} seed=${seed} $${raw}\n")),
		},
		Name: "example", Summary: "Two patterns at a rate that both can hold.", Requires: []string{"bin/server", "-help"}, Placement: PlacementSplit,
		Servers: []Server{{
			Name:    "server",
			Command: []string{"bin/server", "-addr=127.0.0.1:${port}", "-pattern=${pattern}", "-workers=${workers}", "-seed=${seed}"},
			Env:     map[string]string{"GOGC": "100", "MARK": "$${HOME} of ${variant}"},
			Dir:     "${tree}", Ready: "/health", ReadyTimeout: 5 * time.Second, Metrics: "/metrics?format=prometheus",
			Profile:    "/debug/pprof/profile",
			StopSignal: "INT", StopTimeout: 3 * time.Second,
			BuildCommand: []string{"go", "build", "-ldflags=-randlayout=${layout}", "-o", "${binary}", "./server"}, BuildDir: "${tree}",
		}},
		CellLoad: CellLoad{
			Streams: []Stream{{
				Name: "load", Server: "server",
				Open:    &Open{Poisson: true, Stages: []Stage{{From: 2, To: 2, Duration: 20 * time.Second}}},
				Timeout: 2 * time.Second, Connections: 50, Transport: "std",
			}},
			Warmup: time.Second,
			Objectives: []results.Objective{
				{Text: "p99 < 200ms", Metric: "p99", Op: "<", Threshold: 0.2, Unit: "sec"},
				{Text: "errors < 6%", Metric: "errors", Op: "<", Threshold: 0.06, Unit: "ratio"},
				{Text: "goodput > 60/m", Metric: "goodput", Op: ">", Threshold: 1, Unit: "per-sec"},
				{Text: "within-slo > 99.9%", Metric: "within-slo", Op: ">", Threshold: 0.9990000000000001, Unit: "ratio"},
			},
		},
		Blocks: 6,
	}
	if diff := cmp.Diff(want, got, exported); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if slo, ok := got.SLO(); slo != 200*time.Millisecond || !ok {
		t.Errorf("SLO = %v, %v", slo, ok)
	}
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func TestDefaults(t *testing.T) {
	s := parse(t, "version: 1\nname: x\nserver: {command: [x]}\nload: {closed: {clients: 7, duration: 1s}}\ntargets: [{path: /}]\n")
	want := &Scenario{
		Name: "x", Blocks: 10, Placement: PlacementSplit,
		Servers: []Server{{Name: "server", Command: []string{"x"}, Dir: ".", Beside: true, Ready: "/", ReadyTimeout: 10 * time.Second, StopSignal: "TERM", StopTimeout: 30 * time.Second}},
		CellLoad: CellLoad{Warmup: 2 * time.Second, Streams: []Stream{{Name: "load", Server: "server", Closed: &Closed{Clients: 7, Duration: time.Second},
			Timeout: 30 * time.Second, Connections: 7, Transport: "fast"}}},
	}
	if diff := cmp.Diff(want, s, exported, cmpopts.IgnoreFields(Scenario{}, "File", "Source", "SHA256")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]Cell{{Variant: "default", Params: map[string]string{}}}, s.Cells()); diff != "" {
		t.Errorf("cells: -want +got\n%s", diff)
	}
	if got := s.Streams[0].targets[0]; got.method != "GET" || got.weight != 1 {
		t.Errorf("target %+v, want GET of weight 1", got)
	}
	if _, ok := s.SLO(); ok {
		t.Error("an SLO without objectives")
	}
	open := parse(t, "version: 1\nname: x\nserver: {command: [x]}\nload: {open: {rate: 1/s, duration: 1s}}\ntargets: [{path: /}]\nwarmup: 0s\n")
	if got := open.Streams[0].Connections; got != 1000 {
		t.Errorf("open load has %d connections, want 1000", got)
	}
	if open.Warmup != 0 {
		t.Errorf("warmup: 0s gives %v", open.Warmup)
	}
}

func TestStreams(t *testing.T) {
	s := load(t, "testdata/streams.yaml")
	zero := time.Duration(0)
	want := []Stream{
		{Name: "reads", Server: "api", Open: &Open{Stages: []Stage{{To: 100, Duration: 30 * time.Second}, {From: 100, To: 100, Duration: 10 * time.Second}}}, Timeout: 30 * time.Second, Connections: 1000, Transport: "fast"},
		{Name: "writes", Server: "db", Closed: &Closed{Clients: 4, Requests: 100, Think: 5 * time.Millisecond, Backoff: &zero}, Timeout: 30 * time.Second, Connections: 4, Transport: "fast"},
		{Name: "others", Server: "outside", Closed: &Closed{Clients: 2, Duration: time.Minute}, Timeout: 30 * time.Second, Connections: 2, Transport: "fast"},
	}
	if diff := cmp.Diff(want, s.Streams, exported); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := s.Streams[0].Open.Duration(); got != 40*time.Second {
		t.Errorf("stages take %v together, want 40s", got)
	}
}

func TestCells(t *testing.T) {
	s := load(t, "testdata/example.yaml")
	var names []string
	for _, c := range s.Cells() {
		names = append(names, c.Name())
	}
	want := []string{
		"naive/queue=1k/workers=10", "naive/queue=2k/workers=10", "naive/queue=1k/workers=20", "naive/queue=2k/workers=20",
		"pool/queue=1k/workers=10", "pool/queue=2k/workers=10", "pool/queue=1k/workers=20", "pool/queue=2k/workers=20",
		"pool-aa/queue=1k/workers=10", "pool-aa/queue=2k/workers=10", "pool-aa/queue=1k/workers=20", "pool-aa/queue=2k/workers=20",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	last := Cell{Variant: "pool-aa", AAOf: "pool", Matrix: map[string]string{"workers": "20", "queue": "2k"},
		Params: map[string]string{"workers": "20", "queue": "2k", "pattern": "workerpool", "tree": "../other"}}
	if diff := cmp.Diff(last, s.Cells()[11]); diff != "" {
		t.Errorf("last: -want +got\n%s", diff)
	}
	if first := s.Cells()[0]; !first.Control || first.Params["tree"] != "." {
		t.Errorf("first is %+v, want the control, and the default tree", first)
	}
	s.Cells()[0].Params["workers"] = "changed"
	if s.Cells()[0].Params["workers"] != "10" {
		t.Error("cells share their maps")
	}
}

func TestTooManyCells(t *testing.T) {
	source := base + "matrix:\n"
	for _, key := range []string{"aa", "bb", "cc", "dd", "ee"} {
		source += "  " + key + ": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
	}
	_, err := Parse("f", []byte(source), Options{})
	if want := "f:16:3: variants and matrix give more than 10000 combinations (measure fewer values)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAllowRemote(t *testing.T) {
	const source = "version: 1\nname: x\nserver: {url: \"%\"}\nload: {open: {rate: 1/s, duration: 1s}}\ntargets: [{path: /}]\n"
	for _, c := range []struct {
		url   string
		allow []string
		want  bool
	}{
		{"http://127.0.0.1", nil, true},
		{"http://127.9.9.9:80", nil, true},
		{"http://localhost:80/", nil, true},
		{"http://LOCALHOST", nil, true},
		{"http://[::1]:80", nil, true},
		{"http://0.0.0.0:80", nil, false},
		{"http://127.0.0.1.example.com", nil, false},
		{"http://localhost.example.com", nil, false},
		{"http://127.0.0.1@example.com", nil, false},
		{"http://2130706433", nil, false},
		{"http://example.com:80", nil, false},
		{"http://example.com:80", []string{"other", "Example.com"}, true},
		{"http://example.com:80", []string{"example.com:80"}, true},
		{"http://example.com:80", []string{"example.com:81"}, false},
		{"http://10.0.0.1", []string{"10.0.0.1"}, true},
		{"ftp://127.0.0.1", nil, false},
	} {
		source := []byte(replace(source, c.url))
		s, err := Parse("f", source, Options{AllowRemote: c.allow})
		if (err == nil) != c.want {
			t.Errorf("%s with %q: got %v, want allowed %v", c.url, c.allow, err, c.want)
		}
		if err != nil {
			continue
		}
		if _, err := s.Resolve(s.Cells()[0], Env{}); err != nil {
			t.Errorf("%s with %q: resolve: %v", c.url, c.allow, err)
		}
	}
}

func TestRecord(t *testing.T) {
	s := load(t, "testdata/example.yaml")
	r := s.Record()
	if r.File != "example.yaml" || r.Text != string(s.Source) || r.Control != "naive" || !cmp.Equal(r.Matrix, []string{"queue", "workers"}) {
		t.Errorf("record is %+v", r)
	}
	variants := []results.Variant{
		{Name: "naive", Params: map[string]string{"pattern": "naive"}},
		{Name: "pool", Params: map[string]string{"pattern": "workerpool", "tree": "../other"}},
		{Name: "pool-aa", Params: map[string]string{"pattern": "workerpool", "tree": "../other"}, AAOf: "pool"},
	}
	if diff := cmp.Diff(variants, r.Variants); diff != "" {
		t.Errorf("variants: -want +got\n%s", diff)
	}
	stream := results.Stream{Name: "load", Server: "server", Model: "open", Duration: 20 * time.Second, Arrivals: "poisson", Rate: 2,
		Timeout: 2 * time.Second, Connections: 50, Transport: "std",
		Targets: []results.Target{
			{Name: "get-patients-id", Method: "GET", Path: "/patients/${id}?id=${id}&drug=${drug}&q=${queue}", Weight: 3},
			{Name: "post-pattern", Method: "POST", Path: "/${pattern}", Weight: 1},
		}}
	if diff := cmp.Diff([]results.Stream{stream}, r.Streams); diff != "" {
		t.Errorf("streams: -want +got\n%s", diff)
	}
	zero, hundred := time.Duration(0), 100.0
	streams := []results.Stream{
		{Name: "reads", Server: "api", Model: "open", Duration: 40 * time.Second, Arrivals: "stages", Stages: []results.Stage{{To: &hundred, Duration: 30 * time.Second}, {Rate: 100, Duration: 10 * time.Second}},
			Timeout: 30 * time.Second, Connections: 1000, Transport: "fast"},
		{Name: "writes", Server: "db", Model: "closed", Clients: 4, Requests: 100, Think: 5 * time.Millisecond, Backoff: &zero, Timeout: 30 * time.Second, Connections: 4, Transport: "fast"},
		{Name: "others", Server: "outside", Model: "closed", Clients: 2, Duration: time.Minute, Timeout: 30 * time.Second, Connections: 2, Transport: "fast"},
	}
	if diff := cmp.Diff(streams, load(t, "testdata/streams.yaml").Record().Streams); diff != "" {
		t.Errorf("streams: -want +got\n%s", diff)
	}
}

// TestScenarios loads every scenario of the project.
func TestScenarios(t *testing.T) {
	// Names are unique in a run, and these folders are what runs are made of.
	for _, folder := range []string{"", "gate", "gate/control", "gate/short", "gate/short/control"} {
		paths, err := filepath.Glob(filepath.Join("../../../scenarios", folder, "*.yaml"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("found %d scenarios in %q (%v)", len(paths), folder, err)
		}
		all, err := Load(paths, Options{})
		if err != nil {
			t.Error(err)
		}
		for _, s := range all {
			if notes := s.Notes(); len(notes) > 0 {
				t.Error(notes)
			}
		}
	}
}

// The positive control of the gate is its open scenario with one more variant,
// and must stay so.
func TestControlOfTheGate(t *testing.T) {
	lines := func(path string, keep func(string) bool) (all []string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "# yaml-language-server:") && keep(line) {
				all = append(all, line)
			}
		}
		return all
	}
	for _, folder := range []string{"../../../scenarios/gate", "../../../scenarios/gate/short"} {
		open := lines(folder+"/open.yaml", func(string) bool { return true })
		control := lines(folder+"/control/open.yaml", func(line string) bool { return !strings.Contains(line, "slow") })
		if diff := cmp.Diff(open, control); diff != "" {
			t.Errorf("%s: control/open.yaml without its control is not open.yaml: -open +control\n%s", folder, diff)
		}
	}
}
