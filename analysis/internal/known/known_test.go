package known

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/analysis/internal/explain"
)

var recordIn = flag.String("record", "", "`folder` whose speed.json gets the time, of the repository")

// A bundle with large profiles is read and explained as a whole. How long that takes is
// printed, and not judged: it depends on the machine.
func TestLargeBundle(t *testing.T) {
	const blocks = 10 // of two variants
	dir := filepath.Join(t.TempDir(), "b")
	of, least := shape{functions: 20_000, stacks: 20_000, depth: 40}, 2_000_000
	if testing.Short() {
		of, least = shape{functions: 2000, stacks: 2400, depth: 40}, 100_000 // in less time
	}
	run := bundle(t, dir, blocks, 2, of, map[string]made{"base": {}, "head": {slow: "example.com/shop/render.Table"}})
	info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(run.Profiled[0].Profiles[0].Name())))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() < int64(least) {
		t.Fatalf("a profile has %d bytes, want %d", info.Size(), least)
	}
	began := time.Now()
	r, err := explain.Run(run, "base", "head")
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	s := &r.Sections[0]
	if s.Blocks != blocks || len(s.Causes) == 0 || s.Causes[0].Name != "example.com/shop/render.Table" {
		t.Errorf("%d blocks, causes %+v", s.Blocks, s.Causes)
	}
	speed := Speed{Trials: 2 * blocks, Bytes: int(info.Size()), Seconds: took.Seconds(), CPUs: runtime.GOMAXPROCS(0)}
	t.Logf("%d profiled trials of %.1f MB each were explained in %.2f s", speed.Trials, float64(speed.Bytes)/1e6, speed.Seconds)
	if *recordIn != "" {
		if err := speed.Write(filepath.Join("..", "..", "..", *recordIn)); err != nil {
			t.Fatal(err)
		}
	}
}

// What explain says of every kind is recorded, and counted as right or wrong.
func TestRecord(t *testing.T) {
	runs, dir := t.TempDir(), filepath.Join(t.TempDir(), "records")
	wrong := map[string]made{
		"usual": {}, "same-1": {}, "usual-2": {}, "same-2": {slow: "api.other"}, "serialisation": {slow: "api.(*exchange).bear"}, "allocations": {slow: "api.other"},
		"lock": {}, "query": {parts: map[string]float64{"store": 2e-4, "total": 2e-4, "service": 2e-4}}, "collector": {slow: "runtime.gcBgMarkWorker"},
		"endpoint": {fhir: 2e-4},
	}
	bundle(t, filepath.Join(runs, "round-01"), 8, 8, shape{100, 200, 5}, wrong)
	said := ""
	if err := Record(runs, dir, func(round string, answers []Answer) { said += round }); err != nil {
		t.Fatal(err)
	}
	r, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	right := map[string]bool{"serialisation": true, "query": true, "collector": true, "endpoint": true, "same-1": true}
	for _, a := range r.Answers {
		if a.Right != right[a.Head] || a.Profiled != 8 || a.Measured != 8 || a.ProfilerCost == nil || a.Foreign != 0.5 {
			t.Errorf("%+v", a)
		}
	}
	if said != "round-01" || len(r.Answers) != len(Kinds) {
		t.Errorf("%q, %d answers", said, len(r.Answers))
	}
	text := r.Markdown()
	for _, want := range []string{
		"1 complete round.", "0.50 to 0.50 CPUs", "| query: every query takes 160 µs longer | 1 of 1 | 100 [3, 100] |", "`store` (1)",
		"| A/A: nothing differs | 1 of 2 | 50 [1, 99] |", "`api.other` (1)", "**Overhead of profiling**: the CPU time of the server for an answer changed by +5.0 % while",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "**Time**") {
		t.Error("a time that was not measured")
	}
	if err := (Speed{20, 2_000_000, 2.5, 2}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if r, err = Read(dir); err != nil || !strings.Contains(r.Markdown(), "20 profiled trials of 2.0 MB each was explained in 2.5 s, on 2 CPUs") {
		t.Errorf("%v\n%s", err, r.Markdown())
	}
}

// The simulation has a sentence of its own, also where no round has been made.
func TestSimulated(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, simulatedFile), []byte(`{"same":1000,"false":9,"slower":1000,"found":990,"covered":960}`), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := "of 1000 comparisons of equal builds, 9 say that some function grew, 0.9 [0.4, 1.7] %"; !strings.Contains(r.Markdown(), want) {
		t.Errorf("%q is not in\n%s", want, r.Markdown())
	}
}

func TestBadRecords(t *testing.T) {
	if r, err := Read(filepath.Join(t.TempDir(), "none")); err != nil || r.Markdown() != "No round has been made yet.\n" {
		t.Errorf("%+v, %v", r, err)
	}
	for text, want := range map[string]string{
		"{}\n": `answers.jsonl:1: no slowdown is called ""`, "{\"kind\":\"lock\",\"head\":\"lock\"}\nx\n": "answers.jsonl:2: not an answer",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, answersFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, speedFile), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), speedFile) {
		t.Error(err)
	}
	if err := Record(t.TempDir(), dir, nil); err == nil || !strings.Contains(err.Error(), "has no complete round") {
		t.Error(err)
	}
}
