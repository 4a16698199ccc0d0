package results

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
)

// fullBundle writes a finished bundle of one trial of the given streams, with one
// value a second for three seconds under each tag, and one server sample.
func fullBundle(t *testing.T, streams []Stream, tags ...string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "full")
	w, err := Create(dir, &Manifest{Scenarios: []Scenario{{Name: "s", Streams: streams}}})
	if err != nil {
		t.Fatal(err)
	}
	trial := Trial{ID: "s.v.b01", Scenario: "s", Variant: "v", Block: 1, Attempt: 1, Valid: true}
	for _, s := range streams {
		trial.Streams = append(trial.Streams, StreamResult{Name: s.Name, Model: s.Model})
	}
	f, err := w.CreateLog(trial.ID)
	if err != nil {
		t.Fatal(err)
	}
	log, err := NewLogWriter(f, trial.ID)
	if err != nil {
		t.Fatal(err)
	}
	for second := range 3 {
		for _, tag := range tags {
			if err := log.Write(Interval{Tag: tag, Start: time.Duration(second) * time.Second, Length: time.Second, Hist: oneValue(t, int64(second+1)*500)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, err := range []error{log.Flush(), f.Close(), w.Append(trial, []Sample{{At: 1, Server: "server", Metrics: map[string]float64{"m": 2}}}), w.Finish(StateComplete, "")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func oneValue(t *testing.T, v int64) *hdrhistogram.Histogram {
	t.Helper()
	h := NewHistogram()
	if err := h.RecordValue(v); err != nil {
		t.Fatal(err)
	}
	return h
}

func openBundle(t *testing.T, dir string) *Bundle {
	t.Helper()
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// slimOf makes the slim bundle of a full one, in a folder beside it.
func slimOf(t *testing.T, full string) (dir string) {
	t.Helper()
	dir = filepath.Join(filepath.Dir(full), "slim")
	if err := Slim(full, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// intervals describes what a bundle has of its trial: tag, start, length, number
// of values and the highest.
func intervals(t *testing.T, dir string) (lines []string) {
	t.Helper()
	if err := openBundle(t, dir).Log("s.v.b01", func(in Interval) error {
		lines = append(lines, fmt.Sprintf("%s %v+%v %d %d", in.Tag, in.Start, in.Length, in.Hist.TotalCount(), in.Hist.Max()))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestSlimKeepsTheHeadline(t *testing.T) {
	open, closed := Stream{Name: "load", Model: ModelOpen}, Stream{Name: "load", Model: ModelClosed}
	stages := Stream{Name: "load", Model: ModelOpen, Stages: []Stage{{Rate: 1}}}
	for _, c := range []struct {
		name    string
		streams []Stream
		tags    []string
		want    []string
	}{
		{"open", []Stream{open}, []string{"response.ok", "warmup.response.ok", "response.error", "warmup.response.error", "service.ok", "lag.ok"}, []string{
			"response.ok 0s+1s 1 500", "warmup.response.ok 0s+1s 1 500", "response.ok 1s+1s 1 1000", "warmup.response.ok 1s+1s 1 1000",
			"response.ok 2s+1s 1 1500", "warmup.response.ok 2s+1s 1 1500", "response.error 0s+3s 3 1500",
		}},
		{"stages", []Stream{stages}, []string{"response.ok", "response.error"}, []string{
			"response.ok 0s+1s 1 500", "response.error 0s+1s 1 500", "response.ok 1s+1s 1 1000", "response.error 1s+1s 1 1000",
			"response.ok 2s+1s 1 1500", "response.error 2s+1s 1 1500",
		}},
		{"targets", []Stream{open}, []string{"response.ok", "response.ok@list", "warmup.response.ok@list", "response.error@list"}, []string{
			"response.ok 0s+1s 1 500", "response.ok 1s+1s 1 1000", "response.ok 2s+1s 1 1500",
		}},
		{"closed", []Stream{closed}, []string{"service.ok", "queue.ok", "service.rejected"}, []string{
			"service.ok 0s+1s 1 500", "service.ok 1s+1s 1 1000", "service.ok 2s+1s 1 1500", "service.rejected 0s+3s 3 1500",
		}},
		{"two streams", []Stream{{Name: "a", Model: ModelOpen}, {Name: "b", Model: ModelClosed}}, []string{"a/service.ok", "b/service.ok", "b/warmup.service.error", "c/service.ok"}, []string{
			"b/service.ok 0s+1s 1 500", "b/service.ok 1s+1s 1 1000", "b/service.ok 2s+1s 1 1500",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			full := fullBundle(t, c.streams, c.tags...)
			slim := slimOf(t, full)
			if d := cmp.Diff(c.want, intervals(t, slim)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if found, err := VerifyFull(slim, full); err != nil || len(found) > 0 {
				t.Errorf("verify: %v, %v", found, err)
			}
		})
	}
}

// All but the logs is read from a slim bundle as from the full one.
func TestSlimIsReadLikeTheFull(t *testing.T) {
	full := fullBundle(t, []Stream{{Name: "load", Model: ModelOpen}}, "response.ok")
	slim := slimOf(t, full)
	a, b := openBundle(t, full), openBundle(t, slim)
	if a.Slim() || !b.Slim() {
		t.Errorf("full: slim is %v; slim: %v", a.Slim(), b.Slim())
	}
	if d := cmp.Diff(a.Trials, b.Trials); d != "" {
		t.Errorf("trials: -full +slim\n%s", d)
	}
	if d := cmp.Diff(a.Manifest, b.Manifest); d != "" {
		t.Errorf("manifest: -full +slim\n%s", d)
	}
	x, err := a.Samples("s.v.b01")
	y, err2 := b.Samples("s.v.b01")
	if d := cmp.Diff(x, y); d != "" || err != nil || err2 != nil || len(x) != 1 {
		t.Errorf("samples (%v, %v): -full +slim\n%s", err, err2, d)
	}
	if d := cmp.Diff(intervals(t, full), intervals(t, slim)); d != "" {
		t.Errorf("intervals: -full +slim\n%s", d)
	}
	if err := b.Log("other", func(Interval) error { return nil }); err == nil || !strings.Contains(err.Error(), "other.hlog") {
		t.Errorf("a log that is not there: %v", err)
	}
}

// Two slim bundles of one bundle are the same files.
func TestSlimIsReproducible(t *testing.T) {
	full := fullBundle(t, []Stream{{Name: "load", Model: ModelClosed}}, "service.ok", "service.error", "service.rejected")
	first := slimOf(t, full)
	second := first + "2"
	if err := Slim(full, second); err != nil {
		t.Fatal(err)
	}
	a, err := os.ReadFile(filepath.Join(first, SumsFile))
	b, err2 := os.ReadFile(filepath.Join(second, SumsFile))
	if err != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Errorf("%v, %v:\n%s\n%s", err, err2, a, b)
	}
}

// Memory does not grow with the number of lines: an interval that is decoded takes
// most of a megabyte, and a trial of ten minutes has 8,400.
func TestSlimReadsLineByLine(t *testing.T) {
	b := &Bundle{Manifest: &Manifest{}}
	trial := &Trial{ID: "s.v.b01", Scenario: "s", Streams: []StreamResult{{Name: "load", Model: ModelOpen}}}
	var line bytes.Buffer
	log, err := NewLogWriter(&line, trial.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"response.ok", "response.error", "lag.ok"} {
		if err := log.Write(Interval{Tag: tag, Length: time.Second, Hist: oneValue(t, 500)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Flush(); err != nil {
		t.Fatal(err)
	}
	const repeats = 10_000
	r := &repeating{text: line.Bytes(), left: repeats}
	var before, most runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r.every = func() {
		runtime.GC()
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		if now.HeapAlloc > most.HeapAlloc {
			most = now
		}
	}
	var out counter
	if err := b.slimLog(&out, r, trial); err != nil {
		t.Fatal(err)
	}
	if out < repeats {
		t.Errorf("only %d bytes were written", out)
	}
	if grown := int64(most.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d lines took %d MiB", 3*repeats, grown>>20)
	}
}

// repeating reads as a text repeated, and calls every now and then.
type repeating struct {
	text  []byte
	rest  []byte
	left  int
	every func()
}

func (r *repeating) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		if r.left--; r.left%1000 == 0 {
			r.every()
		}
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// A link in a bundle may lead anywhere. Nothing is written through it, and what it
// leads to is not taken for a part of the bundle.
func TestSlimFollowsNoLink(t *testing.T) {
	full := fullBundle(t, []Stream{{Name: "load", Model: ModelOpen}}, "response.ok", "lag.ok")
	log := logPath(full, "s.v.b01")
	outside := filepath.Join(t.TempDir(), "original.hlog")
	if err := os.Rename(log, outside); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, log); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	before, err := os.ReadFile(outside)
	if err != nil {
		t.Fatal(err)
	}
	slim := filepath.Join(t.TempDir(), "slim")
	if err := Slim(full, slim); err == nil || !strings.Contains(err.Error(), "s.v.b01.hlog is not a regular file") {
		t.Errorf("a link in the bundle: %v", err)
	}
	if after, err := os.ReadFile(outside); err != nil || !bytes.Equal(before, after) {
		t.Errorf("what the link leads to was changed (%v)", err)
	}
	if _, err := os.Lstat(slim); !os.IsNotExist(err) {
		t.Errorf("a slim bundle was made: %v", err)
	}
}

// What cannot be made slim leaves nothing behind.
func TestSlimRefuses(t *testing.T) {
	streams := []Stream{{Name: "load", Model: ModelOpen}}
	for _, c := range []struct {
		name, want string
		damage     func(full, slim string) error
	}{
		{"there already", "slim exists already", func(_, slim string) error { return os.Mkdir(slim, 0o755) }},
		{"changed", "bench.txt was changed", func(full, _ string) error { return os.WriteFile(filepath.Join(full, BenchFile), nil, 0o644) }},
		{"not ended", "the run has not ended", func(full, _ string) error { return os.Remove(filepath.Join(full, SumsFile)) }},
		{"a log that cannot be read", "s.v.b01.hlog: line 1: ", func(full, _ string) error {
			if err := os.WriteFile(logPath(full, "s.v.b01"), []byte("nonsense\n"), 0o644); err != nil {
				return err
			}
			return WriteSums(full)
		}},
		{"a line without end", "longer than", func(full, _ string) error {
			if err := os.WriteFile(logPath(full, "s.v.b01"), bytes.Repeat([]byte("x"), mostLine+1), 0o644); err != nil {
				return err
			}
			return WriteSums(full)
		}},
	} {
		full := fullBundle(t, streams, "response.ok")
		slim := filepath.Join(filepath.Dir(full), "slim")
		if err := c.damage(full, slim); err != nil {
			t.Fatal(err)
		}
		if err := Slim(full, slim); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(full), ".slim*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%s: left behind %v (%v)", c.name, left, err)
		}
	}
}

// Nothing is added to a slim bundle: the full one would not have it.
func TestSlimBundlesDoNotGrow(t *testing.T) {
	slim := slimOf(t, fullBundle(t, []Stream{{Name: "load", Model: ModelOpen}}, "response.ok"))
	_, resume := openBundle(t, slim).Resume()
	for name, err := range map[string]error{
		"slim": Slim(slim, slim+"2"), "resume": resume, "micro": AddMicro(slim, []byte("text")), "record": RecordMicro(slim, Micro{}),
	} {
		if err == nil || !strings.Contains(err.Error(), "is a slim bundle") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if found, err := Verify(slim); err != nil || len(found) > 0 {
		t.Errorf("verify: %v, %v", found, err)
	}
}

// New sums do not hide what was changed in a slim bundle.
func TestVerifyOfSlim(t *testing.T) {
	streams := []Stream{{Name: "load", Model: ModelOpen}}
	full := fullBundle(t, streams, "response.ok", "response.error")
	slim := slimOf(t, full)
	if err := os.WriteFile(filepath.Join(slim, BenchFile), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantDifference(t, "changed", "bench.txt was changed", func() ([]error, error) { return Verify(slim) })
	if err := WriteSums(slim); err != nil {
		t.Fatal(err)
	}
	wantDifference(t, "changed with sums", "bench.txt is not the one of the full bundle", func() ([]error, error) { return Verify(slim) })

	other := fullBundle(t, streams, "response.ok")
	wantDifference(t, "another bundle", "was made from another bundle", func() ([]error, error) { return VerifyFull(slimOf(t, other), full) })

	// A log that somebody made otherwise, in an archive that is whole.
	forged := filepath.Join(filepath.Dir(full), "forged")
	b := openBundle(t, full)
	b.Trials[0].Streams[0].Model = ModelClosed // keeps other parts
	if err := os.Mkdir(forged, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := b.writeSlim(forged); err != nil {
		t.Fatal(err)
	}
	if found, err := Verify(forged); err != nil || len(found) > 0 {
		t.Errorf("without the full bundle: %v, %v", found, err)
	}
	wantDifference(t, "another log", "intervals of the full log are missing after the first 0", func() ([]error, error) { return VerifyFull(forged, full) })
}

func wantDifference(t *testing.T, name, want string, verify func() ([]error, error)) {
	t.Helper()
	found, err := verify()
	if err != nil || !slices.ContainsFunc(found, func(e error) bool { return strings.Contains(e.Error(), want) }) {
		t.Errorf("%s: %v, %v; want %q", name, found, err, want)
	}
}
