package attack

import (
	"fmt"
	"time"

	"github.com/assay-bench/assay/results"
)

// SecondLag is the lag of one second of the window.
type SecondLag struct {
	Start time.Duration // since the start of the attack
	P99   time.Duration
}

// Generator is how the generator did in one load: what is needed to tell whether it
// was the generator that limited the load, and not the server.
type Generator struct {
	Lanes int // 0: request by request, and nothing is known of how busy it was
	// Busy is, by lane and second since the start of the attack, the share of wall
	// time that a lane spent outside its wait. The first stream's start counts for all
	// that share the lanes.
	Busy [][]float64
	// Lags are of the seconds of the window in which requests were meant to start; of
	// an open load.
	Lags []SecondLag

	// Quantiles of all requests of the window, whatever became of them; nil: there
	// are none. A closed load has no lag.
	LagP99, HandlingP99, ResponseP99 *time.Duration
	// few says that these are of too few requests to be judged: of a hundred, one pause
	// of the machine is the p99.
	few bool

	// Lost is the share of their time in the window that the clients of a closed load
	// spent neither in pauses nor on a request: the generator let them wait. It is 0
	// in open load, and where nothing is known of it.
	Lost float64
	// Handshakes of TLS, those before the attack included.
	Handshakes uint64
}

// Bounds of the rule by which a generator limits a load.
const (
	limitLate      = time.Millisecond // of lag and handling, and of a second's lag
	limitShare     = 0.05             // of them in the response
	limitBusy      = 0.95             // of a second
	limitSeconds   = 2                // that are so busy, and late; in a shorter window all
	limitLostShare = 0.05             // of the time of a closed load's clients
)

// Limited says by what the generator limited the load; empty if it did not. It did
// if lag or handling had a p99 above 1 ms and above 5 % of that of the response; or
// if a lane was busy for 95 % of two seconds of the window whose lag had a p99 above
// 1 ms, since one that is busy and in time limits nothing; or if a closed load's
// clients were kept from sending for more than 5 % of their time.
func (g *Generator) Limited() string {
	for _, p := range []struct {
		name string
		p99  *time.Duration
	}{{"lag", g.LagP99}, {"handling", g.HandlingP99}} {
		if p.p99 == nil || *p.p99 <= limitLate || g.few {
			continue
		}
		if g.ResponseP99 == nil || float64(*p.p99) > limitShare*float64(*g.ResponseP99) {
			return fmt.Sprintf("generator-limited: p99 of %s is %v", p.name, p.p99.Round(10*time.Microsecond))
		}
	}
	if n := g.busyAndLate(); n > 0 && n >= min(limitSeconds, len(g.Lags)) {
		return fmt.Sprintf("generator-limited: it was busy and late in %d of %d seconds", n, len(g.Lags))
	}
	if g.Lost > limitLostShare {
		return fmt.Sprintf("generator-limited: clients waited for it for %.0f %% of their time", 100*g.Lost)
	}
	return ""
}

// busyAndLate counts the seconds of the window in which the lag was high while a lane
// was busy.
func (g *Generator) busyAndLate() (n int) {
	for _, l := range g.Lags {
		if l.P99 > limitLate && g.busiest(int(l.Start/time.Second)) >= limitBusy {
			n++
		}
	}
	return n
}

// busiest is how busy the busiest lane was in a second. One of which no lane knows
// anything had no wait.
func (g *Generator) busiest(second int) (most float64) {
	for _, lane := range g.Busy {
		if second < len(lane) {
			most = max(most, lane[second])
		} else {
			most = 1
		}
	}
	return most
}

// assess gathers how the generator did. It is called when the recorder has finished.
func (a *Attack) assess(res *results.StreamResult, t *tallied) Generator {
	g := Generator{Lanes: t.lanes, Busy: t.busy, Lags: a.rec.lags, Handshakes: t.handshakes}
	g.LagP99, g.HandlingP99 = a.rec.p99(partLag), a.rec.p99(partHandling)
	g.ResponseP99 = a.rec.p99(a.rec.headlinePart())
	m, _ := results.MetricByName("p99")
	g.few = res.Recorded < m.Fewest
	if clients := time.Duration(a.cfg.Clients); clients > 0 && res.Window > 0 {
		g.Lost = float64(t.lost) / float64(clients*res.Window)
	}
	return g
}

// p99 returns that of a part over requests of all outcomes; nil if there are none.
// Requests that timed out count with the time after which they were given up.
func (r *recorder) p99(part int) *time.Duration {
	all := results.NewHistogram()
	for _, t := range r.total[part] {
		t.pour(all)
	}
	v := results.Summarise(all, 0).At(0.99)
	if v == nil {
		return nil
	}
	d := time.Duration(*v)
	return &d
}

// record notes in the result how the generator did.
func (g *Generator) record(res *results.StreamResult, warmup time.Duration) {
	res.GeneratorLimited, res.ClientsLost = g.Limited(), g.Lost
	for _, lane := range g.Busy {
		res.LaneBusy = append(res.LaneBusy, busyWithin(lane, warmup, warmup+res.Window))
	}
}

// busyWithin is the share of the time between two moments in which a lane was busy. A
// second of which the lane knows nothing had no wait.
func busyWithin(lane []float64, from, to time.Duration) float64 {
	if to <= from {
		return 0
	}
	busy := 0.0
	for start := from.Truncate(time.Second); start < to; start += time.Second {
		part := min(to, start+time.Second) - max(from, start)
		share := 1.0
		if n := int(start / time.Second); n < len(lane) {
			share = lane[n]
		}
		busy += share * part.Seconds()
	}
	return busy / (to - from).Seconds()
}
