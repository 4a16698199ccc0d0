package attack

import (
	"fmt"
	"time"

	"github.com/assay-bench/assay/results"
)

// SecondLag is the lag of one second of the window.
type SecondLag struct {
	Start time.Duration // since the start of the attack
	P99   time.Duration // of the lag of the requests due in it
	// Wait is the p99 of the wait for a connection. A lane that never rests leaves
	// answers unread, and their connections look taken.
	Wait time.Duration
}

// Generator says how well the generator worked in one load. Its figures decide whether
// the generator, and not the server, limited the load.
type Generator struct {
	// Lanes is the number of lanes. It is 0 if the load was made request by request; how
	// busy the generator was is then unknown.
	Lanes int
	// Busy is the share of wall time that a lane worked instead of waiting, by lane and
	// by second. Seconds count from the start of the attack; streams that share lanes
	// count from the start of the first stream.
	Busy [][]float64
	// Lags has the lag of each second of the window in which requests were due. A closed
	// load has none.
	Lags []SecondLag

	// LagP99, HandlingP99 and ResponseP99 are quantiles over all requests of the window,
	// whatever their outcome. They are nil if there are no values. A closed load has no
	// lag.
	LagP99, HandlingP99, ResponseP99 *time.Duration
	// few says that the quantiles come from too few requests to be judged. With a hundred
	// requests, a single pause of the machine decides the p99.
	few bool
	// apart says that no server runs on the generator's CPUs.
	apart bool
	// The window begins after the warm-up.
	warmup, window time.Duration

	// Lost is the share of the window in which the clients of a closed load neither
	// paused nor had a request under way, because the generator did not send for them. It
	// is 0 under open load, and where it is not known.
	Lost float64
	// Handshakes is the number of TLS handshakes, including those before the attack.
	Handshakes uint64
}

// Bounds of the rule by which a generator limits a load.
const (
	limitLate      = time.Millisecond // p99 of lag or handling, of the window or of one second
	limitShare     = 0.05             // p99 of lag or handling, as a share of the p99 of the response
	limitBusy      = 0.95             // share of a second in which a lane worked
	limitSeconds   = 2                // number of seconds that are both busy and late; in a shorter window, all of them
	limitLostShare = 0.05             // share of the time of a closed load's clients
	// idleBusy is the largest share of a second in which a lane works if the lane has time
	// to spare. What makes such a lane late is not its work.
	idleBusy = 0.5
)

// Limited says how the generator limited the load, or returns "" if it did not. The
// generator limited the load in any of three cases: the p99 of lag or handling is above
// 1 ms and above 5 % of the p99 of the response; in two seconds of the window, a lane was
// busy for 95 % of the second and the p99 of that second's lag, or of its wait for a
// connection, was above 1 ms (a lane that is busy but punctual limits nothing); or the clients of a closed load were kept from
// sending for more than 5 % of their time.
//
// A generator that was late although its lanes had time to spare was delayed by something
// else on its machine, or it had to read very many answers at once, and the text says so
// (see Delayed).
func (g *Generator) Limited() string {
	why := g.limit()
	if why != "" && g.Delayed() {
		why += fmt.Sprintf(", although it worked for at most %.0f %% of a second: something else kept it from running, or very many answers came at once", 100*g.mostBusy())
	}
	return why
}

// limit says which bound of the rule the generator crossed, or returns "".
func (g *Generator) limit() string {
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

// Delayed reports whether a generator that was late had time to spare: no lane worked for
// more than half of any second of the window, and no client waited for it for long. Where
// nobody knows how busy it was, it was not delayed; and where servers share its CPUs, the
// variant that was measured may have delayed it.
func (g *Generator) Delayed() bool {
	return g.apart && g.Lanes > 0 && g.mostBusy() <= idleBusy && g.Lost <= limitLostShare
}

// mostBusy is how busy the busiest lane was in its busiest second of the window.
func (g *Generator) mostBusy() (most float64) {
	first := int(g.warmup / time.Second)
	last := int((g.warmup + g.window - 1) / time.Second)
	for second := first; second <= last; second++ {
		most = max(most, g.busiest(second))
	}
	return most
}

// busyAndLate counts the seconds of the window in which the lag, or the wait for a
// connection, was high while a lane was busy.
func (g *Generator) busyAndLate() (n int) {
	for _, l := range g.Lags {
		if max(l.P99, l.Wait) > limitLate && g.busiest(int(l.Start/time.Second)) >= limitBusy {
			n++
		}
	}
	return n
}

// busiest is how busy the busiest lane was in a second. A lane that has recorded nothing
// for the second never came to wait in it, and counts as busy throughout.
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

// assess collects the figures of the generator. It is called when the recorder has
// finished.
func assess(cfg *Config, rec *recorder, res *results.StreamResult, t *tallied) Generator {
	g := Generator{Lanes: t.lanes, Busy: t.busy, Lags: rec.lags, Handshakes: t.handshakes, apart: cfg.Apart, warmup: cfg.Warmup, window: res.Window}
	g.LagP99, g.HandlingP99 = rec.p99(partLag), rec.p99(partHandling)
	g.ResponseP99 = rec.p99(rec.headlinePart())
	m, _ := results.MetricByName("p99")
	g.few = res.Recorded < m.Fewest
	if clients := time.Duration(cfg.clients()); clients > 0 && res.Window > 0 {
		g.Lost = float64(t.lost) / float64(clients*res.Window)
	}
	return g
}

// p99 returns the p99 of a part over requests of all outcomes, or nil if there are none.
// A request that timed out counts with the time after which it was given up.
func (r *recorder) p99(part int) *time.Duration {
	all := results.NewHistogram()
	for _, total := range r.sent() {
		for _, t := range total[part] {
			t.pour(all)
		}
	}
	v := results.Summarise(all, 0).At(0.99)
	if v == nil {
		return nil
	}
	d := time.Duration(*v)
	return &d
}

// sent returns the totals that hold every request once.
func (r *recorder) sent() (all []*cells[*binTotal]) {
	if r.cfg.Flow == nil {
		return []*cells[*binTotal]{&r.total}
	}
	for kind := range r.targets {
		if r.cfg.sent(kind) {
			all = append(all, &r.targets[kind])
		}
	}
	return all
}

// record writes the figures of the generator into the result of the stream.
func (g *Generator) record(res *results.StreamResult, warmup time.Duration) {
	res.GeneratorLimited, res.ClientsLost = g.Limited(), g.Lost
	res.GeneratorDelayed = res.GeneratorLimited != "" && g.Delayed()
	for _, lane := range g.Busy {
		res.LaneBusy = append(res.LaneBusy, busyWithin(lane, warmup, warmup+res.Window))
	}
}

// busyWithin is the share of the time between two moments in which a lane was busy. A
// second for which the lane has recorded nothing counts as busy throughout.
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
