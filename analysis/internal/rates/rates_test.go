package rates

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/assay-bench/assay/analysis/internal/gate"
)

// Repetitions of the simulations: few is enough to tell the kinds of checks apart,
// and fewest for what depends on no rate.
const (
	few    = 60
	fewest = 4
)

func TestComputeTellsKindsApart(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone computes so many rates")
	}
	r, err := Compute(synthetic(8, 4, 3), few)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		tally      Tally
		of         int
		pass, call int // at least
	}{
		{"aa", r.AA, few, few - 3, 0},
		{"exchanged", r.Exchanged, few, few - 3, 0},
		{"+10 %", r.Injected[10], few / 2, 0, few/2 - 1},
		{"+20 %", r.Injected[20], few / 2, 0, few / 2},
		{"load", r.Load, few, few - 3, 0},
		{"unguarded", r.Unguarded, few / 2, 0, 0},
		{"lost", r.Lost, few / 2, 0, few/2 - 3},
		{"wide", r.Wide, few / 2, 0, few/2 - 3},
		{"tails", r.Tails, few / 2, 0, 0},
		{"real aa", r.Real[KindAA], 8, 8, 0},
		{"real slow", r.Real[KindSlow], 4, 0, 4},
		{"real load", r.Real[KindLoad], 3, 3, 0},
	} {
		got := c.tally
		if got.Of != c.of || got.Pass+got.Regression+got.Inconclusive != c.of || got.Pass < c.pass || got.Regression < c.call {
			t.Errorf("%s: %+v; want %d checks, at least %d passes and %d regressions", c.name, got, c.of, c.pass, c.call)
		}
	}
	for name, tally := range map[string]Tally{"lost": r.Lost, "wide": r.Wide, "tails": r.Tails} {
		if tally.Pass > 0 {
			t.Errorf("%s: +20 %% passed %d times", name, tally.Pass)
		}
	}
	if r.Pairs != 80 || r.LoadPairs != 30 || r.Voided != 15 || r.Replayed != (Rate{15, 15}) {
		t.Errorf("%d pairs, %d under load, %d voided trials, %v judged again", r.Pairs, r.LoadPairs, r.Voided, r.Replayed)
	}
}

// The page names what its pools were not made of.
func TestLeftOut(t *testing.T) {
	rec := synthetic(3, 1, 2)
	for i := range rec.Checks {
		if c := &rec.Checks[i]; c.Name == "load-1" || c.Name == "aa-2" {
			c.Rows[0].Marks = []string{"saturated"}
		}
	}
	r, err := Compute(rec, fewest)
	if err != nil {
		t.Fatal(err)
	}
	if want := "No blocks were taken from aa-2, load-1, where"; !strings.Contains(r.Markdown(), want) {
		t.Errorf("the text does not say %q:\n%s", want, r.Markdown())
	}
}

func TestComputeIsDeterministic(t *testing.T) {
	rec := synthetic(3, 2, 1)
	one, err := Compute(rec, fewest)
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(7))
	two, err := Compute(rec, fewest)
	if err != nil {
		t.Fatal(err)
	}
	if one.Markdown() != two.Markdown() {
		t.Error("the same recordings give two texts")
	}
}

func TestComputeNeedsBlocks(t *testing.T) {
	for name, rec := range map[string]Recordings{
		"nothing": {}, "no A/A check": synthetic(0, 2, 2), "no rows": {Checks: []Check{{Name: "aa-01", Kind: KindAA}}},
	} {
		if _, err := Compute(rec, few); err == nil {
			t.Errorf("%s: rates out of nothing", name)
		}
	}
}

