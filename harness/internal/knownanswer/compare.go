package knownanswer

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/results"
)

// Bounds of what counts as right, in addition to Shape.Tolerance.
const (
	// floor is the difference below which a percentile is right whatever its size:
	// the time of two system calls, two wake-ups and the loopback device.
	floor = 100 * time.Microsecond
	// shortWait is the shortest wait whose relative error is judged against the
	// plan, and the shortest whose far tail is judged at all. A pause of the machine
	// is a large part of any shorter wait.
	shortWait = 10 * time.Millisecond
	// plannedTolerance and plannedTolerance95 limit what generator and connections
	// add to the planned truth. At p95 of a stall the distribution is steep, and a
	// delay that hits all requests moves p95 furthest.
	plannedTolerance   = 0.02
	plannedTolerance95 = 0.05
)

// Result is the result of one known-answer test. Times are in seconds.
type Result struct {
	Name   string   `json:"name"`             // that of the [Shape]
	OK     bool     `json:"ok"`               // there are no Faults
	Faults []string `json:"faults,omitempty"` // why the test did not pass
	// First holds the faults of the first try, if the test was made three times
	// because of them. The other fields are then those of the middle try.
	First []string `json:"first_faults,omitempty"`
	// Scheduled and Sent count the requests of the whole load, warm-up included.
	// Timeouts are of the window.
	Scheduled uint64   `json:"scheduled"`
	Sent      uint64   `json:"sent"`
	Timeouts  Timeouts `json:"timeouts"`
	// Impossible is the number of requests whose stamps are out of order, or that
	// the server never saw.
	Impossible int `json:"impossible"`

	// Quantiles are p50, p95, p99 and p99.9. LagP50 and LagP99 are the lag of the
	// generator for requests that were answered ok.
	Quantiles []Quantile `json:"quantiles"`
	LagP50    float64    `json:"lag_p50_seconds"`
	LagP99    float64    `json:"lag_p99_seconds"`
	ServerCPU float64    `json:"-"` // CPU seconds; negative if unknown
	broken    bool       // a fault is in the counts, not in a percentile

	// Coarse is the largest error of a wait below 10 ms, in seconds, if such waits
	// are the only faults, else 0. The instrument is then too coarse for short
	// waits, and right for longer ones.
	Coarse float64 `json:"-"`
}

// Timeouts compares how many requests timed out with how many should have.
type Timeouts struct {
	// Reported is what the ledger counted, Stamped what the server's stamps say, and
	// Planned what arithmetic says.
	Reported uint64 `json:"reported"`
	Stamped  uint64 `json:"stamped"`
	Planned  uint64 `json:"planned"`
}

// Quantile compares one percentile. A value beyond the time-out is null. Generator,
// Connection and Server say where reported − planned comes from: each is a mean over
// the requests around the percentile.
type Quantile struct {
	// Name is the percentile: "p99". Reported is the generator's, Stamped comes from
	// the server's stamps and Planned from arithmetic, all in seconds.
	Name     string   `json:"name"`
	Reported *float64 `json:"reported_seconds"`
	Stamped  *float64 `json:"stamped_seconds"`
	Planned  *float64 `json:"planned_seconds"`

	// StampedError and PlannedError are (reported − truth) / truth.
	StampedError *float64 `json:"stamped_error_ratio"`
	PlannedError *float64 `json:"planned_error_ratio"` // null if the plan is not the yardstick

	Generator  float64 `json:"generator_seconds"`
	Connection float64 `json:"connection_seconds"`
	Server     float64 `json:"server_seconds"`
}

// Lost explains why the figures do not cover all scheduled requests: some were not
// sent, or were not answered. It returns "" if they do. For a shape in which
// requests are meant to time out, it never returns "".
func (r *Result) Lost() string {
	switch n := r.Timeouts.Reported; {
	case r.broken:
		return r.Faults[0]
	case n > 0:
		return fmt.Sprintf("%d requests were not answered", n)
	}
	return ""
}

// request joins the ledger, the plan and the server's stamps of one request. never
// stands for a response that comes after the time-out.
type request struct {
	reported, stamped, planned    time.Duration
	generator, connection, server time.Duration
}

const never = time.Duration(math.MaxInt64)

