package command

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/results"
)

// TestGateScripts runs the gate on Go benchmark files. `status N analysis …` is
// the program, and wants exactly that exit status: the scripts' own "!" does not
// tell a regression from a file that cannot be read.
func TestGateScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/gate",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				var stdout, stderr bytes.Buffer
				code := Run(context.Background(), absolute(ts, args[2:]), strings.NewReader(""), &stdout, &stderr)
				ts.Stdout().Write(stdout.Bytes())
				ts.Stderr().Write(stderr.Bytes())
				if code != want {
					ts.Fatalf("status %d, want %d", code, want)
				}
			},
			// cut FILE takes the end of its last line away.
			"cut": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.TrimSpace(ts.ReadFile(args[0]))), 0o644))
			},
			// results FILE N NAME=NS… writes N results of every benchmark.
			"results": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), benchLines(n, args[2:]), 0o644))
			},
		},
	})
}

// absolute makes the names of files in a script's folder those of this process.
func absolute(ts *testscript.TestScript, args []string) []string {
	var all []string
	for i, a := range args {
		label, file, named := strings.Cut(a, "=")
		if named && strings.HasSuffix(a, ".txt") {
			all = append(all, label+"="+ts.MkAbs(file))
			continue
		}
		if strings.HasSuffix(a, ".txt") || strings.HasSuffix(a, ".md") || i > 0 && args[i-1] == "--markdown" {
			a = ts.MkAbs(a)
		}
		all = append(all, a)
	}
	return all
}

// benchLines are n results of every benchmark given as NAME=ns, spread by about
// 1 % in a fixed way.
func benchLines(n int, benchmarks []string) []byte {
	var out bytes.Buffer
	for k := range n {
		for i, b := range benchmarks {
			cut := strings.LastIndexByte(b, '=')
			ns, err := strconv.ParseFloat(b[cut+1:], 64)
			if err != nil {
				panic(err)
			}
			spread := 1 + 0.01*float64((k*7+i*5)%11-5)/5
			out.WriteString("Benchmark" + b[:cut] + " 1000 " + strconv.FormatFloat(ns*spread, 'f', 2, 64) + " ns/op\n")
		}
	}
	return out.Bytes()
}

