//go:build unix

package explore

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
)

// asJSON is a value as an expression of the page.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// testPointer reads values under the pointer: they are those of bench.txt.
func testPointer(t *testing.T, b *browser, m *measured.Bundles) {
	b.turn("steady")
	v := m.Scenarios[1].Groups[0].Variants[0]
	trial := v.Trials[0]
	sc := format.ScaleOf("p99-sec", m.Scenarios[1].Estimates("p99-sec"))
	// The keys go from trial to trial. The first of the run's order is the first line
	// of some variant; the page says of which.
	order := "[id='steady/order'] .plot"
	b.eval(fmt.Sprintf("document.querySelector(%q).focus()", order), nil)
	b.key("Home")
	told := "[...document.querySelectorAll(\"[id='steady/order'] .told li\")].map((e) => e.textContent).join('|')"
	found := false
	for range 200 {
		text := b.text(told)
		if strings.Contains(text, fmt.Sprintf("trial %d of the run", trial.Order)) {
			want := v.Variant + sc.Value(trial.Figures["p99-sec"]) + " " + sc.Unit
			if !strings.Contains(text, want) {
				t.Errorf("trial %d: %q, want %q", trial.Order, text, want)
			}
			found = true
			break
		}
		b.key("ArrowRight")
	}
	if !found {
		t.Errorf("no key leads to trial %d", trial.Order)
	}
	// The mouse at the right of the plot of percentiles reads some percentile; the page
	// and the curve agree about its value.
	x, y := b.at("[id='steady/latency'] .u-over", 0.5, 0.5)
	b.hover(x, y, "document.querySelector(\"[id='steady/latency'] .told .where\") !== null")
	var share float64
	b.eval("+document.querySelector(\"[id='steady/latency'] .where\").textContent.slice(1) / 100", &share)
	for _, q := range v.Curve {
		if d := q.Share - share; d < 1e-6 && d > -1e-6 {
			want := format.ScaleOf("p50-sec", medians(m.Scenarios[1].Groups[0])).Estimate(q.Latency)
			if text := b.text("document.querySelector(\"[id='steady/latency'] .told\").textContent"); !strings.Contains(text, v.Variant+want) {
				t.Errorf("p%v: %q, want %q", 100*share, text, want)
			}
			return
		}
	}
	t.Errorf("the pointer reads p%v, which is no point of the curve", 100*share)
}

// medians are the centres of all curves of a group, from which their unit is chosen.
func medians(g *measured.Group) (all []float64) {
	for _, v := range g.Variants {
		for _, q := range v.Curve {
			all = append(all, q.Latency.Center)
		}
	}
	return all
}

// testVariants hides a variant: it disappears from every plot and table at once.
func testVariants(t *testing.T, b *browser) {
	b.turn("steady")
	seen := func() (all []string) {
		b.eval("[...document.querySelectorAll('main .told li, main tbody th, main .figure h3')].filter((e) => e.checkVisibility() && /workerpool(?!-aa)/.test(e.textContent) && !/against workerpool/.test(e.textContent)).map((e) => e.textContent)", &all)
		return all
	}
	before := seen()
	if len(before) < 20 {
		t.Errorf("the variant is seen %d times", len(before))
	}
	press := "document.querySelectorAll('.chip')[1].click()"
	b.eval(press, nil)
	if still := seen(); len(still) != 0 {
		t.Errorf("a hidden variant is seen: %q", still)
	}
	b.turn("burst")
	if still := seen(); len(still) != 0 {
		t.Errorf("in another view a hidden variant is seen: %q", still)
	}
	b.turn("steady")
	b.eval(press, nil)
	if again := seen(); len(again) != len(before) {
		t.Errorf("shown again, the variant is seen %d times, before %d", len(again), len(before))
	}
}

// testZoom draws over some seconds with the mouse. Percentiles are then of these.
func testZoom(t *testing.T, b *browser) {
	b.turn("steady")
	caption := func() string {
		return b.text("document.querySelector(\"[id='steady/latency'] figcaption\").textContent")
	}
	whole := caption()
	y0 := "[id='steady/time-p99'] .u-over"
	x, y := b.at(y0, 0.45, 0.5)
	to, _ := b.at(y0, 0.7, 0.5)
	b.hover(x, y, "document.querySelector(\"[id='steady/time-p99'] .told .where\") !== null")
	b.mouse("mousePressed", x, y, 1)
	b.mouse("mouseMoved", (x+to)/2, y, 1)
	b.mouse("mouseMoved", to, y, 1)
	b.mouse("mouseReleased", to, y, 0)
	b.wait("/@\\d+-\\d+$/.test(location.hash)")
	b.wait("document.querySelector(\"[id='steady/latency'] figcaption\").textContent.includes('recomputed')")
	t.Logf("the zoom took %s ms in the page", b.text("String(Math.round(assayExplorer.zoomed))"))
	b.eval("[...document.querySelectorAll('.zoom button')].find((e) => e.textContent === 'Whole window').click()", nil)
	b.wait("!location.hash.includes('@')")
	b.wait(fmt.Sprintf("document.querySelector(\"[id='steady/latency'] figcaption\").textContent === %q", whole))
}

