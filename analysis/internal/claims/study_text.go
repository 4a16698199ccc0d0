package claims

import "slices"

// Scenarios that several claims are tested in.
const (
	low, high, sustained = "article-low", "article-high", "article-sustained"
	naive                = "naive"
	pool                 = "workerpool"
	reusing              = "optimized"
)

// at is a variant under the load of a scenario without a matrix.
func at(scenario, variant string) Subject { return Subject{Scenario: scenario, Variant: variant} }

// each measures a metric of a variant in several scenarios.
func each(metric, variant string, scenarios ...string) []Measure {
	var all []Measure
	for _, s := range scenarios {
		all = append(all, Measure{Metric: metric, A: at(s, variant)})
	}
	return all
}

// against measures a ratio of two variants in several scenarios.
func against(metric, above, below string, scenarios ...string) []Measure {
	var all []Measure
	for _, s := range scenarios {
		all = append(all, Measure{Kind: Ratio, Metric: metric, A: at(s, above), B: at(s, below)})
	}
	return all
}

// inTime measures how much larger a share one variant answers within the
// objective, in several open loads.
func inTime(above, below string, scenarios ...string) []Measure {
	var all []Measure
	for _, s := range scenarios {
		all = append(all, Measure{Kind: Difference, Metric: "within-slo-ratio", A: at(s, above), B: at(s, below)})
	}
	return all
}

// FromText are the claims that the study makes in sentences.
func FromText() []Claim {
	return slices.Concat(throughputs(), goroutines(), hitRates(), best(), sizing(), stories())
}

// throughputs are the claims about speed.
func throughputs() []Claim {
	return []Claim{
		{
			ID: "rejections", Source: "text", Text: "The bounded pools reject 880 of every 1,000 requests",
			Want: just(0.88), Unit: "reject-ratio",
			Tests: slices.Concat(
				each("reject-ratio", pool, high, "article-high-at-once", "concurrency-1000"),
				each("reject-ratio", reusing, high)),
			Because: "of 1,000 clients 120 find room, but the share of requests is set by how soon a refused client asks again",
		},
		{
			ID: "ten-times", Source: "text", Text: "naive is 10 times as fast at high as at low load",
			Want: just(10), Unit: Factor,
			Tests:   []Measure{{Kind: Ratio, Metric: "req/s", A: at(high, naive), B: at(low, naive)}},
			Honest:  []Measure{{Kind: Ratio, Metric: SuccessfulSpeed, A: at(high, naive), B: at(low, naive)}},
			Theory:  &Theory{10, Factor, "1,000 clients / 100 clients, at the same time each"},
			Because: "ten times as many clients send ten times as many requests, and none is answered sooner",
		},
		{
			ID: "four-to-five", Source: "text", Text: "naive is 4 to 5 times as fast as the pools",
			Want: Range{4, 5}, Unit: Factor,
			Tests:   against("req/s", naive, pool, low, high, sustained),
			Honest:  slices.Concat(against("goodput/s", naive, pool, low, high, sustained), against(SuccessfulSpeed, naive, pool, "steady-open")),
			Theory:  &Theory{100 / storeTime / capacity, Factor, "at low load: 100 clients / 20 workers"},
			Because: "the factor is clients to workers, and refusals blur it",
		},
		{
			ID: "naive-faster", Source: "implied", Text: "naive is the faster pattern, whatever the load", Order: true, Unit: Factor,
			Tests: slices.Concat(
				against("goodput/s", naive, pool, low, high, sustained, "concurrency-10", "concurrency-1000", "spike-postgres"),
				inTime(naive, pool, "steady-open", "steady-open-poisson", "overload-open", "recovery", "slow-query-postgres")),
			Because: "where the store has no limit of its own, a bound costs the goodput above it, and nothing below",
		},
	}
}

