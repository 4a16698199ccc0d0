//go:build unix

package explore

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
)

// overloaded is the load that the questions of the documentation are asked about.
const overloaded = "overload-open"

// question is a row of the table of questions in the documentation: what is clicked, one
// after the other, and a text that the page then shows.
type question struct {
	text, answer string
	clicks       []string
}

// questions reads the table of the documentation.
func questions(t *testing.T) (all []question) {
	t.Helper()
	doc, err := os.ReadFile("../../../docs/explorer.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(doc), "## Questions of a newcomer")
	bold := regexp.MustCompile(`\*\*(.+?)\*\*`)
	for _, line := range strings.Split(part, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "?") {
			continue
		}
		q := question{text: strings.TrimSpace(cells[1])}
		for _, m := range bold.FindAllStringSubmatch(cells[2], -1) {
			q.clicks = append(q.clicks, m[1])
		}
		answer := bold.FindStringSubmatch(cells[3])
		if len(q.clicks) == 0 || answer == nil {
			t.Fatalf("the way of %q has no clicks or no answer", q.text)
		}
		q.answer = answer[1]
		all = append(all, q)
	}
	if len(all) < 5 {
		t.Fatalf("the documentation has %d questions", len(all))
	}
	return all
}

// testQuestions walks from the first view to the answer of every question of a newcomer,
// as the documentation says: by clicks on what can be seen, and at most three.
func testQuestions(t *testing.T, b *browser, file, scenario string) {
	b.open(file, "")
	b.eval("window.saved = []; { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { saved.push(blob); return make.call(URL, blob); }; } 0", nil)
	for _, q := range questions(t) {
		if len(q.clicks) > 3 {
			t.Errorf("%s takes %d clicks", q.text, len(q.clicks))
		}
		b.turn("overview")
		for _, name := range q.clicks {
			name = strings.ReplaceAll(name, overloaded, scenario)
			var hit bool
			b.eval(fmt.Sprintf(`(async () => {
				const e = [...document.querySelectorAll("a, button, summary")].find((e) => e.textContent.trim() === %q && e.checkVisibility());
				if (!e) return false;
				const gone = new Promise((done) => addEventListener("hashchange", done, {once: true}));
				const leads = e.hash && e.hash !== location.hash;
				e.click();
				if (leads) await gone;
				return true;
			})()`, name), &hit)
			if !hit {
				t.Fatalf("%s there is no %q to click", q.text, name)
			}
			b.settle()
		}
		if q.answer == "CSV" {
			b.wait("saved.length === 1")
			continue
		}
		if n := b.count("main"); n != 1 || !strings.Contains(b.text("document.querySelector('main').innerText"), q.answer) {
			t.Errorf("%s the page does not show %q", q.text, q.answer)
		}
	}
}

// testHistogram saves the histogram of a trial, which is that of its log.
func testHistogram(t *testing.T, b *browser, m *measured.Bundles) {
	b.turn("steady")
	s := m.Scenarios[1]
	trial := s.Groups[0].Variants[1].Trials[2]
	var rows [][3]float64
	b.eval(fmt.Sprintf("assayExplorer.histogram('steady', %q)", trial.ID), &rows)
	p, err := s.Run.Profile(trial)
	if err != nil {
		t.Fatal(err)
	}
	var want [][3]float64
	for _, sec := range p.Seconds {
		for _, bin := range sec.Dist.Bins {
			if !sec.Warmup {
				want = append(want, [3]float64{float64(int(sec.At)), float64(bin.Value), float64(bin.Count)})
			}
		}
	}
	if len(rows) != len(want) {
		t.Fatalf("%d bins, want %d", len(rows), len(want))
	}
	for i := range want {
		if rows[i] != want[i] {
			t.Fatalf("bin %d is %v, want %v", i, rows[i], want[i])
		}
	}
}

// testCapacity opens what a search found: a point for every rate that was tried, which
// says the rate and its value.
func testCapacity(t *testing.T, b *browser) {
	dir := t.TempDir() + "/search"
	bundletest.WriteSearch(t, dir)
	file, _ := written(t, dir)
	b.open(file, "")
	key := b.text("assayExplorer.doc.searches[0].key")
	b.turn(key)
	for _, id := range []string{"capacity-latency", "capacity-goodput"} {
		plot := fmt.Sprintf("[id='%s/%s']", key, id)
		if n := b.count(plot + " canvas"); n != 1 {
			t.Fatalf("%s has %d plots", id, n)
		}
		b.eval(fmt.Sprintf("document.querySelector(%q).focus()", plot+" .plot"), nil)
		b.key("Home")
		if text := b.text(fmt.Sprintf("document.querySelector(%q).textContent", plot+" .told")); !strings.Contains(text, "200 /s offered") || !strings.Contains(text, "workerpool") {
			t.Errorf("%s reads %q", id, text)
		}
	}
	if got := b.text("document.querySelector('main').textContent"); !strings.Contains(got, "Dashed: the objective p99 < 200ms") || !strings.Contains(got, "highest rate that held") {
		t.Error("the objective or the brackets are missing")
	}
}

// TestQuestionsOfTheStudy walks the ways of the documentation in the explorer of the
// published run, and measures it.
func TestQuestionsOfTheStudy(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone opens the published run")
	}
	run, err := load.OpenRun("../../../results/runs/published")
	if err != nil {
		t.Fatal(err)
	}
	b := startBrowser(t)
	b.size(1280, 900)
	file, _ := written(t, run.Dir)
	testQuestions(t, b, file, overloaded)
	measure(t, b, file)
	b.complain("the published run")
}

// testTwoRuns opens two runs in one page: over each other, side by side, and one alone.
func testTwoRuns(t *testing.T, b *browser, base string) {
	head := t.TempDir() + "/head"
	bundletest.Write(t, head, bundletest.Plan{Blocks: 6, Seconds: 3, Values: 60, Saturated: true})
	file, _ := written(t, base, head)
	b.open(file, "steady")
	plots := func() int { return b.count("[id='steady/latency'] canvas") }
	press := func(name string) {
		b.eval(fmt.Sprintf("[...document.querySelectorAll('.chip')].find((e) => e.textContent === %q).click()", name), nil)
		b.settle()
	}
	told := func(name string) bool {
		return strings.Contains(b.text("document.querySelector(\"[id='steady/latency'] .told\").textContent"), name)
	}
	if n := plots(); n != 1 || !told("naive (base)") || !told("naive (head)") {
		t.Errorf("over each other: %d plots, or a run is missing", n)
	}
	press(sideBySide)
	if n := plots(); n != 2 {
		t.Errorf("side by side: %d plots", n)
	}
	press(sideBySide)
	press("head")
	if n := plots(); n != 1 || !told("naive (base)") || told("naive (head)") {
		t.Errorf("base alone: %d plots, or head is still there", n)
	}
	press("head")
	b.turn("effects")
	if text := b.text("document.querySelector('main').innerText"); !strings.Contains(text, "head against base") {
		t.Error("head is not compared with base")
	}
	b.turn("environment")
	var differ int
	b.eval("(([a, b]) => a.facts.filter(([name, value]) => (b.facts.find((f) => f[0] === name) || [])[1] !== value).length)(assayExplorer.doc.runs)", &differ)
	if n := b.count("tr.differs"); n != differ {
		t.Errorf("%d facts are marked as different, %d are", n, differ)
	}
}

// sideBySide is the button that sets two runs beside each other.
const sideBySide = "side by side"
