package attack

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/results"
)

// walk is a run whose steps carry what the step before was answered.
type walk struct {
	number uint64
	token  string
}

func (w *walk) Begin(k uint64) { *w = walk{number: k} }

func (w *walk) Request(m *Message, step int) {
	m.Method = http.MethodGet
	m.Path = fmt.Appendf(m.Path[:0], "/%d?flow=%d&token=%s", step, w.number, w.token)
}

func (w *walk) Took(_ int, a *expect.Answer) string {
	w.token = string(a.Body)
	if w.token == "" {
		return expect.Prefix + "no token"
	}
	return ""
}

func (w *walk) Blank(text string) string {
	if w.token == "" {
		return text
	}
	return strings.ReplaceAll(text, w.token, "#")
}

// walkThrough returns a flow of four steps: the second is made twice, after a pause.
func walkThrough(pause time.Duration) *Flow {
	return &Flow{
		Steps: []FlowStep{{Target: 0, Keep: true}, {Target: 1, Pause: pause, Keep: true}, {Target: 1, Keep: true}, {Target: 2, Keep: true}},
		New:   func() Run { return new(walk) },
	}
}

// flowTargets are the names of the targets of a walk.
func flowTargets() []string { return []string{"login", "list", "order", results.FlowTarget} }

// flowLoads are loads of forty flows in the window and others in the warm-up.
func flowLoads(t *testing.T) map[string]Config {
	open := Config{Schedule: constant(t, 250, 200*time.Millisecond), Warmup: 40 * time.Millisecond, Duration: 160 * time.Millisecond}
	burst := Config{Clients: 4, Requests: 40, Warmup: 20 * time.Millisecond, Think: time.Millisecond}
	lean, std, closedStd := open, open, burst
	lean.Schedule, std.Schedule = constant(t, 250, 200*time.Millisecond), constant(t, 250, 200*time.Millisecond)
	lean.lean, std.Standard, closedStd.Standard = true, true, true
	return map[string]Config{"open": open, "closed": burst, "open, std": std, "closed, std": closedStd, "open, without lanes": lean}
}

// lines are the lines of a load with flows: those of its steps by number, and those of the
// flows by the number of their first step.
type lines struct {
	mu           sync.Mutex
	steps, flows map[uint64]Line
}

func (l *lines) observe(cfg *Config) {
	l.steps, l.flows = map[uint64]Line{}, map[uint64]Line{}
	cfg.Observe = func(line Line) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if line.Flow {
			l.flows[line.Seq] = line
		} else {
			l.steps[line.Seq] = line
		}
	}
}

// A flow takes exactly as long as its steps and pauses. Each of its steps is meant to be
// sent when the answer to the one before has come and the pause is over.
func TestFlowsTakeTheTimeOfTheirSteps(t *testing.T) {
	const pause = 3 * time.Millisecond
	for name, cfg := range flowLoads(t) {
		t.Run(name, func(t *testing.T) {
			var seen lines
			seen.observe(&cfg)
			cfg.Timeout, cfg.Connections = time.Minute, 3
			cfg.Flow, cfg.Targets = walkThrough(pause), flowTargets()
			res, log := run(t, cfg, func(w http.ResponseWriter, r *http.Request) {
				number, _ := strconv.Atoi(r.FormValue("flow"))
				step, _ := strconv.Atoi(r.URL.Path[1:])
				if got := r.Header.Get("X-Vegeta-Seq"); got != strconv.Itoa(4*number+step) {
					t.Errorf("step %d of flow %d has number %s", step, number, got)
				}
				want := fmt.Sprintf("%d.%d", number, step-1)
				if step == 0 {
					want = ""
				}
				if got := r.FormValue("token"); got != want {
					t.Errorf("step %d of flow %d has token %q", step, number, got)
				}
				fmt.Fprintf(w, "%d.%d", number, step)
			})
			if res.Recorded != 40 || res.Scheduled != 40 || res.Outcomes.OK != 40 || res.Sent != res.Planned || res.Sent < 40 || res.LagMin < 0 {
				t.Errorf("recorded %d, scheduled %d, ok %d, sent %d of %d, lag from %v", res.Recorded, res.Scheduled, res.Outcomes.OK, res.Sent, res.Planned, res.LagMin)
			}
			if uint64(len(seen.flows)) != res.Sent || uint64(len(seen.steps)) != 4*res.Sent {
				t.Errorf("%d lines of flows and %d of steps, want one and four of %d", len(seen.flows), len(seen.steps), res.Sent)
			}
			for seq, flow := range seen.flows {
				took, due := time.Duration(0), flow.Intended
				for step := range uint64(4) {
					l := seen.steps[seq+step]
					if step == 1 {
						due += pause
						took += pause
					}
					if l.Intended != due || l.Dispatch < l.Intended || l.FirstWrite < l.Dispatch || l.LastByte < l.FirstWrite {
						t.Fatalf("step %d of flow %d, due at %v: %+v", step, seq/4, due, l)
					}
					due = l.LastByte
					took += l.LastByte - l.Intended
				}
				if flow.LastByte-flow.Intended != took || cfg.closed() && flow.LastByte-flow.FirstWrite != took {
					t.Errorf("flow %d took %v, its steps and pauses %v", seq/4, flow.LastByte-flow.Intended, took)
				}
			}
			checkFlowResults(t, res, log, headlineTag(&cfg))
		})
	}
}