// join returns the requests of the window, and how many lines of the ledger are
// impossible: their stamps are out of order, or the server never answered the
// request.
func (o *observation) join() (all []request, impossible int) {
	for _, l := range o.lines {
		if l.Dispatch < l.Intended || l.FirstWrite < l.Dispatch || l.LastByte < l.FirstWrite {
			impossible++
		}
		if l.Intended < warmup {
			continue
		}
		s, seen := o.stamps[l.Seq]
		if !seen && l.Outcome == attack.OK {
			impossible++
			continue
		}
		all = append(all, o.request(l, s, seen))
	}
	return all, impossible
}

// request joins what is known of one request. All times are on the clock of the
// generator, from the intended moment.
func (o *observation) request(l attack.Line, s stamp, seen bool) request {
	limit := o.shape.Timeout
	intended := o.zero + int64(l.Intended)
	r := request{
		reported: l.LastByte - l.Intended,
		stamped:  never,
		planned:  o.shape.Server.wait(intended, o.epoch, l.Seq),
	}
	if seen {
		r.stamped = time.Duration(s.written - intended)
		r.connection = time.Duration(s.received - (o.zero + int64(l.Dispatch)))
		r.server = time.Duration(s.written-s.received) - r.planned
		r.generator = r.reported - r.planned - r.connection - r.server
	}
	if l.Outcome == attack.Timeout {
		r.reported = never
	}
	if r.stamped > limit {
		r.stamped = never
	}
	if r.planned > limit {
		r.planned = never
	}
	return r
}

// judge compares the reported percentiles with both truths.
func (o *observation) judge() *Result {
	all, impossible := o.join()
	rep := o.reported
	res := &Result{Name: o.shape.Name, Scheduled: rep.Planned, Sent: rep.Sent, Impossible: impossible}
	fault := func(format string, args ...any) { res.Faults = append(res.Faults, fmt.Sprintf(format, args...)) }

	if rep.Sent != rep.Planned || rep.Recorded != rep.Scheduled || uint64(len(all)) != rep.Recorded {
		fault("%d requests planned and %d sent; of %d due in the window %d recorded, and %d found at the server", rep.Planned, rep.Sent, rep.Scheduled, rep.Recorded, len(all))
	}
	if impossible > 0 {
		fault("%d requests with impossible stamps", impossible)
	}
	if rep.Outcomes.Rejected+rep.Outcomes.Error > 0 {
		fault("%d refusals and errors, which the server never gives", rep.Outcomes.Rejected+rep.Outcomes.Error)
	}
	res.broken = len(res.Faults) > 0
	lag := rep.Part(results.PartLag, results.OK)
	res.LagP50, res.LagP99 = seconds(lag.At(0.50)), seconds(lag.At(0.99))

	long := res.broken
	byStamped := func(r request) time.Duration { return r.stamped }
	byPlanned := func(r request) time.Duration { return r.planned }
	reported := sorted(all, func(r request) time.Duration { return r.reported })
	stamped, planned := sorted(all, byStamped), sorted(all, byPlanned)
	res.Timeouts = Timeouts{rep.Outcomes.Timeout, beyond(stamped, byStamped), beyond(planned, byPlanned)}
	if d := math.Abs(float64(res.Timeouts.Reported) - float64(res.Timeouts.Stamped)); d > math.Max(2, o.shape.Tolerance*float64(res.Timeouts.Stamped)) {
		fault("%d time-outs reported, %d by the server's stamps", res.Timeouts.Reported, res.Timeouts.Stamped)
		long = true
	}
	for _, q := range o.quantiles(reported, stamped, planned) {
		if why := q.fault(o.shape); why != "" {
			fault("%s: %s", q.Name, why)
			if q.Reported != nil && q.Stamped != nil && *q.Stamped < shortWait.Seconds() {
				res.Coarse = max(res.Coarse, math.Abs(*q.Reported-*q.Stamped))
			} else {
				long = true
			}
		}
		res.Quantiles = append(res.Quantiles, q)
	}
	if long {
		res.Coarse = 0
	}
	res.OK = len(res.Faults) == 0
	return res
}