// testAddresses opens addresses of a number, of a trial, of an effect and of some
// seconds.
func testAddresses(t *testing.T, b *browser, file string) {
	for i, address := range []string{"effects/steady/p99-sec/optimized/list", "steady/p99-sec/workerpool", "steady/trial/steady.naive.b03", "steady/trial/steady.naive.b03/p99-sec", "steady/cpu", "steady/all-metrics/mean-ms/optimized", "steady/what-was-answered/create/200-ok/naive", "overview/checks/noise-a-a/figure"} {
		if i == 0 {
			b.open(file, address)
		}
		b.turn(address)
		if got := b.text("(document.querySelector('.pointed') || {}).id || ''"); got != address {
			t.Errorf("#%s points at %q", address, got)
		}
	}
	b.open(file, "steady@2-4")
	if got := b.text("document.querySelector(\"[id='steady/latency'] figcaption\").textContent"); !strings.HasPrefix(got, "Seconds 2 to 4") {
		t.Errorf("#steady@2-4 shows %q", got)
	}
	// Every row of effects leads to its curves.
	b.turn("effects")
	var missing []string
	b.eval("(async () => { const all = new Set([...document.querySelectorAll('.forest th a')].map((a) => a.getAttribute('href').slice(1))); return [...all].filter((a) => !/^(burst|steady)\\//.test(a)); })()", &missing)
	if len(missing) > 0 {
		t.Errorf("these rows lead nowhere: %v", missing)
	}
}

// testPrint prints a view in light colours, whatever the page has.
func testPrint(t *testing.T, b *browser) {
	b.theme("dark")
	b.turn("steady")
	b.eval("window.printed = [], addEventListener('beforeprint', () => printed.push(document.documentElement.dataset.theme))", nil)
	var pdf struct {
		Data string `json:"data"`
	}
	b.call("Page.printToPDF", map[string]any{"printBackground": true}, &pdf)
	data, err := base64.StdEncoding.DecodeString(pdf.Data)
	if err != nil || !strings.HasPrefix(string(data), "%PDF") {
		t.Errorf("no PDF: %v", err)
	}
	var printed []string
	b.eval("printed", &printed)
	if len(printed) != 1 || printed[0] != "light" {
		t.Errorf("printed in %v", printed)
	}
	b.wait("document.documentElement.dataset.theme === 'dark'")
	b.theme("light")
}

// testNarrow opens every view at 360 pixels: none is wider than the window.
func testNarrow(t *testing.T, b *browser, file string) {
	b.size(360, 740)
	b.open(file, "overview")
	views := []string{"overview", "effects", "environment", "burst", "steady"}
	for _, v := range views {
		b.turn(v)
		var width int
		b.eval("document.documentElement.scrollWidth", &width)
		if width > 360 {
			t.Errorf("#%s is %d pixels wide: %s", v, width, b.text("[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > 361 && !e.closest('.scroll')).slice(0, 5).map((e) => e.tagName + '.' + e.className).join(' ')"))
		}
	}
	b.size(1280, 900)
}

// testAccessible looks for faults with axe, which npm has.
func testAccessible(t *testing.T, b *browser, file string) {
	missing := func(what string, err error) {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is needed in CI: %v", what, err)
		}
		t.Skipf("SKIPPED: no %s: %v", what, err)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		missing("npm", err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/axe")); err != nil {
		t.Fatal(err)
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		missing("axe-core ("+string(out)+")", err)
	}
	axe, err := os.ReadFile(filepath.Join(dir, "node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	views := []struct{ theme, view string }{{"light", "steady"}, {"dark", "overview"}, {"dark", "steady"}, {"light", "effects"}, {"dark", "environment"}}
	b.open(file, "")
	b.eval(string(axe)+"; 0", nil)
	for _, c := range views {
		b.turn(c.view)
		b.theme(c.theme)
		// Of the many tables behind plots, which are alike, one is enough.
		b.eval("document.querySelectorAll('details:not(.behind)').forEach((d) => { d.open = true; }); (document.querySelector('.behind') || {}).open = true; 0", nil)
		var faults []string
		b.eval(`axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations.filter((v) => ["serious", "critical"].includes(v.impact))
			.map((v) => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + (n.any[0] || n.all[0] || {message: ""}).message).join(" ; ")))`, &faults)
		for _, f := range faults {
			t.Errorf("%s, %s: %s", c.view, c.theme, f)
		}
	}
	b.theme("light")
}
