package attack

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// recordedLoad records requests that were drawn at random, and returns the result and, of
// an open load, the lines of the log. They end in another order than they begin.
func recordedLoad(t *testing.T, cfg Config) (*results.StreamResult, []string) {
	t.Helper()
	var log bytes.Buffer
	w, err := results.NewLogWriter(&log, t.Name())
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.closed() {
		cfg.Log = w
	}
	r := newRecorder(&cfg)
	draw := rand.New(rand.NewPCG(1, 2))
	entries := make([]ledger.Entry, 1000)
	for i := range entries {
		at := time.Duration(i) * time.Millisecond
		e := &entries[i]
		*e = ledger.Entry{Seq: uint64(i), Intended: at, Dispatch: at, Status: 200, Bytes: 3}
		if !cfg.closed() {
			e.Dispatch += time.Duration(draw.IntN(1000))
		}
		e.FirstWrite = e.Dispatch + time.Duration(draw.IntN(2000))
		e.LastByte = e.FirstWrite + time.Duration(draw.IntN(int(time.Second)))
		e.Handled = e.LastByte + 5
		e.Phases = []ledger.Phase{{Name: "queue", Took: time.Duration(draw.IntN(1000))}}
		r.open(at)
	}
	draw.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	for i := range entries {
		switch e := &entries[i]; {
		case e.Seq%7 == 0:
			r.record(e, Timeout, "timed out")
		case e.Seq%11 == 0:
			r.record(e, Error, "")
		default:
			r.record(e, OK, "")
		}
	}
	res, err := r.finish()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return res, strings.Split(log.String(), "\n")
}

// What targets have of their own changes nothing of what the stream has as a whole, and
// adds up to it.
func TestTargetsHaveTheirOwnResults(t *testing.T) {
	sched, err := schedule.New([]schedule.Stage{schedule.Flat(1000, time.Second)}, schedule.Constant, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]Config{
		"open":   {Schedule: sched, Warmup: 500 * time.Millisecond, Duration: 500 * time.Millisecond, SLO: 500 * time.Millisecond, TagPrefix: "api/"},
		"closed": {Clients: 10, Duration: time.Second},
		"burst":  {Clients: 10, Requests: 1000},
	} {
		t.Run(name, func(t *testing.T) {
			plain, lines := recordedLoad(t, cfg)
			cfg.Targets = []string{"list", "create", "never"}
			cfg.Target = func(k uint64) int { return int(k*k) % 2 }
			res, all := recordedLoad(t, cfg)
			targets := res.Targets
			res.Targets = nil
			if d := cmp.Diff(plain, res); d != "" {
				t.Errorf("with targets the stream has other results (-without +with):\n%s", d)
			}
			own := slices.DeleteFunc(slices.Clone(all), func(l string) bool { return strings.Contains(l, "@") })
			if !slices.Equal(lines, own) {
				t.Error("with targets the log has other lines of the stream as a whole")
			}
			checkTargets(t, res, targets)
			if !cfg.closed() {
				checkTags(t, cfg.TagPrefix, all, targets)
			}
		})
	}
}

// checkTargets checks that the counts of the targets add up to those of the stream.
func checkTargets(t *testing.T, res *results.StreamResult, targets []results.StreamResult) {
	t.Helper()
	var sum results.StreamResult
	sum.Statuses, sum.Errors = map[string]uint64{}, map[string]uint64{}
	counts := map[string]uint64{}
	for i, want := range []string{"list", "create", "never"} {
		x := targets[i]
		if x.Name != want || x.Recorded != x.Outcomes.Total() || x.Window != res.Window {
			t.Errorf("target %d is %q with %d requests, %d outcomes and a window of %v", i, x.Name, x.Recorded, x.Outcomes.Total(), x.Window)
		}
		sum.Recorded += x.Recorded
		sum.Completed += x.Completed
		sum.Goodput += x.Goodput
		sum.BytesIn += x.BytesIn
		for s, n := range x.Statuses {
			sum.Statuses[s] += n
		}
		for s, n := range x.Errors {
			sum.Errors[s] += n
		}
		for part, q := range x.Parts {
			counts[part] += q.Count
		}
	}
	if sum.Recorded != res.Recorded || sum.Completed != res.Completed || sum.BytesIn != res.BytesIn ||
		!maps.Equal(sum.Statuses, res.Statuses) || !maps.Equal(sum.Errors, res.Errors) || sum.Goodput < 0.999*res.Goodput || sum.Goodput > 1.001*res.Goodput {
		t.Errorf("the targets add up to %+v, the stream has %+v", sum, res)
	}
	for part, q := range res.Parts {
		if counts[part] != q.Count {
			t.Errorf("%s has %d values in the targets and %d in the stream", part, counts[part], q.Count)
		}
	}
	if never := targets[2]; never.Recorded != 0 || never.Headline.Count != 0 {
		t.Errorf("a target that was never drawn has %+v", never)
	}
}

// checkTags checks that the log has every part and outcome of every target.
func checkTags(t *testing.T, prefix string, lines []string, targets []results.StreamResult) {
	t.Helper()
	tags := map[string]bool{}
	for _, l := range lines {
		if tag, _, ok := strings.Cut(strings.TrimPrefix(l, "Tag="), ","); ok {
			tags[tag] = true
		}
	}
	for i := range targets {
		for part := range targets[i].Parts {
			want := fmt.Sprintf("%s%s@%s", prefix, part, targets[i].Name)
			if parsed, ok := results.ParseTag(want); !tags[want] || !ok || parsed.Target != targets[i].Name {
				t.Errorf("the log has no tag %s", want)
			}
		}
	}
}
