package results

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchfmt"
	"pgregory.net/rapid"
)

func trial(scenario, variant string, block, try int, valid bool) Trial {
	var invalid []string
	if !valid {
		invalid = []string{"foreign CPU use 0.61 above 0.25"}
	}
	return Trial{
		Invalid: invalid,
		ID:      TrialID(scenario, variant, nil, block, try), Scenario: scenario, Variant: variant, Block: block, Attempt: try, Order: block, Valid: valid,
		Streams: []StreamResult{{
			Name: "load", Model: ModelOpen, Recorded: 100, Scheduled: 100, Completed: 100, Outcomes: Outcomes{OK: 90, Error: 10},
			Headline: Quantiles{Count: 90, ByShare: map[float64]float64{0.50: 75e6, 0.99: 100e6}}, Throughput: 10, Goodput: 9,
			WithinSLO: &WithinSLO{Threshold: time.Second, Count: 80},
		}},
		Servers: []ServerResult{{Name: "server", Procs: 1}},
	}
}

func manifest() *Manifest {
	return &Manifest{Scenarios: []Scenario{{Name: "s", Streams: []Stream{{Name: "load", Server: "server"}}}}}
}

func TestSummariseAgainstSortedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(1, int64(10*time.Minute)), 1, 300).Draw(t, "values")
		timeouts := uint64(rapid.IntRange(0, 50).Draw(t, "timeouts"))
		h := NewHistogram()
		for _, v := range values {
			if err := h.RecordValue(v); err != nil {
				t.Fatal(err)
			}
		}
		q := Summarise(h, timeouts)
		n := len(values) + int(timeouts)
		for _, c := range []struct {
			p   float64
			got *float64
		}{{0.5, q.At(0.50)}, {0.9, q.At(0.90)}, {0.95, q.At(0.95)}, {0.99, q.At(0.99)}, {0.999, q.At(0.999)}} {
			// The smallest value that at least p of the population, time-outs
			// included, does not exceed, by its definition.
			var want *int64
			for _, v := range values {
				below := 0
				for _, o := range values {
					if o <= v {
						below++
					}
				}
				if float64(below) >= c.p*float64(n)-1e-9*float64(n) && (want == nil || v < *want) {
					want = &v
				}
			}
			switch {
			case (want == nil) != (c.got == nil):
				t.Fatalf("p%v of %d values and %d time-outs: %v, want %v", c.p, len(values), timeouts, c.got, want)
			case want != nil && (*c.got < float64(*want)*0.999 || *c.got > float64(*want)*1.001+1):
				t.Fatalf("p%v: %v, want %v within 0.1 %%", c.p, *c.got, *want)
			}
		}
		if (q.Mean == nil) != (timeouts > 0) || (q.Max == nil) != (timeouts > 0) {
			t.Fatalf("mean %v and max %v with %d time-outs", q.Mean, q.Max, timeouts)
		}
	})
}