func TestBars(t *testing.T) {
	good := Rates{
		Pairs: 200, AA: Tally{Of: 2000, Regression: 100, Benchstat: 300, Threshold11: 100}, Exchanged: Tally{Of: 2000, Benchstat: 1},
		Load: Tally{Of: 2000, Regression: 100}, Lost: Tally{Of: 1000}, Wide: Tally{Of: 1000}, Tails: Tally{Of: 1000},
		Injected: map[int]Tally{5: {Of: 9, Regression: 5}, 10: {Of: 9, Regression: 9, Threshold11: 4}, 20: {Of: 9, Regression: 9, Threshold11: 9}},
		Real:     map[string]Tally{KindAA: {Of: 20, Regression: 1, Threshold11: 1, Benchstat: 1}, KindSlow: {Of: 10, Regression: 9}, KindLoad: {Of: 5}},
	}
	with := func(change func(r *Rates)) Rates {
		r := good
		r.Injected = map[int]Tally{5: good.Injected[5], 10: good.Injected[10], 20: good.Injected[20]}
		r.Real = map[string]Tally{KindAA: good.Real[KindAA], KindSlow: good.Real[KindSlow], KindLoad: good.Real[KindLoad]}
		change(&r)
		return r
	}
	const simulated, exchanged, aa, slow, loadReal, loadSimulated, lost, wide, tails, alarms, power = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	const unproven = notMore + "; it takes "
	for _, c := range []struct {
		name string
		r    Rates
		want map[int]string // results that are not "met", or unproven under load
	}{
		{"all met", good, nil},
		{"few pairs", with(func(r *Rates) { r.Pairs = 40 }), map[int]string{
			simulated: "met so far: 40 of 60 recorded pairs", exchanged: "met so far: 40 of 60 recorded pairs",
			alarms: "met so far: 40 of 60 tries", power: "met so far: 40 of 60 tries",
		}},
		{"false alarms", with(func(r *Rates) { r.AA.Regression = 140 }), map[int]string{simulated: "**missed**", alarms: "**missed**"}},
		{"more than benchstat", with(func(r *Rates) { r.Exchanged = Tally{Of: 2000, Regression: 9, Benchstat: 1, Threshold11: 9} }), map[int]string{alarms: "**missed**"}},
		{"two real ones", with(func(r *Rates) { r.Real[KindAA] = Tally{Of: 20, Regression: 2, Benchstat: 9, Threshold11: 9} }), map[int]string{aa: "**missed**"}},
		{"few real ones", with(func(r *Rates) { r.Real[KindAA] = Tally{Of: 7} }), map[int]string{aa: "met so far: 7 of 20 tries"}},
		{"two not found", with(func(r *Rates) { r.Real[KindSlow] = Tally{Of: 10, Regression: 8} }), map[int]string{slow: "**missed**"}},
		{"one passed", with(func(r *Rates) { r.Real[KindSlow] = Tally{Of: 10, Regression: 9, Pass: 1} }), map[int]string{slow: "**missed**"}},
		{"no slow ones", with(func(r *Rates) { r.Real[KindSlow] = Tally{} }), map[int]string{slow: "not measured"}},
		{"load alarms", with(func(r *Rates) { r.Real[KindLoad] = Tally{Of: 5, Regression: 4} }), map[int]string{loadReal: "**missed**"}},
		{"load alarms in simulation", with(func(r *Rates) { r.Load.Regression = 140 }), map[int]string{loadSimulated: "**missed**"}},
		{"load a little worse by chance", with(func(r *Rates) { r.Load.Regression = 104 }), nil},
		{"one alarm under load", with(func(r *Rates) { r.Real[KindLoad] = Tally{Of: 5, Regression: 1} }), nil},
		{"no load", with(func(r *Rates) { r.Real[KindLoad] = Tally{} }), map[int]string{loadReal: "not measured"}},
		{"an alarm more than benchstat", with(func(r *Rates) { r.Real[KindAA] = Tally{Of: 20, Regression: 1, Threshold11: 1} }), map[int]string{alarms: notMore}},
		{"less power, not proven", with(func(r *Rates) { r.Injected[20] = Tally{Of: 9, Regression: 8, Threshold11: 9} }), map[int]string{power: "more, and nowhere shown to be less"}},
		{"blocks lost", with(func(r *Rates) { r.Lost.Pass = 1 }), map[int]string{lost: "**missed**"}},
		{"30 rows", with(func(r *Rates) { r.Wide.Pass = 1 }), map[int]string{wide: "**missed**"}},
		{"tails", with(func(r *Rates) { r.Tails.Pass = 1 }), map[int]string{tails: "**missed**"}},
		{"less power", with(func(r *Rates) { r.Injected[20] = Tally{Of: 9, Regression: 3, Threshold11: 9} }), map[int]string{power: "**missed**"}},
		{"as much power and no more", with(func(r *Rates) {
			r.Injected = map[int]Tally{}
			r.Real[KindSlow] = Tally{Of: 10, Regression: 10, Threshold11: 10}
		}), map[int]string{power: "**missed**"}},
	} {
		for i, b := range c.r.bars() {
			want, rest := c.want[i], ""
			switch {
			case want != "":
			case i == loadReal || i == loadSimulated:
				// What it takes is another test's.
				want = unproven
				_, rest, _ = strings.Cut(b.result, unproven)
			default:
				want = met
			}
			if b.result != want+rest {
				t.Errorf("%s: %s: %s, want %s", c.name, b.what, b.result, want)
			}
		}
	}
}

