package knownanswer

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/results"
)

func TestNewestIsOfThisMachineAndBuild(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, dir)
	}
	h := results.Host{OS: "linux", CPUModel: "abacus", CPUs: []int{0, 1}}
	if a := Newest(h); a != nil {
		t.Fatalf("there is one before it was made: %+v", a)
	}
	long, near, short, bad := 0.5, 0.505, 0.001, 0.01
	made := time.Date(2025, 1, 2, 3, 4, 5, 6, time.UTC)
	if err := Save(h, made, []*Result{{
		Name: "a", Faults: []string{"late", "slow"},
		Quantiles: []Quantile{
			{Name: "p50", Reported: &short, Stamped: &short},
			{Name: "p99", Reported: &near, Stamped: &long, StampedError: &bad},
			{Name: "p99.9"},
		},
	}}, 50_000); err != nil {
		t.Fatal(err)
	}
	want := &results.KnownAnswer{Made: made.Truncate(time.Second), Tests: []results.KnownAnswerShape{{
		Name: "a", Detail: "late; slow",
		Quantile: []results.KnownAnswerFigures{{Name: "p99", Truth: 0.5, Reported: 0.505, Error: &bad}},
	}}}
	if d := cmp.Diff(want, Newest(h)); d != "" {
		t.Error(d)
	}
	if said := BeyondHeld(h, 50_000); said != "" {
		t.Errorf("a rate that was held: %s", said)
	}
	if said := BeyondHeld(h, 80_000); !strings.Contains(said, "80,000/s is more than the 50,000/s") {
		t.Errorf("a rate beyond: %q", said)
	}
	other := h
	other.CPUModel = "slide rule"
	if a := Newest(other); a != nil {
		t.Errorf("another machine has %+v", a)
	}
	if said := BeyondHeld(other, 1e9); said != "" {
		t.Errorf("of another machine it is known that %s", said)
	}
	path, err := newestPath()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"machine":`), 0o644); err != nil {
		t.Fatal(err)
	}
	if a := Newest(h); a != nil {
		t.Errorf("a broken file gives %+v", a)
	}
}