func TestLogRoundTrip(t *testing.T) {
	var b bytes.Buffer
	w, err := NewLogWriter(&b, "t")
	if err != nil {
		t.Fatal(err)
	}
	h := NewHistogram()
	for i := range int64(1000) {
		h.RecordValue(i * 1e6)
	}
	in := Interval{Tag: "response.ok", Start: 1500 * time.Millisecond, Length: 500 * time.Millisecond, Hist: h}
	for _, i := range []Interval{in, {Tag: "empty", Length: time.Second, Hist: NewHistogram()}} {
		if err := w.Write(i); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var got []Interval
	if err := ReadLog(bytes.NewReader(b.Bytes()), func(i Interval) error { got = append(got, i); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Tag != in.Tag || got[0].Start != in.Start || got[0].Length != in.Length || !got[0].Hist.Equals(h) {
		t.Errorf("read back %d intervals: %+v", len(got), got)
	}
	for _, c := range []struct{ line, want string }{
		{"Tag=x", "line 1: no comma after the tag"},
		{"1,1", "line 1: 2 fields"},
		{"x,1,1,HIST", "line 1: start"},
		{"1,NaN,1,HIST", "line 1: length"},
		{"#\n1,1,1,HISTgarbage", "line 2: histogram"},
	} {
		err := ReadLog(strings.NewReader(c.line), func(Interval) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.line, err, c.want)
		}
	}
}

var errEnough = errors.New("enough")

func FuzzReadLog(f *testing.F) {
	f.Add([]byte("Tag=a,0.1,1.0,2.0,HISTFAAAABx42pNpmSzMwMDAxQABzFCaEUoz2X+AMIKZAEARAtM="))
	f.Add([]byte("#c\n\"x\"\n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		intervals := 0
		bounded(t, len(log), func() {
			err := ReadLog(bytes.NewReader(log), func(i Interval) error {
				if i.Start < 0 || i.Length < 0 || i.Hist == nil {
					t.Errorf("%+v", i)
				}
				if intervals++; intervals == 20 { // each takes most of a megabyte
					return errEnough
				}
				return nil
			})
			if err != nil && !errors.Is(err, errEnough) && !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("the error %q names no line", err)
			}
		})
	})
}

func TestBundleOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, manifest())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, manifest()); !errors.Is(err, ErrExists) {
		t.Errorf("second bundle in the same folder: %v", err)
	}
	// Block 1 is voided by its second trial and repeated; block 2 is good.
	for _, tr := range []Trial{
		trial("s", "a", 1, 1, true), trial("s", "b", 1, 1, false),
		trial("s", "a", 1, 2, true), trial("s", "b", 1, 2, true),
		trial("s", "a", 2, 1, true), trial("s", "b", 2, 1, true),
	} {
		f, err := w.CreateLog(tr.ID)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		if err := w.Append(tr, []Sample{{At: 1, Server: "server"}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Verify(dir); err == nil || !strings.Contains(err.Error(), "--resume") {
		t.Errorf("verify before the end: %v", err)
	}
	if err := w.Finish(StateComplete, ""); err != nil {
		t.Fatal(err)
	}
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, tr := range b.Valid() {
		ids = append(ids, tr.ID)
	}
	if got, want := strings.Join(ids, " "), "s.a.b01.a2 s.b.b01.a2 s.a.b02 s.b.b02"; got != want {
		t.Errorf("trials that count: %s, want %s", got, want)
	}
	if s, err := b.Samples("s.a.b02"); err != nil || len(s) != 1 {
		t.Errorf("samples %v, %v", s, err)
	}
	if d, err := Verify(dir); err != nil || len(d) > 0 {
		t.Errorf("verify: %v, %v", d, err)
	}

	trials := filepath.Join(dir, TrialsFile)
	whole, err := os.ReadFile(trials)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(trials, whole[:len(whole)-20], 0o644); err != nil {
		t.Fatal(err)
	}
	if b, err = Open(dir); err != nil || len(b.Trials) != 5 || len(b.Damage) != 1 || !strings.Contains(b.Damage[0].Error(), ":6: ") {
		t.Errorf("after a cut: %d trials, damage %v, %v", len(b.Trials), b.Damage, err)
	}
	if d, err := Verify(dir); err != nil || len(d) != 1 || !strings.Contains(d[0].Error(), "trials.jsonl was changed") {
		t.Errorf("verify after a cut: %v, %v", d, err)
	}
	// With its sums it is a finished bundle that was changed; a crash leaves none.
	if _, err := resume(dir); err == nil || !strings.Contains(err.Error(), "trials.jsonl was changed") {
		t.Errorf("resumed after a cut: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, SumsFile)); err != nil {
		t.Fatal(err)
	}
	if w, err = resume(dir); err != nil {
		t.Fatal(err)
	}
	if err := w.Append(trial("s", "b", 2, 1, true), nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(StateComplete, ""); err != nil {
		t.Fatal(err)
	}
	if b, err = Open(dir); err != nil || len(b.Trials) != 6 || len(b.Damage) != 0 {
		t.Errorf("after resuming: %d trials, damage %v, %v", len(b.Trials), b.Damage, err)
	}
}

func TestUnreadableBundles(t *testing.T) {
	for _, c := range []struct{ manifest, trials, want string }{
		{"{", "", "manifest.json:1:2"},
		{"{}", "", "no schema_version"},
		{`{"schema_version": 99}`, "", "schema version 99, this program reads versions 1 to 2"},
		{"{\"schema_version\": 1,\n \"blocks\": \"x\"}", "", "manifest.json:2:"},
		{`{"schema_version": 1}`, "{\"id\":\"a\"}\nnonsense\n{}\n", "trials.jsonl:2: "},
	} {
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, ManifestFile), []byte(c.manifest), 0o644)
		os.WriteFile(filepath.Join(dir, TrialsFile), []byte(c.trials), 0o644)
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.manifest, err, c.want)
		}
	}
}

