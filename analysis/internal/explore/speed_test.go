//go:build unix

package explore

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
)

// zooms is how often a view is zoomed for a median.
const zooms = 11

// TestSpeed prints how long an explorer of 1,000 trials takes to make, to open and to
// zoom. It asserts nothing: how quick a machine is says nothing of the program.
//
//	go test -run 'TestSpeed|TestQuestionsOfTheStudy' -v ./analysis/internal/explore
func TestSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone measures")
	}
	dir := t.TempDir() + "/run"
	bundletest.Write(t, dir, bundletest.Plan{Trials: 1000, Values: 200, Seconds: 7})
	begun := time.Now()
	file, _ := written(t, dir)
	t.Logf("the explorer of 1,000 trials was made in %v", time.Since(begun).Round(time.Millisecond))
	b := startBrowser(t)
	b.size(1280, 900)
	measure(t, b, file)
	b.complain("1,000 trials")
}

// measure prints the speed of a page: the first paint, and the zoom of its longest loads,
// as time that passes and as the CPU time of the page's main thread.
func measure(t *testing.T, b *browser, file string) {
	t.Helper()
	b.call("Performance.enable", map[string]any{"timeDomain": "threadTicks"}, nil)
	b.open(file, "")
	t.Logf("after the page was asked for: %s", b.text("[...performance.getEntriesByType('paint').map((e) => [e.name, e.startTime]), ['the first view', assayExplorer.painted]].map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(', ')"))
	var keys []string
	b.eval("assayExplorer.doc.panels.filter((p) => p.window[1] - p.window[0] > 2).sort((x, y) => y.trials - x.trials).slice(0, 3).map((p) => p.key)", &keys)
	for _, key := range keys {
		b.open(file, key)
		b.eval("document.querySelector('.zoom').scrollIntoView()", nil)
		var window [2]int
		b.eval(fmt.Sprintf("assayExplorer.doc.panels.find((p) => p.key === %q).window", key), &window)
		var wall, cpu []float64
		for i := range zooms {
			w, c := b.zoom(window[0]+i%2, window[0]+i%2+2)
			wall, cpu = append(wall, w), append(cpu, c)
		}
		t.Logf("%s: the first zoom took %.0f ms (CPU %.0f ms), the median of %d: %.0f ms (CPU %.0f ms)", key, wall[0], cpu[0], zooms, middle(wall), middle(cpu))
	}
}

// zoom zooms into some seconds and returns how long that took in the page, and the CPU
// time of its main thread, both in milliseconds.
func (b *browser) zoom(from, to int) (wall, cpu float64) {
	b.t.Helper()
	before := b.busy()
	b.eval(fmt.Sprintf(`(() => {
		assayExplorer.zoomed = null;
		const form = document.querySelector(".zoom"), [a, b] = form.querySelectorAll("input");
		a.value = %d;
		b.value = %d;
		form.requestSubmit();
	})()`, from, to), nil)
	b.wait("assayExplorer.zoomed !== null")
	cpu = b.busy() - before
	b.eval("assayExplorer.zoomed", &wall)
	b.settle()
	return wall, cpu
}

// busy is the CPU time of the page's main thread so far, in milliseconds.
func (b *browser) busy() float64 {
	b.t.Helper()
	var got struct {
		Metrics []struct {
			Name  string
			Value float64
		}
	}
	b.call("Performance.getMetrics", nil, &got)
	for _, m := range got.Metrics {
		if m.Name == "TaskDuration" {
			return 1000 * m.Value
		}
	}
	return 0
}

// middle is the median of an odd number of values.
func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
