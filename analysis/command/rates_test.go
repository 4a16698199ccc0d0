package command

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/rates"
	"github.com/assay-bench/assay/internal/inpage"
	"github.com/assay-bench/assay/results"
)

// writeCheck makes the folder of a complete check as `assay bench-gate` leaves
// it: ten blocks of open load, the head slower by the factor, one trial voided.
func writeCheck(t *testing.T, dir string, exit int, factor float64) {
	t.Helper()
	variants := []results.Variant{{Name: "base"}, {Name: "base-aa", AAOf: "base"}, {Name: "head"}}
	m := &results.Manifest{
		Started: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC), Blocks: 10,
		Host: results.Host{OS: "linux", Arch: "amd64", Kernel: "6.1.0", CPUModel: "Example CPU", CPUs: []int{0, 1}, GoVersion: "go1.26.0"},
		Scenarios: []results.Scenario{{
			Name: "gate-open", File: "open.yaml", Variants: variants, Blocks: 10,
			Servers:    []results.Server{{Name: "server", Command: []string{"server"}}},
			Streams:    []results.Stream{{Name: "load", Server: "server", Model: results.ModelOpen, Rate: 1000, Duration: 2 * time.Second}},
			Objectives: []results.Objective{{Text: "p99 < 12ms", Metric: "p99", Op: "<", Threshold: 0.012, Unit: "sec"}},
		}},
	}
	w, err := results.Create(filepath.Join(dir, "run", "bundle"), m)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(uint64(len(dir)), 1))
	busy := 0.9
	for block := 1; block <= 10; block++ {
		for i, v := range variants {
			trial := func(attempt int, valid bool, slower float64) {
				ns := func(seconds float64) float64 {
					return seconds * 1e9 * slower * (1 + 0.01*r.NormFloat64())
				}
				share := 0.001
				p := results.Trial{
					ID:    results.TrialID("gate-open", v.Name, nil, block, attempt),
					Order: 3*block + i, Block: block, Attempt: attempt, Scenario: "gate-open", Variant: v.Name, Valid: valid,
					Servers: []results.ServerResult{{Name: "server", Procs: 1}},
					Streams: []results.StreamResult{{
						Name: "load", Model: results.ModelOpen, Window: 2 * time.Second, Scheduled: 2000, Sent: 2000, Planned: 2000, Recorded: 2000,
						Completed: 2000, CompletedOK: 2000, Throughput: 1000, Goodput: 1000, Outcomes: results.Outcomes{OK: 2000},
						Headline:       results.Quantiles{Count: 2000, ByShare: map[float64]float64{0.50: ns(0.006), 0.99: ns(0.009)}},
						Parts:          map[string]results.Quantiles{"lag.ok": {Count: 2000, ByShare: map[float64]float64{0.99: ns(0.0001)}}},
						WithinSLO:      &results.WithinSLO{Threshold: 12 * time.Millisecond, Count: 2000},
						GeneratorShare: &share,
					}},
				}
				if !valid {
					p.Invalid, p.Host.Foreign = []string{"other programs took 90 % of a CPU"}, &busy
				}
				if err := w.Append(p, nil); err != nil {
					t.Fatal(err)
				}
			}
			slower := 1.0
			if v.Name == "head" {
				slower = factor
			}
			attempt := 1
			if block == 3 {
				if i == 0 {
					trial(1, false, 2)
				}
				attempt = 2
			}
			trial(attempt, true, slower)
		}
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		t.Fatal(err)
	}
	head := "0123456789abcdef"
	if factor != 1 {
		head = "fedcba9876543210"
	}
	writeNote(t, dir, exit, head)
}