// A result that proves nothing says what it would have taken.
func TestNoMore(t *testing.T) {
	for _, c := range []struct {
		load, aa Rate
		asked    int
		want     string
	}{
		{Rate{0, 5}, Rate{0, 20}, 5, "not shown to be more; it takes 2 of 5 to show"},
		{Rate{1, 5}, Rate{0, 20}, 5, "not shown to be more; it takes 2 of 5 to show"},
		{Rate{2, 5}, Rate{0, 20}, 5, "**missed**"},
		{Rate{2, 5}, Rate{1, 20}, 5, "not shown to be more; it takes 3 of 5 to show"},
		{Rate{1, 3}, Rate{0, 20}, 5, "not shown to be more so far, 3 of 5 tries; it takes 2 of 3 to show"},
		{Rate{1, 1}, Rate{0, 10}, 1, "not shown to be more; so few tries cannot show it"},
		{Rate{0, 0}, Rate{0, 20}, 5, "not measured"},
	} {
		tally := func(r Rate) Tally { return Tally{Of: r.Of, Regression: r.Hits} }
		if got := noMore(tally(c.load), tally(c.aa), c.asked); got != c.want {
			t.Errorf("%v and %v: %s, want %s", c.load, c.aa, got, c.want)
		}
	}
}

func TestMarkdownSaysWhatIsMissing(t *testing.T) {
	r, err := Compute(synthetic(2, 0, 0), fewest)
	if err != nil {
		t.Fatal(err)
	}
	text := r.Markdown()
	for _, want := range []string{"not measured", "met so far: 2 of 20 tries", "met so far: 4 of 2000 tries", "Example CPU", "0123456789ab", "2 of 2 checks get the verdict"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q", want)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "nil", "under load another"} {
		if strings.Contains(text, bad) {
			t.Errorf("the text says %q", bad)
		}
	}
}

func TestDigits(t *testing.T) {
	for _, c := range []struct {
		r               Rate
		real, simulated string
	}{
		{Rate{0, 0}, "–", "–"},
		{Rate{0, 20}, "0 [0, 17]", "0"},
		{Rate{9, 10}, "90 [55, 100]", "90"},
		{Rate{0, 2000}, "0.0 [0.0, 0.2]", "0.0"},
		{Rate{1, 10000}, "0.01 [0.00, 0.1]", "0.01"},
		{Rate{2000, 2000}, "100.0 [99.8, 100.0]", "100.0"},
		{Rate{100, 2000}, "5.0 [4.1, 6.0]", "5.0"},
	} {
		if got := percent(c.r, false); got != c.real {
			t.Errorf("%v, real: %s, want %s", c.r, got, c.real)
		}
		if got := percent(c.r, true); got != c.simulated {
			t.Errorf("%v, simulated: %s, want %s", c.r, got, c.simulated)
		}
	}
}

