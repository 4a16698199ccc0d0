package effect

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// open are the inputs under these paths.
func open(t *testing.T, paths ...string) []load.Source {
	t.Helper()
	var sources []load.Source
	for _, p := range paths {
		s, err := load.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, s)
	}
	return sources
}

// Rows of a scenario that the two bundles did not measure alike are shown, and
// neither judged nor counted for the agreement.
func TestOtherSetup(t *testing.T) {
	dir := t.TempDir()
	short, long := filepath.Join(dir, "short"), filepath.Join(dir, "long")
	bundletest.Write(t, short, bundletest.Plan{Blocks: 6, Seconds: 1, Values: 100})
	bundletest.Write(t, long, bundletest.Plan{Blocks: 6, Seconds: 3, Values: 100})
	res, err := Run(open(t, short, long), compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const why = "measured differently: duration 1s, 3s"
	judged, marked := 0, 0
	for _, r := range res.Rows {
		other := strings.Contains(r.Name, "/scenario=steady")
		if r.Verdict == "" || other != slices.Contains(r.Notes, why) || other && r.Verdict != NotJudged {
			t.Errorf("%s %s: %q, notes %q", r.Name, r.Unit, r.Verdict, r.Notes)
		}
		if len(r.Marks) > 0 {
			marked++
		} else {
			judged++
		}
	}
	if legend := res.legend(); judged == 0 || !strings.Contains(legend, fmt.Sprintf("%d marked and not judged", marked)) {
		t.Errorf("%d rows are judged and %d not: %s", judged, marked, legend)
	}
	if res, err = Run(open(t, long, "again="+long), compare.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, r := range res.Rows {
		if slices.ContainsFunc(r.Marks, func(m compare.Mark) bool { return m.Kind == compare.OtherSetup }) {
			t.Errorf("%s %s: a bundle and itself: %v", r.Name, r.Unit, r.Marks)
		}
	}
}

// An input that is not a whole run is said to be none.
func TestNotesOnInputs(t *testing.T) {
	dir := t.TempDir()
	run := func(state string) string {
		path := filepath.Join(dir, state)
		bundletest.WriteCheck(t, path, bundletest.Check{Blocks: 6, State: state})
		return path
	}
	text := filepath.Join(dir, "bench.txt")
	var lines strings.Builder
	for range 6 {
		fmt.Fprintf(&lines, "BenchmarkHTTP/scenario=s/variant=v 1200 0.01 p50-sec 0.02 p99-sec 0.0001 lag-p99-sec 0.1 reject-ratio 0.1 error-ratio 0 timeout-ratio\n")
	}
	if err := os.WriteFile(text, []byte(lines.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	whole := run(results.StateComplete)
	for _, c := range []struct {
		head string
		want string // the notes
	}{
		{run(results.StateInterrupted), "the run was interrupted before all of its blocks were done"},
		{run(results.StateFailed), "the run failed"},
		{run(results.StateRunning), "the run has not ended"},
	} {
		res, err := Run(open(t, whole, c.head), compare.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Notes) != 1 || !strings.HasPrefix(res.Notes[0], c.head+": "+c.want) || !strings.Contains(res.legend(), "\nNote: "+res.Notes[0]) {
			t.Errorf("%s: notes %q in %q", c.head, res.Notes, res.legend())
		}
	}
	res, err := Run(open(t, text, "new="+text), compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "without the marks that only bundles have") {
		t.Errorf("text: notes %q", res.Notes)
	}
	// 1,200 requests, of which 960 were answered: too few for a p99.
	for _, r := range res.Rows {
		few := slices.ContainsFunc(r.Marks, func(m compare.Mark) bool {
			return m.Kind == compare.FewValues && strings.Contains(m.Text, "with 960, and p99 needs 1000")
		})
		if few != (r.Unit == "p99-sec") {
			t.Errorf("%s: marks %v", r.Unit, r.Marks)
		}
	}
}
