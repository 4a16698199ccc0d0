package self

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/internal/inpage"
	"github.com/assay-bench/assay/results"
)

// Sections that were measured apart make the table that they make together.
func TestJoin(t *testing.T) {
	figures := func(change func(*Figures)) *Figures {
		f := &Figures{Host: results.Host{CPUModel: "abacus", Kernel: "6.1", GoVersion: "go1.26"}, Rounds: 1, Costs: map[string][]costRound{}, Steal: map[string][]float64{}}
		change(f)
		return f
	}
	cost := func(f *Figures) {
		f.Costs["cost"], f.Steal["cost"] = []costRound{{Ours: cost{1e-6, 0.5}, Wrk: cost{1e-6, 0.5}, Vegeta: cost{4e-6, 0.5}}}, []float64{0.01}
	}
	memory := func(f *Figures) {
		f.Nginx, f.Memory = "nginx/1", []memoryRound{{Peak: [2]float64{1e6, 1e6}}}
		f.Books = books{Sent: 10, Wanted: 10, Loads: 1, Apart: 0.0001}
	}
	lag := func(f *Figures) {
		f.Lags = make([][len(paces)]lagRound, 1)
		f.Books = books{Sent: 20, Wanted: 20, Joined: 20, Loads: 2, Apart: 0.0002}
	}
	both := func(f *Figures) {
		cost(f)
		memory(f)
		lag(f)
		f.Books = books{Sent: 30, Wanted: 30, Joined: 20, Loads: 3, Apart: 0.0002}
	}
	want := figures(both)
	parts := []*Figures{figures(cost), figures(memory), figures(lag)}
	for range parts {
		parts = append(parts[1:], parts[0])
		text, err := json.Marshal(parts)
		if err != nil {
			t.Fatal(err)
		}
		var copied []*Figures
		if err := json.Unmarshal(text, &copied); err != nil {
			t.Fatal(err)
		}
		for _, f := range copied[1:] {
			if err := copied[0].Join(f); err != nil {
				t.Fatal(err)
			}
		}
		var got, whole strings.Builder
		if err := copied[0].Print(&got); err != nil {
			t.Fatal(err)
		}
		if err := want.Print(&whole); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(whole.String(), got.String()); d != "" {
			t.Error(d)
		}
	}
}

func TestJoinRefuses(t *testing.T) {
	part := func(change func(*Figures)) *Figures {
		f := &Figures{Host: results.Host{CPUModel: "abacus"}, Rounds: 5, Memory: []memoryRound{{}}}
		change(f)
		return f
	}
	other := func(f *Figures) { f.Memory = nil }
	for want, change := range map[string]func(*Figures){
		"two parts have memory":                func(*Figures) {},
		"one part has 5 rounds, and another 3": func(f *Figures) { other(f); f.Rounds = 3 },
		"of abacus":                            func(f *Figures) { other(f); f.Host.CPUModel = "slide rule" },
	} {
		err := part(func(*Figures) {}).Join(part(change))
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "another one", "another"), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := part(func(*Figures) {}).Join(part(other)); err != nil {
		t.Error(err)
	}
	if !slices.Contains(Names(), "memory") {
		t.Error("there is no section memory")
	}
}

// TestPublishedTable holds the table of docs/how-it-measures.md against the figures that it
// is made from.
func TestPublishedTable(t *testing.T) {
	const figures, page = "testdata/published.json", "../../../docs/how-it-measures.md"
	text, err := os.ReadFile(figures)
	if err != nil {
		t.Fatal(err)
	}
	f := new(Figures)
	if err := json.Unmarshal(text, f); err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := f.Print(&table); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	after, err := inpage.Replace(string(before), "bench-self", table.String())
	if err != nil {
		t.Fatal(err)
	}
	if after != string(before) {
		t.Errorf("the table is not that of %s: bin/harness bench-self --from harness/internal/self/%s --into docs/how-it-measures.md", figures, figures)
	}
}