// An interval over redraws of the same blocks would be read as one over checks.
func TestOnlyRealRatesHaveIntervals(t *testing.T) {
	r, err := Compute(synthetic(3, 2, 2), fewest)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range r.bars() {
		if b.simulated != strings.Contains(b.what, "simulated") {
			t.Errorf("%s: simulated %v", b.what, b.simulated)
		}
	}
	for _, c := range r.rows() {
		if c.simulated != strings.Contains(c.what, "simulated") {
			t.Errorf("%s: simulated %v", c.what, c.simulated)
		}
	}
	for line := range strings.Lines(r.Markdown()) {
		if strings.HasPrefix(line, "| none, simulated") && strings.Contains(line, "[") || strings.HasPrefix(line, "| none, real") && !strings.Contains(line, "[") {
			t.Error(line)
		}
	}
}

func TestRecordingsRoundTrip(t *testing.T) {
	rec := synthetic(2, 1, 1)
	rec.Checks[0].Rows[0].Base[3] = math.Inf(1)
	rec.Checks[0].Rows[0].AgainMarks, rec.Checks[0].Rows[1].AgainDoubts = []string{"saturated"}, []string{"unanswered"}
	rec.Checks[1].Missing, rec.Checks[1].Doubts = []string{"gate-closed"}, []string{"crashed"}
	dir := t.TempDir()
	if err := rec.Write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, rec) {
		t.Error("what was read is not what was written")
	}
}

// A recorded check is judged with the control that it had.
func TestInputHasTheControl(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(c *Check)
		want   string
	}{
		{"as it is", func(*Check) {}, gate.Pass},
		{"a marked row of the control", func(c *Check) { c.Rows[0].AgainMarks = []string{"saturated"} }, gate.Pass},
		{"every row of the control marked", func(c *Check) {
			for i := range c.Rows {
				c.Rows[i].AgainMarks = []string{"saturated"}
			}
		}, gate.Inconclusive},
		{"doubts of the control", func(c *Check) { c.Rows[0].AgainDoubts = []string{"unanswered"} }, gate.Pass},
		{"doubts about the head", func(c *Check) { c.Doubts = []string{"crashed"} }, gate.Inconclusive},
		{"the control lost in a scenario", func(c *Check) { c.Missing = []string{"gate-closed"} }, gate.Inconclusive},
		{"the control lost", func(c *Check) {
			c.Missing = []string{"gate-open"}
			for i := range c.Rows {
				c.Rows[i].Again = nil
			}
		}, gate.Inconclusive},
	} {
		check := synthetic(1, 0, 0).Checks[0]
		c.change(&check)
		if v := gate.Judge(check.input()); v.Verdict != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, v.Verdict, strings.Join(v.Reasons, "; "), c.want)
		}
	}
}

func TestValuesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Values(rapid.SliceOf(rapid.OneOf(rapid.Float64Range(0, math.MaxFloat64), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1)}))).Draw(t, "values"))
		data, err := want.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var got Values
		if err := got.UnmarshalJSON(data); err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
			t.Fatalf("%v became %v", want, got)
		}
	})
}

func TestReadRefuses(t *testing.T) {
	const machine = `{"commit":"a"}`
	for _, c := range []struct{ name, machine, checks, want string }{
		{"nothing", "", "", "no recorded checks"},
		{"no JSON", machine, "aa\n", "checks.jsonl:1"},
		{"a kind of its own", machine, `{"check":"x-01","kind":"x"}`, "unknown kind"},
		{"values without blocks", machine, `{"kind":"aa","rows":[{"name":"a","blocks":[1],"base":[1,2],"head":[1]}]}`, "1 blocks"},
		{"a word for a number", machine, `{"kind":"aa","rows":[{"blocks":[1],"base":["x"],"head":[1]}]}`, "want a number"},
		{"no machine", "{", "", "machine.json"},
	} {
		dir := t.TempDir()
		if c.machine != "" {
			write(t, filepath.Join(dir, machineFile), c.machine)
			write(t, filepath.Join(dir, checksFile), c.checks)
		}
		_, err := Read(dir)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if (c.machine == "") != errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
