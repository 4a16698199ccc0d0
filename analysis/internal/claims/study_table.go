package claims

import "fmt"

// What the study set for all of its runs, and what follows from it.
const (
	workers   = 20
	queue     = 100
	storeTime = 0.075 // seconds, the mean of 50 to 100 ms
	errorRate = 0.05
	capacity  = workers / storeTime // answers per second that the workers can give
)

// published is a row of the study's table of results. Zero means that it leaves
// the cell empty.
type published struct {
	load, scenario, variant string
	clients, requests       int
	rate, mean, p99         float64 // per second, seconds, seconds
	failed                  float64 // share
	goroutines              float64
}

var publishedRows = []published{
	{"low", "article-low", "naive", 100, 1_000, 1115, 0.07587, 0.10006, 0.0580, 0},
	{"low", "article-low", "workerpool", 100, 1_000, 260, 0.36494, 0.42370, 0.0530, 0},
	{"low", "article-low", "optimized", 100, 1_000, 261, 0.36306, 0.41751, 0.0470, 0},
	{"high", "article-high", "naive", 1_000, 10_000, 11104, 0.07547, 0.10004, 0.0524, 1000},
	{"high", "article-high", "workerpool", 1_000, 10_000, 2124, 0.14847, 0.56899, 0.8829, 20},
	{"high", "article-high", "optimized", 1_000, 10_000, 2248, 0.14495, 0.56586, 0.8875, 20},
	{"sustained", "article-sustained", "naive", 500, 50_000, 6179, 0.07575, 0, 0.0492, 500},
	{"sustained", "article-sustained", "workerpool", 500, 50_000, 1593, 0.16450, 0, 0.8450, 0},
	{"sustained", "article-sustained", "optimized", 500, 50_000, 1547, 0.16709, 0, 0.8395, 0},
}

// FromTable are the claims of the table of results, a claim for every number.
func FromTable() []Claim {
	var all []Claim
	for _, r := range publishedRows {
		all = append(all, r.claims()...)
	}
	return all
}

// claims makes a claim of every number in the row.
func (r published) claims() []Claim {
	cell := Subject{Scenario: r.scenario, Variant: r.variant}
	var all []Claim
	add := func(what, words string, value float64, unit string, theory *Theory, counted string, honest ...string) *Claim {
		c := Claim{
			ID: r.load + "-" + r.variant + "-" + what, Text: fmt.Sprintf("%s load, `%s`: %s", r.load, r.variant, words),
			Source: "table of results", Want: just(value), Unit: unit, Theory: theory,
			Tests: []Measure{{Metric: counted, A: cell}},
		}
		for _, h := range honest {
			c.Honest = append(c.Honest, Measure{Metric: h, A: cell})
		}
		all = append(all, c)
		return &all[len(all)-1]
	}
	refuses, mixed := "", ""
	if r.refused() {
		refuses, mixed = "refusals count as requests, and are quick; how many there are is set by how soon a refused client asks again", "quick refusals pull the mean down"
	}
	add("rate", "requests per second", r.rate, "req/s", r.rateTheory(), "req/s", "goodput/s").Because = refuses
	add("mean", "mean latency", r.mean, "mean-sec", r.meanTheory(), MeanOfAll, "mean-sec").Because = mixed
	if r.p99 > 0 {
		add("p99", "p99 latency", r.p99, "p99-sec", nil, P99OfAll, "p99-sec")
	}
	add("failed", "errors, refusals among them", r.failed, Failed, r.failedTheory(), Failed)
	if r.goroutines > 0 {
		add("goroutines", "goroutines", r.goroutines, "peak-goroutines", r.goroutineTheory(), OwnGoroutines, "peak-goroutines").Because = "a server has goroutines for its connections and their requests, which a method call in the same process has not"
	}
	return all
}

// refused reports whether the pool refuses requests, because the load has more clients
// than the pool has room for.
func (r published) refused() bool { return r.variant != "naive" && r.clients > workers+queue }

// rateTheory is the most that can be answered per second: by as many clients, or by the
// workers.
func (r published) rateTheory() *Theory {
	switch {
	case r.variant == "naive":
		return &Theory{float64(r.clients) / storeTime, "req/s", "at most clients / 75 ms"}
	case r.refused():
		return &Theory{capacity * (1 - errorRate), "goodput/s", "goodput at most 20 workers / 75 ms, less 5 % errors"}
	}
	return &Theory{capacity, "req/s", "at most 20 workers / 75 ms"}
}

// meanTheory is the mean time of an answer that Little's law gives at that rate.
func (r published) meanTheory() *Theory {
	switch {
	case r.variant == "naive":
		return &Theory{storeTime, "mean-sec", "nobody waits: the store's mean"}
	case r.refused():
		return &Theory{(workers + queue) / capacity, "mean-sec", "of those let in: 120 in the pool / (20 workers / 75 ms)"}
	}
	return &Theory{float64(r.clients) / capacity, "mean-sec", "clients / (20 workers / 75 ms)"}
}

// failedTheory is the share of requests that the store fails.
func (r published) failedTheory() *Theory {
	if !r.refused() {
		return &Theory{errorRate, Failed, "the store's error rate"}
	}
	return nil // it is set by how soon a refused client asks again
}

// goroutineTheory is how many goroutines are at work for requests at once.
func (r published) goroutineTheory() *Theory {
	if r.variant == "naive" {
		return &Theory{float64(r.clients), "peak-goroutines", "requests at work: at most one a client"}
	}
	return &Theory{workers, "peak-goroutines", "requests at work: one a worker"}
}