// headlineTag is the tag of good answers in the log.
func headlineTag(cfg *Config) string {
	if cfg.closed() {
		return "service.ok"
	}
	return "response.ok"
}

// checkFlowResults checks what forty flows without a failure have as results.
func checkFlowResults(t *testing.T, res *results.StreamResult, log map[string]int64, headline string) {
	t.Helper()
	want := map[string]uint64{"login": 40, "list": 80, "order": 40, "flow": 40}
	for i, name := range flowTargets() {
		target := &res.Targets[i]
		if target.Name != name || target.Recorded != want[name] || target.Scheduled != want[name] || target.Outcomes.OK != want[name] || target.Headline.Count != want[name] {
			t.Errorf("target %d is %s with %d recorded, %d ok, %d values", i, target.Name, target.Recorded, target.Outcomes.OK, target.Headline.Count)
		}
		if n := log[headline+"@"+name]; n != int64(want[name]) {
			t.Errorf("%d values of %s in the log", n, name)
		}
	}
	if n := log[headline]; n != 40 {
		t.Errorf("the log has %d values of the stream, want those of 40 flows", n)
	}
	if flow := &res.Targets[3]; flow.Headline.Max == nil || res.Headline.Max == nil || *flow.Headline.Max != *res.Headline.Max {
		t.Errorf("the flow has %v, the stream %v", flow.Headline, res.Headline)
	}
	if res.BytesIn == 0 || res.BytesIn != res.Targets[0].BytesIn+res.Targets[1].BytesIn+res.Targets[2].BytesIn {
		t.Errorf("the flows read %d bytes", res.BytesIn)
	}
}

// A step that fails ends its run and no other one: the draws of all others stay the same.
func TestAFailedStepEndsItsFlow(t *testing.T) {
	for name, cfg := range flowLoads(t) {
		t.Run(name, func(t *testing.T) {
			var seen lines
			seen.observe(&cfg)
			backoff := time.Duration(0)
			if cfg.closed() {
				cfg.Warmup = 0 // whatever a client does first, the flows of the window are 0 to 39
			}
			cfg.Timeout, cfg.Connections, cfg.Backoff = time.Minute, 3, &backoff
			cfg.Flow, cfg.Targets = walkThrough(0), flowTargets()
			res, _ := run(t, cfg, func(w http.ResponseWriter, r *http.Request) {
				number, _ := strconv.Atoi(r.FormValue("flow"))
				switch number % 4 * 10 {
				case 0: // wrong: the token is not there
					if r.URL.Path == "/0" {
						return
					}
				case 10: // refused in the second step
					if r.URL.Path == "/1" {
						w.WriteHeader(http.StatusTooManyRequests)
					}
				case 20: // a fault in the last step
					if r.URL.Path == "/3" {
						w.WriteHeader(http.StatusInternalServerError)
					}
				}
				fmt.Fprintf(w, "token%d", number)
			})
			if res.Recorded != 40 || res.Outcomes.OK != 10 || res.Outcomes.Error != 20 || res.Outcomes.Rejected != 10 {
				t.Errorf("outcomes %+v of %d", res.Outcomes, res.Recorded)
			}
			want := map[string]uint64{"step login: wrong: no token": 10, "step list: refused with status 429": 10, "step order: status 500": 10}
			for why, n := range want {
				if res.Errors[why] != n {
					t.Errorf("%d flows failed with %q: %v", res.Errors[why], why, res.Errors)
				}
			}
			login, list, order := &res.Targets[0], &res.Targets[1], &res.Targets[2]
			if login.Outcomes.Error != 10 || login.Outcomes.OK != 30 || login.Errors["wrong: no token"] != 10 || login.Wrong["wrong: no token"].Status != 200 {
				t.Errorf("login: %+v, %v, %v", login.Outcomes, login.Errors, login.Wrong)
			}
			if list.Outcomes.Rejected != 10 || list.Outcomes.OK != 40 || order.Outcomes.Error != 10 || order.Outcomes.OK != 10 {
				t.Errorf("list: %+v, order: %+v", list.Outcomes, order.Outcomes)
			}
			for seq := range seen.steps {
				if steps := []uint64{1, 2, 4, 4}[seq/4%4]; seq%4 >= steps {
					t.Errorf("step %d of flow %d was made", seq%4, seq/4)
				}
			}
		})
	}
}