// quantiles compares the percentiles that are judged.
func (o *observation) quantiles(reported, stamped, planned []request) (all []Quantile) {
	headline := o.reported.Headline
	for _, p := range []struct {
		name     string
		permille int
		reported *float64
	}{
		{"p50", 500, headline.At(0.50)}, {"p95", 950, headline.At(0.95)},
		{"p99", 990, headline.At(0.99)}, {"p99.9", 999, headline.At(0.999)},
	} {
		q := o.quantile(reported, stamped, planned, p.permille)
		q.Name, q.Reported = p.name, inSeconds(p.reported)
		q.StampedError, q.PlannedError = ratio(q.Reported, q.Stamped), ratio(q.Reported, q.Planned)
		all = append(all, q)
	}
	return all
}

// quantile finds the truths of a percentile, and what the requests around the
// reported value spent their time on.
func (o *observation) quantile(reported, stamped, planned []request, permille int) (q Quantile) {
	n := len(reported)
	if n == 0 {
		return q
	}
	i := (n*permille+999)/1000 - 1 // rank ⌈p·n⌉
	q.Stamped = finite(stamped[i].stamped)
	if !o.shape.Starved {
		q.Planned = finite(planned[i].planned)
	}
	around := reported[max(0, i-n/2000):min(n, i+n/2000+1)]
	var k float64
	for _, r := range around {
		if r.reported == never || r.stamped == never || r.planned == never {
			continue
		}
		k++
		q.Generator += r.generator.Seconds()
		q.Connection += r.connection.Seconds()
		q.Server += r.server.Seconds()
	}
	if k > 0 {
		q.Generator, q.Connection, q.Server = q.Generator/k, q.Connection/k, q.Server/k
	}
	return q
}

// ratio returns the relative error, or nil if it does not exist.
func ratio(reported, truth *float64) *float64 {
	if reported == nil || truth == nil || *truth <= 0 {
		return nil
	}
	v := (*reported - *truth) / *truth
	return &v
}

// fault explains what is wrong with a percentile, or returns "".
func (q *Quantile) fault(s Shape) string {
	if (q.Reported == nil) != (q.Stamped == nil) {
		return fmt.Sprintf("%s reported, %s by the server's stamps", show(q.Reported), show(q.Stamped))
	}
	if q.Reported == nil || q.Name == "p99.9" && *q.Stamped < shortWait.Seconds() {
		return "" // the machine causes the tail of a short wait: it is shown, but not judged
	}
	if d := math.Abs(*q.Reported - *q.Stamped); d > max(s.Tolerance**q.Stamped, floor.Seconds()) {
		return fmt.Sprintf("%s reported, %s by the server's stamps", show(q.Reported), show(q.Stamped))
	}
	tolerance := plannedTolerance
	if q.Name == "p95" {
		tolerance = plannedTolerance95
	}
	// A request that leaves late during a stall waits less for its end. The server's
	// part is then negative, and what the generator added cancels out.
	if ours := q.Generator + q.Connection + min(q.Server, 0); q.Planned != nil && *q.Planned >= shortWait.Seconds() && ours > tolerance**q.Planned {
		return fmt.Sprintf("generator and connections add %s to %s", show(&ours), show(q.Planned))
	}
	return ""
}

// show prints a time in milliseconds.
func show(v *float64) string {
	if v == nil {
		return "beyond the time-out"
	}
	return fmt.Sprintf("%.3f ms", *v*1e3)
}

// sorted returns the requests in rising order of a time.
func sorted(all []request, by func(request) time.Duration) []request {
	s := slices.Clone(all)
	slices.SortFunc(s, func(a, b request) int {
		switch x, y := by(a), by(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return s
}

// beyond counts the requests that never got an answer; sorted is sorted by the same
// time.
func beyond(sorted []request, by func(request) time.Duration) (n uint64) {
	for i := len(sorted) - 1; i >= 0 && by(sorted[i]) == never; i-- {
		n++
	}
	return n
}

// finite is a time in seconds; nil stands for never.
func finite(d time.Duration) *float64 {
	if d == never {
		return nil
	}
	v := d.Seconds()
	return &v
}

// seconds turns nanoseconds into seconds; a quantile that does not exist is 0.
func seconds(ns *float64) float64 {
	if ns == nil {
		return 0
	}
	return *ns / 1e9
}

// inSeconds turns nanoseconds into seconds, and keeps nil.
func inSeconds(ns *float64) *float64 {
	if ns == nil {
		return nil
	}
	v := *ns / 1e9
	return &v
}
