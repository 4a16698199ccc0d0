package command

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/hostlab"
	"github.com/assay-bench/assay/results"
)

// knownLoad is a load of which the server knows every latency.
const knownLoad = `version: 1
name: s
server: {command: [%s/testserver, "${host}:${port}", stamps], env: {STAMPS: %s}, ready: {path: /health, timeout: 2m}}
load: {open: {rate: %d/s, duration: 2s}, connections: 600, timeout: 1m}
targets: [{path: /known}]
warmup: 0s
`

const (
	knownRate  = 500
	knownDelay = time.Millisecond // of the link, each way
	// knownBar is by how much a quantile may be wrong, and startBar is how far apart
	// generators may start, in seconds.
	knownBar = 0.01
	startBar = 1e-3
)

// knownQuantiles are judged by the stamps of the server.
var knownQuantiles = []float64{0.95, 0.99, 0.999}

// Several generators, on hosts whose clocks are a day and more apart from each other, load a
// server that stamps every request by the clock of its own host. What they report together
// is judged in two ways.
//
// The first holds on any machine. The switch between the hosts sees every request leave its
// generator and every answer reach it, so that every latency is known to lie between two
// moments, which are as far apart as the machine was late. Sorted, every reported latency
// lies between the two of its rank. Generators that wait before they read, that take the
// wrong moment for the intended one, or whose figures are added up wrongly, leave that
// range.
//
// The second is the bar: p95, p99 and p99.9 are those of the stamps of the server and the
// least time of the way back. What the machine adds to that way it adds for good, as any
// network would, so that one which adds more than the bar decides nothing.
func TestKnownAnswersOfSeveralHosts(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	for _, generators := range []int{2, 4} {
		t.Run(strconv.Itoa(generators), func(t *testing.T) {
			clocks := map[int]time.Duration{
				0: 7 * time.Hour, 1: 24 * time.Hour, generators + 1: 3 * time.Hour,
				// The clock of a machine that has just started cannot go back that far.
				2: -min(1000*time.Second, time.Duration(stamp()/2)*time.Second),
			}
			for i := 3; i <= generators; i++ {
				clocks[i] = time.Duration(i) * 24 * time.Hour
			}
			w := newWitness(generators, clocks)
			s := newSite(t, "ssh", hostlab.Config{Hosts: generators + 2, Delay: knownDelay, Clocks: clocks, Seen: w.see})
			var undecided []string
			tries := 3
			for try := range tries {
				prefix := filepath.Join(s.dir, fmt.Sprintf("stamps%d", try))
				w.forget()
				bundle, log, wait := s.start(t, fmt.Sprintf(knownLoad, s.dir, prefix, knownRate), s.on("ssh", generators)...)
				tr := s.complete(t, bundle, log, wait())
				all := w.join(t, newest(t, prefix))
				doubt := judgeKnown(t, bundle, tr, all, generators)
				if len(doubt) == 0 {
					return
				}
				undecided = append(undecided, doubt...)
			}
			t.Skipf("SKIPPED: right to within what the machine was late, but too late to decide the bars:\n%s", strings.Join(undecided, "\n"))
		})
	}
}

// The network loses the first part of some answers again and again: the second part arrives
// at once, and the first a while later. No latency that is reported ends before the whole
// answer has arrived, whatever the kernel says of its last byte. Such an answer is stamped
// when it is read, so that nothing bounds its latency from above.
func TestKnownAnswersOutOfOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	const generators, each, losses = 2, 20, 3
	w := newWitness(generators, nil)
	var mu sync.Mutex
	lost := map[string]int{} // by port and number
	s := newSite(t, "ssh", hostlab.Config{Hosts: generators + 2, Delay: knownDelay, Seen: w.see, Lose: func(frame []byte) bool {
		port, _, payload := segment(frame)
		k, ok := number(headerNumber, payload, math.MaxInt)
		part := fmt.Sprint(port, k)
		mu.Lock()
		defer mu.Unlock()
		if !ok || k%each > 0 || lost[part] == losses {
			return false
		}
		lost[part]++
		return true
	}})
	prefix := filepath.Join(s.dir, "stamps")
	bundle, log, wait := s.start(t, fmt.Sprintf(knownLoad, s.dir, prefix, knownRate), s.on("ssh", generators)...)
	tr := s.complete(t, bundle, log, wait())
	all := w.join(t, newest(t, prefix))
	low, _ := rangesOf(all, startsOf(t, all, generators))
	judgeRanks(t, latencies(t, bundle, tr), low, slices.Repeat([]float64{math.Inf(1)}, len(all)))
	for k, r := range all {
		// A sender waits for 200 ms at the least before it sends the same again.
		if k%each == 0 && r.before-r.went < 0.2 {
			t.Errorf("request %d: its answer is complete at once: %+v", k, r)
		}
	}
}

// newest returns the newest file of stamps: trials that are void have left others.
func newest(t *testing.T, prefix string) (path string) {
	t.Helper()
	files, err := filepath.Glob(prefix + ".*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stamps: %v", err)
	}
	var when time.Time
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && info.ModTime().After(when) {
			path, when = f, info.ModTime()
		}
	}
	return path
}