func TestGateOnBundles(t *testing.T) {
	// A change that no row sees, and the objective of 6 % does.
	more := map[string]float64{"base": 0.055, "base-aa": 0.055, "head": 0.064}
	for _, c := range []struct {
		name  string
		check bundletest.Check
		args  []string
		code  int
		says  string // each part separated by "|", in this order
	}{
		{"nothing changed", bundletest.Check{}, nil, 0, "pass\n|Within the margin|HTTP/scenario=burst|goodput/s|p50-sec|p99-sec|within-slo-ratio|A/A control, base-aa against base, 4 rows: quiet|would have caught it today: yes|10 of 10 planned blocks complete, α 0.02 for regressions and 0.01 for passes"},
		{"slower", bundletest.Check{Slower: map[string]float64{"head": 1.2}}, nil, 1, "regression\n|Proven worse|p99-sec|+2"},
		{"faster", bundletest.Check{Slower: map[string]float64{"head": 0.8}}, nil, 0, "pass\n"},
		{"slower, within a margin", bundletest.Check{Slower: map[string]float64{"head": 1.12}}, []string{"--margin", "20%"}, 0, "pass\n"},
		{"fixed binaries", bundletest.Check{}, nil, 0, "pass\n|warning: in burst, steady base and head are one binary each"},
		{"slower, one metric", bundletest.Check{Slower: map[string]float64{"head": 1.2}}, []string{"--metric", "within-slo"}, 0, "pass\n"},
		{"slower, margin of one metric", bundletest.Check{Slower: map[string]float64{"head": 1.2}}, []string{"--metric", "p99", "--margin", "p99=30%"}, 0, "pass\n"},
		{"second look", bundletest.Check{Blocks: 20}, nil, 0, "20 of 20 planned blocks complete, α 0.03 for regressions and 0.04 for passes"},
		{"control is missed", bundletest.Check{Slower: map[string]float64{"slowed": 1}}, nil, 0, "pass\n|would have caught it today: no"},
		{"A/A fires", bundletest.Check{Slower: map[string]float64{"base-aa": 1.3}}, nil, 3, "inconclusive\n|the A/A control fired|Within the margin|fired (p50-sec of HTTP/scenario=steady-1 differs by +3"},
		{"A/A fires the other way", bundletest.Check{Slower: map[string]float64{"base-aa": 0.7}}, nil, 3, "inconclusive\n|the A/A control fired"},
		{"A/A fires beside a regression", bundletest.Check{Slower: map[string]float64{"base-aa": 1.3, "head": 1.3}}, nil, 3, "inconclusive\n|the A/A control fired|Proven worse"},
		{"two blocks lost", bundletest.Check{Void: []int{3, 7}, State: results.StateFailed}, nil, 0, "pass\n|8 of 10 planned blocks complete|the run failed"},
		{"two blocks lost, slower", bundletest.Check{Void: []int{3, 7}, State: results.StateFailed, Slower: map[string]float64{"head": 1.2}}, nil, 1, "regression\n"},
		{"three blocks lost", bundletest.Check{Void: []int{3, 7, 8}, State: results.StateFailed, Slower: map[string]float64{"head": 1.2}}, nil, 3, "inconclusive\n|7 complete blocks, and the rule needs 8"},
		{"inconclusive fails", bundletest.Check{Blocks: 6}, []string{"--inconclusive", "fail"}, 1, "inconclusive\n"},
		{"inconclusive passes", bundletest.Check{Blocks: 6}, []string{"--inconclusive", "pass"}, 0, "inconclusive\n"},
		{"row on one side only", bundletest.Check{Missing: "head"}, nil, 3, "inconclusive\n|only in base"},
		{"row on one side only, slower elsewhere", bundletest.Check{Missing: "head", Slower: map[string]float64{"head": 1.2}}, nil, 1, "regression\n|only in base"},
		{"falls behind", bundletest.Check{Behind: "head"}, nil, 1,
			"regression\n|Proven worse|HTTP/scenario=steady-1|saturated trials|0 of 10|10 of 10|Could not be decided|p50-sec|saturated: head fell behind"},
		{"different populations", bundletest.Check{Refuses: "head", Values: map[string]uint64{"head": 4000}}, []string{"--metric", "p99"}, 3, "inconclusive\n|different populations"},
		{"refuses", bundletest.Check{Refuses: "head"}, nil, 1, "regression\n|within-slo-ratio|different populations"},
		{"errors at once", bundletest.Check{AtOnce: map[string]float64{"head": 0.4}}, nil, 1, "regression\n|Proven worse|HTTP/scenario=burst-1|unanswered-ratio|0.00 %|40.00 %|+40.00 pp|Within the margin|goodput/s"},
		{"a few errors at once", bundletest.Check{AtOnce: map[string]float64{"head": 0.03}}, nil, 1, "regression\n|Proven worse|HTTP/scenario=burst-1|unanswered-ratio"},
		{"a few errors at once, within a margin", bundletest.Check{AtOnce: map[string]float64{"head": 0.03}}, []string{"--margin", "unanswered=4pp"}, 0, "pass\n"},
		{"nothing but errors twice", bundletest.Check{NoSLO: true, Fails: map[string][]int{"head": {3, 7}}}, nil, 3, "inconclusive\n|p50-sec|errors differ by up to 100.0 percentage points in 2 of 10 blocks|missing: head has no p50-sec in 2 of 10 trials"},
		{"nothing but errors twice, slower", bundletest.Check{Slower: map[string]float64{"head": 1.2}, Fails: map[string][]int{"head": {3, 7}}}, nil, 1, "regression\n|goodput/s|missing"},
		{"nothing but errors twice in twenty", bundletest.Check{Blocks: 20, Fails: map[string][]int{"head": {3, 17}}}, nil, 3, "inconclusive\n|goodput/s|unanswered requests: in 2 of 20 blocks head left up to 100.0|missing|within-slo-ratio|unanswered requests"},
		{"base fails twice in twenty", bundletest.Check{Blocks: 20, Fails: map[string][]int{"base": {3, 17}}}, []string{"--metric", "within-slo"}, 0, "pass\n"},
		{"nothing but errors on both sides", bundletest.Check{NoSLO: true, Fails: map[string][]int{"head": {3}, "base": {3}}}, nil, 3, "inconclusive\n|goodput/s|a loss beyond the margin is not excluded|Within the margin|p50-sec: missing: base has no p50-sec in 1 of 10 trials|p50-sec: missing: head has no p50-sec in 1 of 10 trials"},
		{"nothing but errors at all", bundletest.Check{NoSLO: true, Fails: map[string][]int{"head": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}, nil, 1, "regression\n|goodput/s|only in base"},
		{"no answer twice", bundletest.Check{Silent: map[string][]int{"head": {3, 7}}}, nil, 3, "inconclusive\n|goodput/s|a loss beyond the margin is not excluded|Within the margin|10 of 10 planned blocks complete"},
		{"no answer twice, latency", bundletest.Check{Silent: map[string][]int{"head": {3, 7}}}, []string{"--metric", "p50"}, 3, "inconclusive\n|missing: head has no p50-sec in 2 of 10 trials"},
		{"no answer twice in twenty", bundletest.Check{Blocks: 20, Silent: map[string][]int{"head": {3, 17}}}, nil, 3, "inconclusive\n|goodput/s|unanswered requests: head answered nothing at all in 2 of 20 trials"},
		{"no answer in most of twenty", bundletest.Check{Blocks: 20, Silent: map[string][]int{"head": {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17}}}, nil, 1, "regression\n|goodput/s"},
		{"no answer at all", bundletest.Check{Silent: map[string][]int{"head": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}, nil, 1, "regression\n|goodput/s|+100.0 %|unanswered-ratio|+100.00 pp"},
		{"no answer once, on both sides", bundletest.Check{Silent: map[string][]int{"head": {3}, "base": {3}}}, nil, 3, "inconclusive\n|goodput/s|unanswered requests: head answered nothing at all in 1 of 10 trials"},
		{"base gives no answer twice", bundletest.Check{Silent: map[string][]int{"base": {3, 7}}}, nil, 0, "pass\n|goodput/s"},
		{"A/A lost in a scenario", bundletest.Check{NoTrial: "base-aa"}, nil, 3, "inconclusive\n|the A/A control of base-aa and base is missing in burst|Within the margin|base-aa against base, 3 rows: quiet|missing in burst"},
		{"A/A lost in a scenario, slower", bundletest.Check{NoTrial: "base-aa", Slower: map[string]float64{"head": 1.2}}, nil, 1, "regression\n|missing in burst"},
		{"A/A cannot be judged in a scenario", bundletest.Check{NoSLO: true, Fails: map[string][]int{"base-aa": {2}}}, nil, 3, "inconclusive\n|the A/A control of base-aa and base could not be judged in steady: different populations|Within the margin|base-aa against base, 3 rows: quiet|could not be judged in steady"},
		{"A/A cannot be judged in a scenario, slower", bundletest.Check{NoSLO: true, Fails: map[string][]int{"base-aa": {2}}, Slower: map[string]float64{"head": 1.2}}, nil, 1, "regression\n|could not be judged in steady"},
		{"A/A lost everywhere", bundletest.Check{NoTrial: "base-aa"}, []string{"--metric", "goodput"}, 3, "inconclusive\n|the A/A control of base-aa and base is missing in burst"},
		{"A/A fails all along", bundletest.Check{Fails: map[string][]int{"base-aa": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}, []string{"--metric", "p50"}, 3, "inconclusive\n|the A/A control of base-aa and base is missing in burst, steady|Controls:|missing in burst, steady"},
		{"A/A cannot be judged", bundletest.Check{Fails: map[string][]int{"base-aa": {2}}}, []string{"--metric", "p50"}, 3, "inconclusive\n|the A/A control of base-aa and base could not be judged: different populations"},
		{"open, without an objective", bundletest.Check{Open: true, NoSLO: true}, nil, 0, "pass\n|Within the margin|goodput/s|p50-sec|p99-sec|unanswered-ratio|A/A control, base-aa against base, 2 rows: quiet|4 primary rows"},
		{"open, with one", bundletest.Check{Open: true}, nil, 0, "pass\n|Within the margin|p50-sec|p99-sec|within-slo-ratio|3 primary rows"},
		{"open, nothing but errors", bundletest.Check{Open: true, NoSLO: true, Fails: map[string][]int{"head": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}, nil, 1,
			"regression\n|Proven worse|goodput/s|+100.0 %|Could not be decided|p50-sec|only in base"},
		{"open, nothing in time", bundletest.Check{Open: true, NoSLO: true, TimeOut: map[string][]int{"head": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}, nil, 1,
			"regression\n|Proven worse|goodput/s|p50-sec|p99-sec|saturated trials|0 of 10|10 of 10"},
		{"open, half of the goodput", bundletest.Check{Open: true, NoSLO: true, Behind: "head", Slower: map[string]float64{"head": 2}}, nil, 1,
			"regression\n|Proven worse|goodput/s|p50-sec|p99-sec|saturated trials|0 of 10|10 of 10"},
		{"misses an objective", bundletest.Check{Errors: more}, nil, 3,
			"inconclusive\n|objective errors < 6% of steady: base meets it and head misses it (median 6.40 %)|Within the margin|within-slo-ratio"},
		{"misses an objective, slower", bundletest.Check{Errors: more, Slower: map[string]float64{"head": 1.2}}, nil, 1, "regression\n|objective errors < 6% of steady"},
		{"both miss an objective", bundletest.Check{Errors: map[string]float64{"base": 0.065, "base-aa": 0.065, "head": 0.066}}, nil, 0, "pass\n"},
		{"crashes", bundletest.Check{Crashes: map[string][]int{"head": {3, 7}}}, nil, 3,
			"inconclusive\n|the server of head ended before it was asked to in 4 of 20 trials (burst.head.b03: server exit status 2), and that of base in none|Within the margin"},
		{"crashes in a void block", bundletest.Check{Blocks: 11, Void: []int{3}, Crashes: map[string][]int{"head": {3}}}, nil, 3, "inconclusive\n|the server of head ended before"},
		{"crashes, slower", bundletest.Check{Crashes: map[string][]int{"head": {3}}, Slower: map[string]float64{"head": 1.2}}, nil, 1, "regression\n|the server of head ended before"},
		{"both crash", bundletest.Check{Crashes: map[string][]int{"head": {3, 7}, "base": {4}}}, nil, 0, "pass\n"},
		{"only the control crashes", bundletest.Check{Crashes: map[string][]int{"slowed": {3}}}, nil, 0, "pass\n"},
		{"generator share", bundletest.Check{Share: 0.06}, nil, 3, "inconclusive\n|generator share: 6.0 %"},
		{"few values on both sides", bundletest.Check{Values: map[string]uint64{"base": 800, "head": 800, "base-aa": 800, "slowed": 800}}, nil, 0, "pass\n|Not gated|p99-sec: too few values on both sides"},
		{"few values on one side", bundletest.Check{Values: map[string]uint64{"head": 800}}, []string{"--metric", "p99"}, 3, "inconclusive\n|few values: head"},
		{"no row left", bundletest.Check{Values: map[string]uint64{"base": 800, "head": 800}}, []string{"--metric", "p99"}, 3, "inconclusive\n|no primary row is left"},
		{"benchmarks alike", bundletest.Check{Micro: map[string]float64{}}, nil, 0, "pass\n|Encode|sec/op"},
		{"benchmarks slower", bundletest.Check{Micro: map[string]float64{"head": 1.2}}, nil, 1, "regression\n|Encode-2|sec/op"},
		{"benchmarks alike, no trial counts", bundletest.Check{Micro: map[string]float64{}, Void: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, nil, 3,
			"inconclusive\n|scenario burst was planned, and no row of it could be judged|scenario steady was planned|Within the margin|Encode"},
		{"benchmarks alike, no trial counts, one metric", bundletest.Check{Micro: map[string]float64{}, Void: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, []string{"--metric", "allocs/op"}, 3,
			"inconclusive\n|scenario burst was planned"},
		{"benchmarks alone were asked for", bundletest.Check{Micro: map[string]float64{}}, []string{"--metric", "allocs/op"}, 0, "pass\n"},
		{"a benchmark more", bundletest.Check{Micro: map[string]float64{}, Alone: "head"}, nil, 0, "pass\n|Not gated|More-2, sec/op: new in head"},
		{"a benchmark less", bundletest.Check{Micro: map[string]float64{}, Alone: "base"}, nil, 3, "inconclusive\n|More-2|only in base|10 of 10 planned blocks complete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "bundle")
			bundletest.WriteCheck(t, dir, c.check)
			args := append([]string{"gate", dir, "--base", "base", "--head", "head"}, c.args...)
			code, stdout, stderr := call(t, args...)
			rest, good := stdout, code == c.code && stderr == ""
			for _, part := range strings.Split(c.says, "|") {
				_, after, ok := strings.Cut(rest, part)
				good = good && ok
				rest = after
			}
			if !good {
				t.Errorf("status %d, want %d, and in this order %q:\n%s%s", code, c.code, c.says, stdout, stderr)
			}
		})
	}
}

// TestGateOfTwoBundles: nothing is paired between them, but the A/A control of
// each is.
func TestGateOfTwoBundles(t *testing.T) {
	for _, c := range []struct {
		name string
		new  bundletest.Check
		code int
		says string
	}{
		{"alike", bundletest.Check{}, 0, "A/A control, base-aa against base, 4 rows: quiet"},
		{"slower", bundletest.Check{Slower: map[string]float64{"base": 1.2, "base-aa": 1.2, "head": 1.2, "slowed": 1.2}}, 1, "10 primary rows, α 0.05; not interleaved"},
		{"slower control", bundletest.Check{Slower: map[string]float64{"slowed": 2}}, 0, "10 primary rows"},
		{"a crash", bundletest.Check{Crashes: map[string][]int{"head": {3}}}, 3, "ended before it was asked to in 2 of 40 trials"},
		{"the control crashes", bundletest.Check{Crashes: map[string][]int{"slowed": {3}}}, 0, "pass"},
		{"A/A fires", bundletest.Check{Slower: map[string]float64{"base-aa": 1.3}}, 3, "the A/A control fired"},
	} {
		root := t.TempDir()
		older, newer := filepath.Join(root, "old"), filepath.Join(root, "new")
		bundletest.WriteCheck(t, older, bundletest.Check{})
		bundletest.WriteCheck(t, newer, c.new)
		if code, stdout, stderr := call(t, "gate", older, newer); code != c.code || !strings.Contains(stdout, c.says) {
			t.Errorf("%s: status %d, want %d, and %q:\n%s%s", c.name, code, c.code, c.says, stdout, stderr)
		}
	}
}

// TestGateRefuses is about input that must never look like a verdict.
func TestGateRefuses(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "bundle")
	bundletest.WriteCheck(t, whole, bundletest.Check{Blocks: 8, Micro: map[string]float64{}})
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		args   string
		says   string
	}{
		{"cut trials", func(t *testing.T, dir string) { bundletest.Truncate(t, dir, results.TrialsFile, 200) }, "", "trials.jsonl was changed"},
		{"cut benchmarks", func(t *testing.T, dir string) { bundletest.Truncate(t, dir, results.MicroFile, 20) }, "", "micro.txt was changed"},
		{"cut manifest", func(t *testing.T, dir string) { bundletest.Truncate(t, dir, results.ManifestFile, 20) }, "", "manifest.json:"},
		{"no sums", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, results.SumsFile)); err != nil {
				t.Fatal(err)
			}
		}, "", "--resume"},
		{"unknown variant", nil, "--base base --head hed", `--head: unknown variant "hed": did you mean "head"?`},
		{"control as head", nil, "--base base --head slowed", "never base or head"},
		{"one variant", nil, "--base base", "--base and --head"},
		{"no variant", nil, "--inconclusive pass", "--base and --head"},
		{"base twice", nil, "--base base --head base", "both"},
		{"bad margin", nil, "--base base --head head --margin 0.05", "want a change in per cent"},
		{"no margin", nil, "--base base --head head --margin 0%", "more than 0%"},
		{"points of a ratio", nil, "--base base --head head --margin p99=5pp", "compared by ratio"},
		{"margin of nothing", nil, "--base base --head head --margin p9=5%", `unknown metric "p9": did you mean "p9`},
		{"metric of nothing", nil, "--base base --head head --metric p999", `unknown metric "p999": did you mean`},
		{"metric that is not there", nil, "--base base --head head --metric p90", "the input has no p90-sec"},
		{"bad word", nil, "--base base --head head --inconclusive maybe", "want fail or pass"},
		{"summary in the bundle", nil, "--base base --head head --markdown DIR/gate.md", "never written to"},
		{"summary nowhere", nil, "--base base --head head --markdown DIR-no/such/gate.md", "no such"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bundle")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			if c.damage != nil {
				c.damage(t, dir)
				c.args = "--base base --head head"
			}
			args := append([]string{"gate", dir}, strings.Fields(strings.ReplaceAll(c.args, "DIR", dir))...)
			code, stdout, stderr := call(t, args...)
			if code != 2 || stdout != "" || !strings.Contains(stderr, c.says) {
				t.Errorf("status %d, want 2, and %q:\n%s%s", code, c.says, stdout, stderr)
			}
		})
	}
	t.Run("not ended", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "bundle")
		bundletest.WriteCheck(t, dir, bundletest.Check{State: results.StateRunning})
		if code, _, stderr := call(t, "gate", dir, "--base", "base", "--head", "head"); code != 2 || !strings.Contains(stderr, "has not ended") {
			t.Errorf("status %d: %s", code, stderr)
		}
	})
	t.Run("no valid trial", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "bundle")
		bundletest.WriteCheck(t, dir, bundletest.Check{Blocks: 1, Void: []int{1}})
		if code, _, stderr := call(t, "gate", dir, "--base", "base", "--head", "head"); code != 2 || !strings.Contains(stderr, "no valid trial: 8 trials failed a check") {
			t.Errorf("status %d: %s", code, stderr)
		}
	})
	t.Run("a search", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "bundle")
		bundletest.WriteSearch(t, dir)
		if code, _, stderr := call(t, "gate", dir, "--base", "naive", "--head", "workerpool"); code != 2 || !strings.Contains(stderr, "nothing to gate") {
			t.Errorf("status %d: %s", code, stderr)
		}
	})
}

