//go:build unix

package explore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// written makes the explorer of bundles and writes it to a file.
func written(t *testing.T, dirs ...string) (file string, runs []*load.Run) {
	t.Helper()
	for _, dir := range dirs {
		run, err := load.OpenRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	data, _, err := Make(runs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "explorer.html")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return file, runs
}

// TestPage opens one explorer in a browser without a network and uses it as a reader
// does.
func TestPage(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone uses a browser")
	}
	dir := filepath.Join(t.TempDir(), "run")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 6, AA: true, Targets: true, Seconds: 3, Values: 60})
	b := startBrowser(t)
	file, runs := written(t, dir)
	m, err := measured.Compute(runs, report.Colours(runs))
	if err != nil {
		t.Fatal(err)
	}
	b.call("Network.emulateNetworkConditions", map[string]any{"offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}, nil)
	b.size(1280, 900)
	for _, c := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"views", func(t *testing.T) { testViews(t, b, file) }},
		{"numbers", func(t *testing.T) { testNumbers(t, b) }},
		{"seconds", func(t *testing.T) { testSeconds(t, b, m) }},
		{"pointer", func(t *testing.T) { testPointer(t, b, m) }},
		{"variants", func(t *testing.T) { testVariants(t, b) }},
		{"zoom", func(t *testing.T) { testZoom(t, b) }},
		{"histogram", func(t *testing.T) { testHistogram(t, b, m) }},
		{"questions", func(t *testing.T) { testQuestions(t, b, file, "steady") }},
		{"addresses", func(t *testing.T) { testAddresses(t, b, file) }},
		{"print", func(t *testing.T) { testPrint(t, b) }},
		{"narrow", func(t *testing.T) { testNarrow(t, b, file) }},
		{"capacity", func(t *testing.T) { testCapacity(t, b) }},
		{"two runs", func(t *testing.T) { testTwoRuns(t, b, dir) }},
		{"accessible", func(t *testing.T) { testAccessible(t, b, file) }},
	} {
		// What follows a step that failed would only hang.
		if !t.Run(c.name, func(t *testing.T) {
			b.t = t
			c.test(t)
			b.complain(c.name)
		}) {
			break
		}
	}
	b.t = t
}

// testViews opens every view.
func testViews(t *testing.T, b *browser, file string) {
	b.open(file, "")
	if got := b.text("document.querySelector('h2').textContent"); got != "Overview" {
		t.Errorf("the first view is %q", got)
	}
	if n := b.count(".findings li"); n == 0 {
		t.Error("there are no findings")
	}
	var views []string
	b.eval(`[...document.querySelectorAll("nav a")].map((a) => a.getAttribute("href").slice(1))`, &views)
	if want := []string{"overview", "effects", "environment", "burst", "steady"}; !slices.Equal(views, want) {
		t.Fatalf("views %q, want %q", views, want)
	}
	for _, v := range views {
		b.turn(v)
		if got := b.text("document.querySelector('nav a[aria-current]').getAttribute('href')"); got != "#"+v {
			t.Errorf("after #%s the view is %s", v, got)
		}
	}
	for _, id := range []string{"latency", "target/list", "target/create", "time-p50", "time-p99", "rate", "cpu", "memory", "goroutines", "heat/0", "heat/3", "ledger", "order", "ecdf", "trials", "effects", "medians", "objectives"} {
		if n := b.count(fmt.Sprintf("[id='steady/%s']", id)); n != 1 {
			t.Errorf("there are %d elements steady/%s", n, id)
		}
	}
	// What a server answered stands in the page as it came, and as text.
	if got := b.text("document.querySelector('main').textContent"); !strings.Contains(got, "<script>alert(1)</script>") {
		t.Error("the wrong answer is not shown")
	}
}

// testNumbers holds the page's printing of numbers against that of package format.
func testNumbers(t *testing.T, b *browser) {
	r := rand.New(rand.NewPCG(1, 2))
	type number struct{ C, L, H, F float64 }
	var all []number
	var want []string
	for i := range 2000 {
		c := float64(r.IntN(4000)) / []float64{1, 2, 8, 1000, 1e6}[i%5]
		n := number{c, c * (1 - r.Float64()*0.2), c * (1 + r.Float64()*0.2), []float64{1, 100, 1e3, 1e6}[i%4]}
		if i%10 == 0 {
			n.L, n.H = n.C, n.C
		}
		if i%7 == 0 { // halves, which round to even
			n = number{float64(r.IntN(2000)) + 0.5, 0, float64(2000 + r.IntN(9000)), 1}
		}
		all = append(all, n)
		want = append(want, format.Scale{Factor: n.F}.Estimate(stats.Estimate{N: 10, Center: n.C, Low: n.L, High: n.H}))
	}
	var got []string
	b.eval(fmt.Sprintf("%s.map((n) => assayExplorer.format.estimate(n.C, n.L, n.H, {factor: n.F, unit: ''}))", asJSON(t, all)), &got)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%+v is printed %q, want %q", all[i], got[i], want[i])
		}
	}
}

// testSeconds holds quantiles of some seconds, which the page computes, against those of
// packages load and stats.
func testSeconds(t *testing.T, b *browser, m *measured.Bundles) {
	type curve struct {
		X, Y, Low, High []*float64
		Requests        uint64
	}
	for _, s := range m.Scenarios {
		g := s.Groups[0]
		for _, seconds := range [][2]int{{0, 3}, {1, 2}, {2, 5}, {0, 99}} {
			var got []curve
			b.eval(fmt.Sprintf("assayExplorer.recompute(%q, %d, %d)", g.Key, seconds[0], seconds[1]), &got)
			for i, v := range g.Variants {
				x, want, requests := recomputed(t, s.Run, v, seconds)
				if got[i].Requests != requests || len(got[i].X) != len(x) {
					t.Fatalf("%s %s, seconds %v: %d requests and %d points, want %d and %d", g.Key, v.Variant, seconds, got[i].Requests, len(got[i].X), requests, len(x))
				}
				for k, e := range want {
					if *got[i].Y[k] != e.Center || e.Bounded() && (*got[i].Low[k] != e.Low || *got[i].High[k] != e.High) || !e.Bounded() && got[i].Low[k] != nil {
						t.Fatalf("%s %s, seconds %v, share %v: %v, want %+v", g.Key, v.Variant, seconds, x[k], *got[i].Y[k], e)
					}
				}
			}
		}
	}
}

// recomputed is the curve of a variant over some seconds of the measured window, by
// package load's quantiles and package stats's median.
func recomputed(t *testing.T, run *load.Run, v *measured.Variant, seconds [2]int) (x []float64, curve []stats.Estimate, requests uint64) {
	t.Helper()
	values := map[float64][]float64{}
	fewest := ^uint64(0)
	for _, trial := range v.Trials {
		p, err := run.Profile(trial)
		if err != nil {
			t.Fatal(err)
		}
		var some []load.Distribution
		for _, s := range p.Seconds {
			if at := int(s.At); !s.Warmup && at >= seconds[0] && at < seconds[1] {
				some = append(some, s.Dist)
			}
		}
		d := load.Merge(some...)
		if d.Count() == 0 {
			continue
		}
		requests += d.Count()
		fewest = min(fewest, d.Count())
		for i, q := range d.Quantiles(measured.Shares()) {
			values[measured.Shares()[i]] = append(values[measured.Shares()[i]], q)
		}
	}
	for _, share := range measured.Shares() {
		if len(values[share]) == 0 || (1-share)*float64(fewest) < 1-1e-9 {
			break
		}
		x, curve = append(x, share), append(curve, stats.Median(values[share]))
	}
	return x, curve, requests
}