// goroutines are the claims about goroutines and memory.
func goroutines() []Claim {
	slope := func(scenario string) Measure {
		return Measure{Kind: Slope, Metric: "peak-RSS-bytes", A: at(scenario, naive), B: at(scenario, pool), Per: "peak-goroutines"}
	}
	return []Claim{
		{
			ID: "goroutine-2kb", Source: "text", Text: "A goroutine costs about 2 KB", Want: just(2048), Unit: "RSS-bytes",
			Tests:   []Measure{slope(high), slope(sustained), slope("concurrency-500"), slope("concurrency-1000")},
			Because: "2 KiB is the stack that a goroutine starts with; one that serves a request grows it, and holds the request besides",
		},
		{
			ID: "thousand-goroutines", Source: "text", Text: "1,000 goroutines cost 2 to 4 MB, so each 2 to 4 KB", Want: Range{2048, 4096}, Unit: "RSS-bytes",
			Tests:   []Measure{slope(high), slope(sustained), slope("concurrency-500"), slope("concurrency-1000")},
			Because: "resident memory of the two servers, per goroutine that one has more; what else a server needs that answers so many more requests is in it",
		},
		{
			ID: "five-times-goroutines", Source: "text", Text: "naive uses 5 times the goroutines of a pool", Want: just(5), Unit: Factor,
			Tests:   against(OwnGoroutines, naive, pool, low, high, sustained),
			Honest:  against("peak-goroutines", naive, pool, low, high, sustained),
			Theory:  &Theory{100.0 / workers, Factor, "at low load: 100 requests at work / 20"},
			Because: "naive has one for every request at work, so the factor is clients to workers; a server has one more for every connection, and another while its request waits, whatever the pattern",
		},
	}
}

// hitRates are the claims about sync.Pool.
func hitRates() []Claim {
	runs := []string{low, high, sustained, "steady-open", "reuse"}
	warm := []string{sustained, "steady-open", "reuse"} // many more gets than requests at work at once
	return []Claim{
		{
			ID: "hit-rate-51", Source: "text", Text: "sync.Pool is hit by 51 % of its gets", Want: just(0.51), Unit: HitRate,
			Tests: each(HitRateCounted, reusing, runs...), Honest: each(HitRate, reusing, runs...),
			Because: "counting every get a hit gives about one half wherever nearly every get misses",
		},
		{
			ID: "hit-rate-warm", Source: "text", Text: "sync.Pool is hit by 80 to 90 % after warming up", Want: Range{0.80, 0.90}, Unit: HitRate,
			Tests:   each(HitRate, reusing, warm...),
			Because: "a miss is about one for every request at work at once, so the rate grows with the number of requests; cold, it is that of the first few (the row above)",
		},
		{
			ID: "hit-rate-90", Source: "template", Text: "sync.Pool is hit by more than 90 %", Want: above(0.90), Unit: HitRate,
			Tests: each(HitRate, reusing, warm...),
		},
	}
}

// best are the claims about the pattern that reuses objects.
func best() []Claim {
	closed := []string{low, high, sustained}
	return []Claim{
		{
			ID: "optimized-throughput", Source: "text", Text: "optimized has the best throughput", Order: true, Unit: Factor,
			Tests:   slices.Concat(against("goodput/s", reusing, pool, closed...), against("goodput/s", reusing, naive, closed...)),
			Because: "both pools answer what their workers can, and naive has no such bound",
		},
		{
			ID: "optimized-latency", Source: "text", Text: "optimized has the best latency", Order: true, Unit: Factor,
			Tests: slices.Concat(
				against(SuccessfulSpeed, reusing, pool, append(closed, "steady-open", "reuse")...),
				against(SuccessfulSpeed, reusing, naive, append(closed, "steady-open", "reuse")...)),
			Because: "reuse saves microseconds, which a query of milliseconds hides",
		},
		{
			ID: "optimized-p99", Source: "text", Text: "optimized has the most consistent p99 (nearest to the median)", Order: true, Unit: Factor,
			Tests: slices.Concat(
				against(TailOverMedian, pool, reusing, sustained, "steady-open", "reuse"),
				against(TailOverMedian, naive, reusing, sustained, "steady-open", "reuse")),
		},
		{
			ID: "optimized-allocations", Source: "implied", Text: "optimized allocates less than the plain pool", Order: true, Unit: Factor,
			Tests: against("server-B/op", pool, reusing, sustained, "steady-open", "reuse"),
		},
	}
}
