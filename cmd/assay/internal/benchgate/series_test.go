package benchgate

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/events"
	"github.com/assay-bench/assay/results"
)

func counts(aa, slow, load string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		return map[string]string{"AA": aa, "SLOW": slow, "LOAD": load}[name], true
	}
}

// Wherever a series stops, each kind has its share.
func TestOrder(t *testing.T) {
	s, err := newSeries(t.TempDir(), counts("4", "2", "1"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range s.checks {
		names = append(names, o.name())
	}
	if want := strings.Fields("aa-01 slow-01 aa-02 load-01 aa-03 slow-02 aa-04"); !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}

func TestLeft(t *testing.T) {
	dir := t.TempDir()
	s, err := newSeries(dir, counts("3", "1", "0"))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.left(); got != 3*same.guess+slower.guess {
		t.Errorf("nothing is made: %v", got)
	}
	for name, note := range map[string]string{"aa-01": "exit=0\nseconds=100\n", "aa-02": "exit=0\nseconds=51\n", "slow-01.part": ""} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, noteFile), []byte(note), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.left(); got != 75*time.Second+slower.guess {
		t.Errorf("two are made: %v, want the mean of these for the third", got)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 min", time.Second: "1 min", 60 * time.Second: "1 min", 5399 * time.Second: "90 min", 5400 * time.Second: "1 h 30 min"} {
		if got := duration(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// trials are those of a bundle: "s1" is a valid trial of scenario s in block 1, "s1!"
// a void one, "s1'" one of the second attempt.
func trials(text string) (all []results.Trial) {
	for _, one := range strings.Fields(text) {
		t := results.Trial{Scenario: one[:1], Block: int(one[1] - '0'), Attempt: 1, Valid: !strings.Contains(one, "!")}
		if strings.Contains(one, "'") {
			t.Attempt = 2
		}
		all = append(all, t)
	}
	return all
}

func TestTurnOfTrials(t *testing.T) {
	var plan []results.Planned // two scenarios, of two and of one trial a block
	for block := 1; block <= 3; block++ {
		for _, scenario := range []string{"a", "a", "b"} {
			plan = append(plan, results.Planned{Scenario: scenario, Block: block})
		}
	}
	for made, want := range map[string]turn{
		"":                           on,
		"a1":                         keep,
		"a1 a1":                      on, // b1 comes
		"a1 a1!":                     off,
		"a1 a1! a1'":                 keep,
		"a1 a1! a1' a1'":             on,
		"a1 a1 b1":                   off, // a2 comes
		"a1 a1 b1 a2 a2":             off,
		"a1 a1 b1 a2 a2 b2":          on,
		"a1 a1 b1 a2 a2 b2 a3 a3":    on,
		"a1 a1 b1 a2 a2 b2 a3 a3 b3": off, // nothing comes
	} {
		if got := turnOf(plan, trials(made)); got != want {
			t.Errorf("after %q: %v, want %v", made, got, want)
		}
	}
}

func TestTurnOfBenchmarks(t *testing.T) {
	dir := t.TempDir()
	w := watch{bundle: filepath.Join(dir, "bundle"), events: filepath.Join(dir, "events"), size: -1}
	t.Setenv(events.Variable, w.events)
	if got := w.look(); got != off {
		t.Errorf("before anything: %v", got)
	}
	for block, want := range []turn{1: on, 2: off, 3: on} {
		if block == 0 {
			continue
		}
		if err := events.Write(events.Event{Kind: events.MicroBlock, Block: block, Blocks: 3}); err != nil {
			t.Fatal(err)
		}
		if got := w.look(); got != want {
			t.Errorf("block %d: %v, want %v", block, got, want)
		}
	}
	if err := events.Write(events.Event{Kind: events.MicroEnd}); err != nil {
		t.Fatal(err)
	}
	if got := w.look(); got != off {
		t.Errorf("after the end: %v", got)
	}
}
