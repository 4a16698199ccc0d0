package campaign

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// A run that goes on with more blocks has them in its manifest at once: it can be
// killed at any moment.
func TestMoreBlocksAreKeptAtOnce(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(file, []byte(`version: 1
name: s
server: {url: "http://127.0.0.1:9"}
load: {closed: {clients: 1, duration: 1s}}
targets: [{method: GET, path: /}]
blocks: 2
`), 0o644); err != nil {
		t.Fatal(err)
	}
	planned := func(blocks int) ([]Work, *results.Manifest) {
		all, err := (&Inputs{Files: []string{file}, Blocks: blocks}).Load()
		if err != nil {
			t.Fatal(err)
		}
		m := &results.Manifest{Seed: 7, Blocks: blocks, Looks: []int{}}
		for _, w := range all {
			m.Scenarios = append(m.Scenarios, w.Record())
		}
		for _, p := range Order(all, 7) {
			m.Plan = append(m.Plan, p.Planned)
		}
		return all, m
	}
	bundle := filepath.Join(dir, "bundle")
	_, m := planned(2)
	w, err := results.Create(bundle, m)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(results.StateInterrupted, ""); err != nil {
		t.Fatal(err)
	}
	all, now := planned(5)
	b, err := openForResume(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := resume(&Options{Out: bundle}, b, now, all); err != nil {
		t.Fatal(err)
	}
	b, err = results.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if b.Manifest.Blocks != 5 || len(b.Manifest.Plan) != 5 || b.Manifest.Scenarios[0].Blocks != 5 {
		t.Errorf("on disk: %d blocks, %d trials planned", b.Manifest.Blocks, len(b.Manifest.Plan))
	}
	if !slices.Equal(b.Manifest.Looks, []int{2}) {
		t.Errorf("on disk: looks after %v blocks, want one after 2", b.Manifest.Looks)
	}
}

// A run that is continued without more blocks was not judged in between, and a bundle
// whose version recorded no looks gets none.
func TestLooksAreRecorded(t *testing.T) {
	for _, c := range []struct {
		name          string
		was           []int
		before, after int
		want          []int
	}{
		{"the first extension", []int{}, 2, 5, []int{2}},
		{"the second", []int{2}, 5, 6, []int{2, 5}},
		{"no more blocks", []int{2}, 5, 5, []int{2}},
		{"an older version", nil, 2, 5, nil},
	} {
		if got := looksAfter(c.was, c.before, c.after); !slices.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Scenarios that have different numbers of blocks can all be raised to one: those
// that are there stay, and what is lacking comes behind them.
func TestResumeRaisesUnequalBlocks(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for name, blocks := range map[string]int{"few": 2, "many": 4} {
		file := filepath.Join(dir, name+".yaml")
		if err := os.WriteFile(file, fmt.Appendf(nil, `version: 1
name: %s
server: {url: "http://127.0.0.1:9"}
variants: [{name: a}, {name: b}]
load: {closed: {clients: 1, duration: 1s}}
targets: [{method: GET, path: /}]
blocks: %d
`, name, blocks), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	slices.Sort(files)
	bundle := filepath.Join(dir, "bundle")
	o := &Options{Inputs: Inputs{Files: files}, Out: bundle, Seed: 7, SeedGiven: true}
	open := func() ([]results.Planned, error) {
		all, err := o.Load()
		if err != nil {
			t.Fatal(err)
		}
		var was *results.Bundle
		if o.Resume {
			if was, err = openForResume(bundle); err != nil {
				t.Fatal(err)
			}
		}
		w, err := openBundle(o, was, all, nil, host.Placement{}, nil)
		if err != nil {
			return nil, err
		}
		return w.Manifest.Plan, w.Finish(results.StateComplete, "")
	}
	was, err := open()
	if err != nil {
		t.Fatal(err)
	}
	o.Resume, o.Blocks = true, 6
	got, err := open()
	if err != nil {
		t.Fatal(err)
	}
	if len(was) != 2*(2+4) || len(got) != 2*(6+6) {
		t.Fatalf("%d trials, then %d", len(was), len(got))
	}
	if d := cmp.Diff(was, got[:len(was)]); d != "" {
		t.Errorf("what was planned is changed:\n%s", d)
	}
	o.Blocks = 3
	if _, err := open(); err == nil || !strings.Contains(err.Error(), "blocks can only grow") {
		t.Errorf("with fewer blocks: %v", err)
	}
	o.Blocks = 6
	slices.Reverse(o.Files)
	if _, err := open(); err == nil || !strings.Contains(err.Error(), "give the files in the same order") {
		t.Errorf("with the files the other way round: %v", err)
	}
}

// A bundle that is continued keeps its limit of foreign load. Bundles that record none
// had the default.
func TestResumeKeepsTheForeignLimit(t *testing.T) {
	for _, c := range []struct {
		was, now float64
		want     string // in the error; empty: none
		kept     float64
	}{
		{0.35, 0, "", 0.35},
		{0.35, 0.35, "", 0.35},
		{0.35, 0.2, "--foreign-limit 35%", 0.35},
		{0, 0, "", 0.2},
		{0, 0.2, "", 0.2},
		{0, 0.5, "--foreign-limit 20%", 0.2},
	} {
		was := &results.Manifest{ForeignLimit: c.was}
		err := sameInputs(was, &results.Manifest{ForeignLimit: c.now})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c, err, c.want)
		}
		if got := limits(was).Foreign; got != c.kept {
			t.Errorf("%+v: the limit is %v", c, got)
		}
	}
}

func TestResumeWantsTheSameMachine(t *testing.T) {
	here := results.Host{CPUModel: "A", Kernel: "6.1", CPUs: []int{0, 1}, ServerCPUs: []int{0}, GeneratorCPUs: []int{1}, IdleCPUs: "polling"}
	for _, c := range []struct {
		change func(*results.Host)
		want   string // in the error; empty: none
	}{
		{func(*results.Host) {}, ""},
		{func(h *results.Host) { h.IdleCPUs = "" }, ""},
		{func(h *results.Host) { h.CPUModel = "B" }, "another machine"},
		{func(h *results.Host) { h.Kernel = "6.2" }, "another machine or kernel"},
		{func(h *results.Host) { h.ServerCPUs, h.GeneratorCPUs = nil, nil }, "servers on CPUs [0] and the generator on CPUs [1]"},
		{func(h *results.Host) { h.ServerCPUs = []int{2} }, "now they are on [2] and [1]"},
		{func(h *results.Host) { h.IdleCPUs = "sleeping" }, "idle CPUs polling, and now they are sleeping"},
		{func(h *results.Host) { h.AnswerStamps = "on arrival" }, "stamped when read, and now they are on arrival"},
	} {
		now := here
		c.change(&now)
		err := sameInputs(&results.Manifest{Host: here}, &results.Manifest{Host: now})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", now, err, c.want)
		}
	}
}

func TestResumeWantsTheSameTrees(t *testing.T) {
	tree := func(commit, changes string) results.Tree {
		return results.Tree{Git: results.Git{Commit: commit, Dirty: changes != ""}, Changes: changes}
	}
	trees := func(base, head results.Tree) map[string]results.Tree {
		return map[string]results.Tree{"base": base, "head": head}
	}
	a, b := tree("aaa", ""), tree("bbb", "")
	for _, c := range []struct {
		was, now map[string]results.Tree
		want     string // in the error; empty: none
	}{
		{trees(a, b), trees(a, b), ""},
		{nil, nil, ""},
		{trees(a, b), nil, ""}, // what is not built any more is another check's business
		{trees(a, tree("bbb", "x")), trees(a, tree("bbb", "x")), ""},
		{trees(a, tree("", "")), trees(a, tree("", "")), ""},
		{trees(a, b), trees(a, a), "built in head from commit bbb and not commit aaa: restore that state"},
		{trees(a, b), trees(tree("aaa", "x"), b), "built in base from commit aaa and not commit aaa with changes: "},
		{trees(a, tree("bbb", "x")), trees(a, tree("bbb", "y")), "built in head from other changes to commit bbb with changes: "},
		{trees(a, b), trees(a, tree("", "")), "from commit bbb and not no known commit: "},
		{nil, trees(a, b), "does not record from which code its servers were built in base"},
	} {
		err := sameInputs(&results.Manifest{Trees: c.was}, &results.Manifest{Trees: c.now})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, now %v: %v, want %q", c.was, c.now, err, c.want)
		}
	}
}

// A finished trial that is not one of the plan would count as another one of it.
func TestResumeWantsPlannedTrials(t *testing.T) {
	all := []results.Planned{{ID: "s.a.b01", Order: 1, Seed: 7}, {ID: "s.b.b01", Order: 2, Seed: 7}}
	for _, c := range []struct {
		change func(*results.Trial)
		ok     bool
	}{
		{func(*results.Trial) {}, true},
		{func(d *results.Trial) { d.Attempt = 2 }, true},
		{func(d *results.Trial) { d.Order = 0 }, false},
		{func(d *results.Trial) { d.Order = 1 }, false},
		{func(d *results.Trial) { d.Seed = 8 }, false},
		{func(d *results.Trial) { d.Block = 2 }, false},
		{func(d *results.Trial) { d.Attempt = 0 }, false},
		{func(d *results.Trial) { d.Variant = "c" }, false},
	} {
		d := results.Trial{ID: "s.b.b01", Scenario: "s", Variant: "b", Block: 1, Attempt: 1, Order: 2, Seed: 7}
		c.change(&d)
		if err := arePlanned([]results.Trial{d}, all); (err == nil) != c.ok {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

// A block that is void for a reason that is not recorded is repeated like any other.
func TestVoidForNoReason(t *testing.T) {
	_, _, void := (&runner{session: &session{writer: writerOf(t, results.Trial{ID: "s.a.b01", Scenario: "s", Variant: "a", Block: 1, Attempt: 1})}}).
		finished(block{work: &Work{Scenario: &scenario.Scenario{Name: "s"}}, number: 1})
	if void == "" {
		t.Error("the block counts as valid")
	}
}

// writerOf is a writer of a bundle that has a trial.
func writerOf(t *testing.T, d results.Trial) *results.Writer {
	t.Helper()
	w, err := results.Create(t.TempDir(), &results.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(d, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(results.StateInterrupted, ""); err != nil {
		t.Fatal(err)
	}
	return w
}