// Every step has its own time-out, and may wait for a connection that others have.
func TestStepsTimeOutOneByOne(t *testing.T) {
	for _, std := range []bool{false, true} {
		t.Run(fmt.Sprintf("standard=%v", std), func(t *testing.T) {
			cfg := Config{
				Schedule: constant(t, 100, 200*time.Millisecond), Duration: 200 * time.Millisecond, Timeout: 150 * time.Millisecond, Connections: 1, Standard: std,
				Flow: walkThrough(0), Targets: flowTargets(),
			}
			var seen lines
			seen.observe(&cfg)
			res, _ := run(t, cfg, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/1" && r.FormValue("flow") == "0" {
					<-r.Context().Done() // the generator gives it up
				}
				fmt.Fprint(w, "t")
			})
			if res.Recorded != 20 || res.Sent != 20 || uint64(len(seen.flows)) != 20 {
				t.Errorf("%d flows recorded and %d sent, want 20", res.Recorded, res.Sent)
			}
			if first := seen.flows[0]; first.Outcome != Timeout || first.LastByte-first.Intended < cfg.Timeout {
				t.Errorf("the flow that met silence: %+v", first)
			}
			for seq, l := range seen.steps {
				if l.LastByte-l.Intended < cfg.Timeout && l.Outcome == Timeout || l.Dispatch < l.Intended || l.FirstWrite < l.Dispatch {
					t.Errorf("step %d of flow %d: %+v", seq%4, seq/4, l)
				}
			}
		})
	}
}

// Of flows that last for twenty seconds, a load keeps the histograms of few: what was
// counted in a second is packed while flows that began in it are under way.
func TestLongFlowsTakeLittleMemory(t *testing.T) {
	const (
		flows = 3000
		apart = 10 * time.Millisecond
		steps = 3
		pause = 10 * time.Second
	)
	cfg := Config{
		Schedule: constant(t, 100, 30*time.Second), Duration: 30 * time.Second, Classify: DefaultClassify, Targets: []string{"a", "b", "c", results.FlowTarget},
		Flow: &Flow{Steps: []FlowStep{{Target: 0}, {Target: 1, Pause: pause}, {Target: 2, Pause: pause}}, New: func() Run { return new(walk) }},
	}
	r := newRecorder(&cfg)
	runs := make([]running, flows)
	// The steps of all flows in the order in which they end.
	for tick := range flows + 2*int(pause/apart) {
		for step := range steps {
			k := tick - step*int(pause/apart)
			if k < 0 || k >= flows {
				continue
			}
			at := time.Duration(tick) * apart
			if step == 0 {
				runs[k].begin(cfg.Flow, uint64(k))
				r.open(at)
			}
			e := &ledger.Entry{Seq: uint64(k*steps + step), Intended: at, Dispatch: at, FirstWrite: at, LastByte: at + time.Millisecond, Status: 200}
			o, failure, more := cfg.ended(&runs[k], e, nil)
			if o != OK || more != (step < steps-1) {
				t.Fatalf("step %d of flow %d: %v, %q, more: %v", step, k, o, failure, more)
			}
			if r.step(&runs[k], e, o, failure); !more {
				r.flow(runs[k].entry(false), e, o, failure)
			}
		}
	}
	res, err := r.finish()
	if err != nil || res.Recorded != flows || res.Headline.Count != flows || res.Targets[2].Parts["response.ok"].Count != flows {
		t.Fatalf("%v: %d flows, %d values", err, res.Recorded, res.Headline.Count)
	}
	if n := len(r.one.free); n > 60 {
		t.Errorf("%d histograms were in use at once", n)
	}
}