// A closed load that was not answered at all has a goodput, of zero. Without its
// line a server that hangs now and then would look as good as one that does not.
func TestBenchLineOfSilence(t *testing.T) {
	silent := trial("s", "a", 1, 1, true)
	silent.Streams = []StreamResult{{Name: silent.Streams[0].Name, Model: ModelClosed}}
	var out bytes.Buffer
	if err := WriteBench(&out, &Bundle{Manifest: manifest(), Trials: []Trial{silent}}); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for r := benchfmt.NewReader(&out, "bench.txt"); r.Scan(); {
		rec, ok := r.Result().(*benchfmt.Result)
		if _, unit := r.Result().(*benchfmt.UnitMetadata); unit {
			continue
		}
		if !ok {
			t.Fatal(r.Result())
		}
		lines++
		if v, ok := rec.Value("goodput/s"); !ok || v != 0 || rec.Iters != 0 {
			t.Errorf("goodput %v (%v) of %d requests, want 0 of 0", v, ok, rec.Iters)
		}
		if _, ok := rec.Value("p50-sec"); ok {
			t.Error("a time of answers that never were is in the line")
		}
	}
	if lines != 1 {
		t.Errorf("%d lines, want 1", lines)
	}
}

func TestBenchLinesAreReadable(t *testing.T) {
	b := &Bundle{Manifest: manifest(), Trials: []Trial{trial("s", "b", 2, 1, true), trial("s", "a", 1, 1, true)}}
	var out bytes.Buffer
	if err := WriteBench(&out, b); err != nil {
		t.Fatal(err)
	}
	r := benchfmt.NewReader(&out, "bench.txt")
	var names []string
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(rec)
		case *benchfmt.Result:
			names = append(names, string(rec.Name.Full()))
			for unit, want := range map[string]float64{"p99-sec": 0.1, "within-slo-ratio": 0.8, "error-ratio": 0.1, "goodput/s": 9} {
				if v, ok := rec.Value(unit); !ok || v != want {
					t.Errorf("%s: %v (%v), want %v", unit, v, ok, want)
				}
			}
			if _, ok := rec.Value("p99.9-sec"); ok {
				t.Error("a quantile that does not exist is in the line")
			}
			if rec.Iters != 100 {
				t.Errorf("%d iterations, want the 100 recorded requests", rec.Iters)
			}
		}
	}
	if got, want := strings.Join(names, " "), "HTTP/scenario=s/variant=a-1 HTTP/scenario=s/variant=b-1"; got != want || r.Err() != nil {
		t.Errorf("names %s, want %s in block order (%v)", got, want, r.Err())
	}
}

// Every target of a stream has a line after that of the stream, without what the server
// used. A target that was never drawn has no line: one without figures cannot be read.
func TestBenchLinesOfTargets(t *testing.T) {
	one := trial("s", "a", 1, 1, true)
	cpu := 2.0
	one.Servers[0].CPU = &cpu
	list := one.Streams[0]
	list.Name, list.WithinSLO, list.Recorded = "list", nil, 75
	one.Streams[0].Targets = []StreamResult{list, {Name: "never", Model: ModelClosed}}
	var out bytes.Buffer
	if err := WriteBench(&out, &Bundle{Manifest: manifest(), Trials: []Trial{one}}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "Benchmark") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	const figures = " 0.075 p50-sec 0.1 p99-sec 10 req/s 9 goodput/s"
	const shares = " 0.1 error-ratio 0 reject-ratio 0 timeout-ratio 0.1 unanswered-ratio"
	want := []string{
		"BenchmarkHTTP/scenario=s/variant=a-1 100" + figures + " 0.8 within-slo-ratio" + shares + " 0.02 server-cpu-sec/op",
		"BenchmarkHTTP/scenario=s/variant=a/target=list-1 75" + figures + shares,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("lines (-want +got):\n%s", d)
	}
}