// writeNote writes what the script notes about a check.
func writeNote(t *testing.T, dir string, exit int, head string) {
	t.Helper()
	note := fmt.Sprintf("exit=%d\nseconds=100\nbase=0123456789abcdef\nhead=%s\n", exit, head)
	if err := os.WriteFile(filepath.Join(dir, "check"), []byte(note), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRates goes from the folders of checks to the page.
func TestRates(t *testing.T) {
	dir := t.TempDir()
	runs, recordings, page := filepath.Join(dir, "runs"), filepath.Join(dir, "recordings"), filepath.Join(dir, "GATE.md")
	writeCheck(t, filepath.Join(runs, "aa-01"), 0, 1)
	writeCheck(t, filepath.Join(runs, "aa-02"), 0, 1)
	writeCheck(t, filepath.Join(runs, "load-01"), 0, 1)
	writeCheck(t, filepath.Join(runs, "slow-01"), 1, 1.2)
	if err := os.MkdirAll(filepath.Join(runs, "aa-03.part"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(recordings, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, []byte("# Gate\n"+inpage.Begin(rates.Part)+inpage.End(rates.Part)+"\nthe rest\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, "rates", recordings, "--record", runs)
	if code != 0 {
		t.Fatalf("record: status %d: %s", code, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "aa-01 pass, exit 0, 100 s, 10 blocks, 1 void: all 3 rows") ||
		!strings.HasPrefix(lines[3], "slow-01 regression, exit 1") || !strings.Contains(lines[3], "p50-sec") {
		t.Errorf("lines of the checks:\n%s", stdout)
	}
	var texts []string
	for range 2 {
		if code, stdout, stderr = call(t, "rates", recordings, "--repetitions", "20"); code != 0 {
			t.Fatalf("status %d: %s", code, stderr)
		}
		texts = append(texts, stdout)
	}
	if texts[0] != texts[1] {
		t.Error("the same recordings give two texts")
	}
	for _, want := range []string{"4 complete short checks", "0123456789ab", "4 of 4 checks get the verdict", "1 voided trials", "20 that the real A/A checks have"} {
		if !strings.Contains(texts[0], want) {
			t.Errorf("the text does not say %q:\n%s", want, texts[0])
		}
	}
	if code, _, stderr = call(t, "rates", recordings, "--repetitions", "20", "--into", page); code != 0 {
		t.Fatalf("into: status %d: %s", code, stderr)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if want := "# Gate\n" + inpage.Begin(rates.Part) + "\n\n" + texts[0] + "\n" + inpage.End(rates.Part) + "\nthe rest\n"; string(got) != want {
		t.Errorf("the page is\n%s", got)
	}
}

// What becomes of a check because of its control alone is recorded, and comes out
// again.
func TestRatesKeepTheControl(t *testing.T) {
	dir := t.TempDir()
	runs, recordings := filepath.Join(dir, "runs"), filepath.Join(dir, "recordings")
	for name, c := range map[string]struct {
		check bundletest.Check
		exit  int
	}{
		"aa-01": {bundletest.Check{}, 0},
		"aa-02": {bundletest.Check{NoSLO: true, Fails: map[string][]int{"base-aa": {2}}}, 3},
		"aa-03": {bundletest.Check{NoTrial: "base-aa"}, 3},
		"aa-04": {bundletest.Check{Silent: map[string][]int{"base-aa": {2}}}, 0},
	} {
		bundle := filepath.Join(runs, name, "run", "bundle")
		bundletest.WriteCheck(t, bundle, c.check)
		if code, stdout, stderr := call(t, "gate", bundle, "--base", "base", "--head", "head"); code != c.exit {
			t.Fatalf("%s: status %d, want %d:\n%s%s", name, code, c.exit, stdout, stderr)
		}
		writeNote(t, filepath.Join(runs, name), c.exit, "0123456789abcdef")
	}
	if err := os.MkdirAll(recordings, 0o755); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, "rates", recordings, "--record", runs)
	if code != 0 {
		t.Fatalf("record: status %d: %s", code, stderr)
	}
	for _, want := range []string{"void: the A/A control of base-aa and base could not be judged in steady: different populations", "void: the A/A control of base-aa and base is missing in burst"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the lines of the checks do not say %q:\n%s", want, stdout)
		}
	}
	if code, stdout, stderr = call(t, "rates", recordings, "--repetitions", "20"); code != 0 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	for _, want := range []string{"4 of 4 checks get the verdict that they got", "No blocks were taken from aa-02, aa-03, aa-04, where"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the text does not say %q:\n%s", want, stdout)
		}
	}
}

func TestRatesRefuses(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other")
	writeCheck(t, filepath.Join(other, "aa-01"), 0, 1)
	writeCheck(t, filepath.Join(other, "aa-02"), 0, 1)
	note := "exit=0\nseconds=1\nbase=f00\nhead=f00\n"
	if err := os.WriteFile(filepath.Join(other, "aa-02", "check"), []byte(note), 0o644); err != nil {
		t.Fatal(err)
	}
	noVerdict, changed := filepath.Join(dir, "no-verdict"), filepath.Join(dir, "changed")
	writeCheck(t, filepath.Join(noVerdict, "aa-01"), 2, 1)
	writeCheck(t, filepath.Join(changed, "load-01"), 1, 1.2)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"rates"}, 2, "rates"},
		{[]string{"rates", dir}, 1, "no recorded checks"},
		{[]string{"rates", dir, "--repetitions", "1"}, 2, "want 2 or more"},
		{[]string{"rates", dir, "--record", dir, "--into", "x"}, 2, "record"},
		{[]string{"rates", dir, "--record", filepath.Join(dir, "none")}, 1, "read checks"},
		{[]string{"rates", dir, "--record", dir}, 1, "no recorded checks"},
		{[]string{"rates", dir, "--record", other}, 1, "rates are of one commit"},
		{[]string{"rates", dir, "--record", noVerdict}, 1, "check aa-01: exit status 2 is no verdict"},
		{[]string{"rates", dir, "--record", changed}, 1, "check load-01: nothing changed in a check of this kind"},
	} {
		if code, _, stderr := call(t, c.args...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d: %s; want %d and %q", c.args, code, stderr, c.code, c.want)
		}
	}
}

// TestPublishedRates makes the rates in GATE.md anew from the recordings beside
// it. It runs the program on its own, because thousands of repetitions take the
// race detector minutes.
func TestPublishedRates(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: thousands of repetitions")
	}
	const recordings = "../../results/gate"
	if _, err := os.Stat(filepath.Join(recordings, "checks.jsonl")); err != nil {
		t.Skip("SKIPPED: no recorded checks in results/gate yet; make bench-gate makes them")
	}
	page, err := os.ReadFile("../GATE.md")
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "analysis")
	if out, err := exec.Command("go", "build", "-o", bin, "..").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	text, err := exec.Command(bin, "rates", recordings).Output()
	if err != nil {
		t.Fatal(err)
	}
	want, err := inpage.Replace(string(page), rates.Part, string(text))
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != want {
		t.Error("GATE.md does not say what results/gate gives: bin/assay rates results/gate --into analysis/GATE.md")
	}
}