// TestGateOnTwoBundles: a trial without an answer is one of its bundle's trials.
func TestGateOnTwoBundles(t *testing.T) {
	old, alike, silent := filepath.Join(t.TempDir(), "old"), filepath.Join(t.TempDir(), "alike"), filepath.Join(t.TempDir(), "silent")
	bundletest.WriteCheck(t, old, bundletest.Check{})
	bundletest.WriteCheck(t, alike, bundletest.Check{})
	bundletest.WriteCheck(t, silent, bundletest.Check{Silent: map[string][]int{"head": {3, 7}}})
	for _, c := range []struct {
		head string
		code int
		says string
	}{
		{alike, 0, "pass\n"},
		{silent, 3, "answered nothing at all in 2 of 10 trials"},
	} {
		code, stdout, stderr := call(t, "gate", old, c.head)
		if code != c.code || !strings.Contains(stdout, c.says) {
			t.Errorf("%s: status %d, want %d, and %q:\n%s%s", filepath.Base(c.head), code, c.code, c.says, stdout, stderr)
		}
	}
}

func TestGateJSON(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	summary := filepath.Join(t.TempDir(), "summary.md")
	bundletest.WriteCheck(t, dir, bundletest.Check{Slower: map[string]float64{"head": 1.2}, Missing: "head", Crashes: map[string][]int{"head": {3}}})
	code, stdout, stderr := call(t, "gate", dir, "--base", "base", "--head", "head", "--json", "--markdown", summary)
	if code != 1 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	var v struct {
		Verdict string
		Reasons []string
		Rows    []map[string]any
		Doubts  []string
	}
	if err := json.Unmarshal([]byte(stdout), &v); err != nil {
		t.Fatal(err)
	}
	if v.Verdict != "regression" || len(v.Reasons) != 2 || !strings.Contains(v.Reasons[0], "p50-sec: worse by ") || len(v.Rows) != 5 {
		t.Errorf("verdict %q, reasons %q, %d rows", v.Verdict, v.Reasons, len(v.Rows))
	}
	if len(v.Doubts) != 1 {
		t.Errorf("doubts %q, want that of the crash", v.Doubts)
	}
	for _, r := range v.Rows {
		for _, key := range []string{"name", "unit", "better", "base", "head", "ratio", "ratio_low", "ratio_high", "effect", "margin", "loss", "loss_bound",
			"p_adjusted", "settle_blocks", "verdict", "reasons"} {
			if _, ok := r[key]; !ok {
				t.Fatalf("row without %q: %v", key, r)
			}
		}
		if one := r["unit"] == "goodput/s" || r["unit"] == "unanswered-ratio"; one != (r["ratio"] == nil) {
			t.Errorf("%v: ratio %v", r["unit"], r["ratio"])
		}
	}
	text, err := os.ReadFile(summary)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "## ❌ Performance: regression\n") || !strings.Contains(string(text), "| p99-sec |") {
		t.Errorf("the summary is\n%s", text)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(summary), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the summary: %v %v", left, err)
	}
}
