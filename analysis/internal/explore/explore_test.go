package explore

import (
	"bytes"
	"encoding/base64"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// made makes the explorer of bundles.
func made(t *testing.T, o Options, dirs ...string) []byte {
	t.Helper()
	var runs []*load.Run
	for _, dir := range dirs {
		run, err := load.OpenRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	data, _, err := Make(runs, o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What is in the page cannot end its elements, its policy names every script and the
// style by their hashes, and the same bundle gives the same bytes.
func TestFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), `run & "co" <b>`)
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 6, Targets: true, Values: 60})
	page := made(t, Options{}, dir)
	if again := made(t, Options{}, dir); !bytes.Equal(page, again) {
		t.Error("the same bundle gives other bytes")
	}
	text := string(page)
	scripts := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(text, -1)
	styles := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(text, -1)
	if len(scripts) != 2 || len(styles) != 1 {
		t.Fatalf("%d scripts and %d styles", len(scripts), len(styles))
	}
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)[1]
	for _, m := range append(scripts, styles...) {
		if !strings.Contains(policy, "'"+hash(m[1])+"'") {
			t.Errorf("the policy %s does not allow %.40q", policy, m[1])
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "connect-src") {
		t.Errorf("policy %s", policy)
	}
	if !strings.Contains(string(made(t, Options{Live: true}, dir)), "connect-src 'self'") {
		t.Error("a page that is served may not ask its server")
	}
	// Tags of the page itself are all that there are: what the run holds is escaped.
	for _, tag := range []string{"<b>", "<script>alert"} {
		if strings.Contains(text, tag) {
			t.Errorf("the page holds %s", tag)
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<script type="text/plain"[^>]*>(.*?)</script>`).FindAllStringSubmatch(text, -1) {
		if _, err := base64.StdEncoding.DecodeString(m[1]); err != nil {
			t.Error(err)
		}
	}
}

// A bin is found again from its place, as the page finds it.
func TestIndexOf(t *testing.T) {
	h := hdrhistogram.New(1, 1<<40, 3)
	for v := int64(1); v < 1<<39; v = v*21/20 + 1 {
		h.Reset()
		if err := h.RecordValue(v); err != nil {
			t.Fatal(err)
		}
		want := h.Max()
		index := int64(indexOf(results.Bin{Value: want}))
		got := index
		if index >= 2*half {
			shift := index/half - 1
			got = (index%half+half+1)<<shift - 1
		}
		if got != want {
			t.Fatalf("%d: the bin of %d is at %d, which is %d", v, want, index, got)
		}
	}
}

// Two runs share the views of what both have measured, and head is compared with base.
func TestTwoRuns(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	bundletest.Write(t, a, bundletest.Plan{Blocks: 6, Values: 60})
	bundletest.Write(t, b, bundletest.Plan{Blocks: 6, Saturated: true, Values: 60})
	var runs []*load.Run
	for _, dir := range []string{a, b} {
		run, err := load.OpenRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	e, err := newExplorer(runs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.panels) != 2 {
		t.Fatalf("%d panels, want 2", len(e.panels))
	}
	for _, p := range e.panels {
		if n := len(p.series()); n != 6 {
			t.Errorf("%s has %d series, want 6", p.key, n)
		}
	}
	across := map[string]int{}
	for _, r := range e.effects() {
		if r.Across {
			across[r.Unit]++
			if s := e.panels[r.Panel].series()[r.Series]; s.run != 1 || !strings.HasPrefix(r.Head, s.variant.Variant) {
				t.Errorf("%+v is about %s of run %d", r, s.variant.Variant, s.run)
			}
		}
	}
	if across["goodput/s"] != 6 || across["p99-sec"] != 6 {
		t.Errorf("comparisons of the runs: %v", across)
	}
}

// A run without a single trial has a page too, because it may be under way.
func TestNoTrials(t *testing.T) {
	dir := t.TempDir()
	bundletest.Write(t, filepath.Join(dir, "whole"), bundletest.Plan{Blocks: 2, Values: 20})
	run, err := load.OpenRun(filepath.Join(dir, "whole"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := results.Create(filepath.Join(dir, "empty"), run.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Finish(results.StateInterrupted, "")
	if page := made(t, Options{}, filepath.Join(dir, "empty")); len(page) == 0 {
		t.Error("no page")
	}
}