// judgeKnown compares a trial with what is known of its requests. It returns what the
// machine does not decide.
func judgeKnown(t *testing.T, bundle string, tr *results.Trial, all []known, generators int) (undecided []string) {
	t.Helper()
	if s := tr.Streams[0]; uint64(len(all)) != s.Scheduled || s.Sent != s.Planned || s.Outcomes.OK != s.Scheduled || s.Headline.Count != s.Scheduled {
		t.Fatalf("%d requests are known of %d, %d of %d sent, %+v, %d in the histogram", len(all), s.Scheduled, s.Sent, s.Planned, s.Outcomes, s.Headline.Count)
	}
	starts := startsOf(t, all, generators)
	undecided = judgeStarts(t, all, starts)
	// The schedule of all begins with the first of them: a clock that is compared wrongly
	// must not hide behind a start of its own.
	zero := slices.Min(starts)
	back := math.Inf(1)
	for _, r := range all {
		back = min(back, r.reached-r.went)
	}
	truth := make([]float64, len(all))
	for k, r := range all {
		truth[k] = r.went + back - zero - r.due
	}
	slices.Sort(truth)
	low, high := rangesOf(all, starts)
	judgeRanks(t, latencies(t, bundle, tr), low, high)
	for i, h := range tr.Hosts[:generators] {
		t.Logf("generator %d: lag p99 %.3f ms, handling p99 %.3f ms, clock known to %.3f ms", i, 1e3**h.LagP99, 1e3**h.HandlingP99, 1e3*h.ClockError)
	}
	for _, q := range knownQuantiles {
		rank := int(math.Ceil(q*float64(len(all)))) - 1
		got, want := *tr.Streams[0].Headline.At(q)/1e9, truth[rank]
		line := fmt.Sprintf("p%g is %.3f ms, %+.2f %% of %.3f ms by the stamps of the server; the answer came between %.3f and %.3f ms",
			100*q, 1e3*got, 100*(got/want-1), 1e3*want, 1e3*low[rank], 1e3*high[rank])
		t.Log(line)
		if math.Abs(got/want-1) > knownBar {
			undecided = append(undecided, line)
		}
	}
	return undecided
}

// rangesOf returns between which times the answers took until they had arrived, each sorted.
func rangesOf(all []known, starts []float64) (low, high []float64) {
	for _, r := range all {
		begin := starts[r.generator] + r.due
		low, high = append(low, r.before-begin), append(high, r.reached-begin)
	}
	slices.Sort(low)
	slices.Sort(high)
	return low, high
}

// judgeRanks requires every latency that was reported to lie in the range of its rank.
func judgeRanks(t *testing.T, reported, low, high []float64) {
	t.Helper()
	wrong := 0
	for i, v := range reported {
		if v >= low[i]*(1-knownBar) && v <= high[i]*(1+knownBar) {
			continue
		}
		if wrong++; wrong <= 5 {
			t.Errorf("rank %d of %d: %.3f ms is reported, the answer came between %.3f and %.3f ms", i+1, len(low), 1e3*v, 1e3*low[i], 1e3*high[i])
		}
	}
}

// startsOf returns when the schedule of each generator began, by the request that left its
// host with the least delay.
func startsOf(t *testing.T, all []known, generators int) []float64 {
	t.Helper()
	starts := slices.Repeat([]float64{math.Inf(1)}, generators)
	for k, r := range all {
		if r.generator != k%generators {
			t.Errorf("request %d was sent by generator %d of %d", k, r.generator, generators)
		}
		starts[r.generator] = min(starts[r.generator], r.left-r.due)
	}
	return starts
}

// judgeStarts requires the generators to start as one. A machine that is always late says
// nothing of that.
func judgeStarts(t *testing.T, all []known, starts []float64) (undecided []string) {
	t.Helper()
	zero := slices.Min(starts)
	for i, s := range starts {
		t.Logf("generator %d starts %.3f ms after the first; its first request leaves %.3f ms late", i, 1e3*(s-zero), 1e3*(all[i].left-all[i].due-s))
	}
	if apart := slices.Max(starts) - zero; apart > startBar {
		line := fmt.Sprintf("the generators start %.3f ms apart", 1e3*apart)
		late := make([]float64, 0, len(all))
		for _, r := range all {
			late = append(late, r.before-r.sent-knownDelay.Seconds())
		}
		if slices.Sort(late); late[len(late)/2] < startBar/4 {
			t.Error(line)
		} else {
			undecided = append(undecided, fmt.Sprintf("%s, while half of all frames are held for %.3f ms too long", line, 1e3*late[len(late)/2]))
		}
	}
	return undecided
}

// latencies returns all latencies that were reported, sorted, in seconds.
func latencies(t *testing.T, bundle string, tr *results.Trial) (all []float64) {
	t.Helper()
	f, err := os.Open(filepath.Join(bundle, results.TrialsDir, tr.ID+".hlog"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := results.NewHistogram()
	err = results.ReadLog(f, func(in results.Interval) error {
		if in.Tag == "response.ok" || strings.HasSuffix(in.Tag, "/response.ok") {
			if lost := h.Merge(in.Hist); lost > 0 {
				t.Errorf("%d latencies are out of range", lost)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, bar := range h.Distribution() {
		for range bar.Count {
			all = append(all, float64(bar.From+bar.To)/2e9)
		}
	}
	if uint64(len(all)) != tr.Streams[0].Scheduled {
		t.Fatalf("the log has %d latencies of %d", len(all), tr.Streams[0].Scheduled)
	}
	return all
}
