package knownanswer

import (
	"fmt"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/schedule"
)

// Shape is one known-answer test: a behaviour of the server, and the load on it.
type Shape struct {
	// Name is unique and describes the shape. A name that begins with "stall " means
	// that the server stalls, see Stalls.
	Name        string
	Server      Behaviour         // how long answers take
	Rate        float64           // per second
	Arrivals    schedule.Arrivals // the zero value: evenly spaced
	Duration    time.Duration     // of the window, which follows a warm-up
	Timeout     time.Duration     // of a request, from its intended start
	Connections int               // the most that are open at once
	// Tolerance is the largest relative error of a percentile, against the server's
	// stamps, that counts as right.
	Tolerance float64
	// Starved says that there are too few connections on purpose. The planned truth
	// knows nothing of connections, so it is not the yardstick.
	Starved bool
}

// Stalls reports whether the server stalls, and whether there are enough connections
// and time for every request that waits.
func (s Shape) Stalls() bool { return strings.HasPrefix(s.Name, "stall ") }

// Whole is how long the load lasts, with its warm-up.
func (s Shape) Whole() time.Duration { return warmup + s.Duration }

const (
	warmup  = 500 * time.Millisecond
	timeout = 10 * time.Second
)

// Stall is the shape that shows coordinated omission: a server that freezes for half
// a second in every five, at a constant 2,000/s. The window is so long that stalls
// are 7.5 % of it. Requests during stalls wait uniformly up to half a second: p95 is
// 167 ms, p99 433 ms, p99.9 493 ms.
func Stall(stalls int) Shape {
	const stallTime = 500 * time.Millisecond
	s := stall("stall 0.5 s in 5 s, 2,000/s constant", 2000, schedule.Constant, stallTime, 5*time.Second, 0)
	s.Duration = time.Duration(stalls) * stallTime * 1000 / 75
	// The first stall comes so late that one more does not fit in.
	s.Server.First = warmup + time.Duration(stalls)*1700*time.Millisecond
	return s
}

// stall is a shape whose server answers nothing for some time in every period. It has
// connections for all requests of a stall, so that none waits for one.
func stall(name string, rate float64, a schedule.Arrivals, stall, every, window time.Duration) Shape {
	return Shape{
		Name: name, Server: stalls(stall, every), Rate: rate, Arrivals: a, Duration: window,
		// Every request that comes during a stall holds a connection.
		Timeout: timeout, Connections: int(rate*stall.Seconds())*6/5 + 20, Tolerance: 0.01,
	}
}

// Steady is a load on a server that answers at once. It tests the pacing.
func Steady(rate float64, window time.Duration) Shape {
	return Shape{
		Name: fmt.Sprintf("no delay, %.0f/s constant", rate), Rate: rate, Duration: window,
		Timeout: timeout, Connections: 50, Tolerance: 0.02,
	}
}

// stalls puts every stall in the middle of its period of the window.
func stalls(stall, every time.Duration) Behaviour {
	return Behaviour{Stall: stall, Every: every, First: warmup + (every-stall)/2}
}

// Shapes returns all known-answer tests. They take about 40 seconds.
func Shapes() []Shape {
	const ms = time.Millisecond
	return []Shape{
		Stall(1),
		stall("stall 0.5 s in 2.5 s, 1,000/s Poisson", 1000, schedule.Poisson, 500*ms, 2500*ms, 5*time.Second),
		stall("stall 0.2 s in 1 s, 1,000/s constant", 1000, schedule.Constant, 200*ms, time.Second, 3*time.Second),
		stall("stall 0.1 s in 1 s, 4,000/s constant", 4000, schedule.Constant, 100*ms, time.Second, 3*time.Second),
		{
			Name: "log-normal delay, median 50 ms, 1,000/s Poisson", Server: Behaviour{Delay: 50 * ms, Spread: 0.5},
			Rate: 1000, Arrivals: schedule.Poisson, Duration: 3 * time.Second, Timeout: timeout, Connections: 200, Tolerance: 0.02,
		},
		{
			Name: "jitter 1 ms in 10 ms, 2,000/s Poisson", Server: stalls(ms, 10*ms),
			Rate: 2000, Arrivals: schedule.Poisson, Duration: 3 * time.Second, Timeout: timeout, Connections: 50, Tolerance: 0.02,
		},
		{
			// 4 % of the requests wait longer than the time-out: p95 is 375 ms, and
			// p99 is beyond the time-out.
			Name: "time-out of 0.4 s crossed by stalls of 0.5 s", Server: stalls(500*ms, 2500*ms),
			Rate: 1000, Duration: 2500 * ms, Timeout: 400 * ms, Connections: 620, Tolerance: 0.02,
		},
		{
			// 20 connections with answers of 50 ms carry 400/s.
			Name: "500/s over connections for 400/s", Server: Behaviour{Delay: 50 * ms},
			Rate: 500, Duration: 2 * time.Second, Timeout: timeout, Connections: 20, Tolerance: 0.02, Starved: true,
		},
	}
}

// Speeds are the rates of AtSpeed, per second.
var Speeds = [...]float64{2000, 20_000, 40_000}

// AtSpeed are the shapes of a stall, of jitter and of a known distribution at a rate.
// A stall has a length at which everyone who comes during it has a connection of no
// more than some 2,400: 0.5 s at 2,000/s, 0.1 s at 20,000/s, 0.05 s at 40,000/s. It is
// a tenth of the time, so that p95 is half of it.
func AtSpeed(rate float64) []Shape {
	const ms = time.Millisecond
	length := min(500*ms, time.Duration(2000/rate*float64(time.Second)))
	all := []Shape{
		stall(fmt.Sprintf("stall %v in %v", length, 10*length), rate, schedule.Constant, length, 10*length, max(2*time.Second, 10*length)),
		{
			Name: "jitter 1ms in 10ms", Server: stalls(ms, 10*ms),
			Rate: rate, Arrivals: schedule.Poisson, Duration: 2 * time.Second, Timeout: timeout, Connections: 50 + int(rate/100),
		},
		{
			// The answer of one in a thousand takes 47 ms, and the mean is 11.4 ms.
			Name: "log-normal delay, median 10ms", Server: Behaviour{Delay: 10 * ms, Spread: 0.5},
			Rate: rate, Arrivals: schedule.Poisson, Duration: 2 * time.Second, Timeout: timeout, Connections: 50 + int(rate/50),
		},
	}
	for i := range all {
		all[i].Name += fmt.Sprintf(", %.0f/s", rate)
		all[i].Tolerance = 0.005
	}
	return all
}
