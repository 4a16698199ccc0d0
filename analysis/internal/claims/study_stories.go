package claims

import "slices"

// stories are claims from the failures that the study describes without having measured
// them.
func stories() []Claim {
	in := func(scenario, variant, stream string) Subject {
		return Subject{Scenario: scenario, Variant: variant, Stream: stream}
	}
	more := func(metric string, a, b Subject) Measure {
		return Measure{Kind: Difference, Metric: metric, A: a, B: b}
	}
	const spike, slow, cascade, naivePooled = "spike-postgres", "slow-query-postgres", "cascade-postgres", "naive-pooled"
	return []Claim{
		{
			ID: "story-spike", Source: "failure story", Text: "In a traffic spike the naive server exhausts a database of 100 connections", Order: true, Unit: "error-ratio",
			Tests:   []Measure{more("error-ratio", at(spike, naive), at(spike, pool)), more("error-ratio", at(spike, naivePooled), at(spike, pool))},
			Because: "errors beyond those of the pool; a refusal is no error. What keeps the database is the bound on connections: `naive` opens one for every query, `naive-pooled` has 20",
		},
		{
			ID: "story-slow-goroutines", Source: "failure story", Text: "Behind a slow query the naive server's goroutines pile up", Order: true, Unit: Factor,
			Tests: slices.Concat(
				against("peak-goroutines", naive, pool, slow), against(OwnGoroutines, naive, pool, slow),
				against("peak-goroutines", naivePooled, pool, slow), against(OwnGoroutines, naivePooled, pool, slow)),
			Because: "`naive-pooled` has as many connections as the pool, `naive` one for every query",
		},
		{
			ID: "story-slow-memory", Source: "failure story", Text: "… and it takes more memory than the pool", Order: true, Unit: Factor,
			Tests: slices.Concat(against("peak-RSS-bytes", naive, pool, slow), against("peak-RSS-bytes", naivePooled, pool, slow)),
		},
		{
			ID: "story-slow-end", Source: "failure story", Text: "… until memory is gone",
			Untestable: "the story is scaled down, so that the machine survives it",
		},
		{
			ID: "story-cascade", Source: "failure story", Text: "An overloaded naive server makes other services on its database fail", Order: true, Unit: Failed,
			Tests: []Measure{
				more(Failed, in(cascade, naive, "bystander"), in(cascade, pool, "bystander")),
				more(Failed, in(cascade, naive, "bystander-pooled"), in(cascade, pool, "bystander-pooled")),
				more(Failed, in(cascade, naivePooled, "bystander"), in(cascade, pool, "bystander")),
				more(Failed, in(cascade, naivePooled, "bystander-pooled"), in(cascade, pool, "bystander-pooled")),
			},
			Because: "failures of the bystander beside naive, beyond those beside the pool: a service that bounds its connections (`naive-pooled`), or a bystander that keeps its own, is spared",
		},
	}
}

// FromReview are what a review of the study's code says of its numbers.
func FromReview() []Claim {
	bound := just(capacity * (1 - errorRate))
	return []Claim{
		{
			ID: "review-wait", Source: "review", Text: "A refusal takes the 100 ms that the load test waits for room, and makes the pools' published mean", Want: just(0.100), Unit: "mean-sec",
			Tests: append(each(MeanRefused, pool, high, sustained), each(MeanRefused, reusing, high, sustained)...),
		},
		{
			ID: "review-at-once", Source: "review", Text: "… so the published mean is longer than that of the same pool that refuses at once", Order: true, Unit: Factor,
			Tests: []Measure{
				{Kind: Ratio, Metric: MeanOfAll, A: at(high, pool), B: at("article-high-at-once", pool)},
				{Kind: Ratio, Metric: MeanOfAll, A: at(sustained, pool), B: at("article-sustained-at-once", pool)},
			},
		},
		{
			ID: "review-goodput", Source: "review", Text: "20 workers give 253 successful answers per second, whatever the published rate", Want: bound, Unit: "goodput/s",
			Tests:  append(each("goodput/s", pool, low, high, sustained), each("goodput/s", reusing, low, high, sustained)...),
			Theory: &Theory{bound.Low, "goodput/s", "20 workers / 75 ms, less 5 % errors"},
		},
		{
			ID: "review-hit-rate", Source: "review", Text: "The true hit rate of sync.Pool is about 4.6 %, since the load test returns no object", Want: just(0.046), Unit: HitRate,
			Tests:   each(HitRate, reusing, low, high, sustained),
			Because: "that is of the published load test; our server returns what it took",
		},
		{
			ID: "review-empty", Source: "review", Text: "Over HTTP the naive server answers with no body", Want: just(0), Unit: BytesPerAnswer,
			Tests:   each(BytesPerAnswer, naive, low, high, sustained),
			Because: "that is of the published handler; ours waits for its goroutine before it returns",
		},
		{
			ID: "review-health", Source: "review", Text: "/health fails 5 % of the time", Unit: "error-ratio", Want: just(0.05),
			Untestable: "a fault of the published server that ours has not, and no load asks for that path",
		},
	}
}
