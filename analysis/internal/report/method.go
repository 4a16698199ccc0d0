package report

// method says how the numbers came about, and why so.
func (r *report) method() {
	r.Line("## Method\n")
	// Each sentence states one rule and the reason for it. The rules themselves are in
	// packages compare, effect, stats and measured: whoever changes one of them changes
	// its sentence here.
	sentences := []string{
		"**A trial is one observation.** Every trial starts a fresh server and attacks it once. Requests inside a trial depend on each other, so a p99 of a trial is one value, not thousands.",
		"**Blocks.** A block is one trial of every variant, in an order drawn from the seed. Whatever the machine does hits all variants of a block alike, so variants are compared within blocks. The number of blocks is fixed beforehand.",
		"**Same draws.** Schedule, targets and the simulated store of a block follow from one seed, equal for all of its variants.",
		"**Open load** sends on an absolute schedule, whatever the server does. Its response time runs from the *intended* start to the last byte, so a stalled server cannot hide the requests it kept waiting (coordinated omission).",
		"**Closed load** sends when the last answer is there. Its latency and throughput are one number (Little's law); it gives service time and is judged by goodput.",
		"**Goodput** is successful answers per second. Refusals are fast and worth nothing, so throughput alone flatters a server that refuses.",
		"**Latencies** cover successful answers and time-outs, the latter as infinite. Refusals and errors are counted beside. Where their ratios differ by more than one percentage point between two variants, latencies are of different requests and are not compared.",
		"**Within objective** is the share of *all* scheduled requests that were answered successfully in time.",
		"**Medians** over trials have order-statistic intervals (as benchstat's): they assume nothing but independent trials, and reach the confidence that is printed.",
		"**Effects** are Hodges–Lehmann estimates of the log ratio within blocks, with intervals from the exact signed-rank distribution; shares in [0, 1] compare by difference. They assume that differences are symmetric.",
		"**Many comparisons.** The p-values of the primary metrics are adjusted together by exact sign flips of whole blocks (max-T). Everything else is descriptive.",
		"**Not judged** are quantiles from too few values (p99: 1,000, p99.9: 10,000), saturated trials, different populations, and numbers of which the load generator's own delay is more than 5 %.",
		"**Hard checks** (foreign load, stolen CPU, a fault of the harness, a clock step) void a whole block, which is repeated. They use only what a variant cannot cause. A crash of a server is an outcome, not an excuse.",
	}
	// These two rules came with the second version of bundles. A page of older bundles
	// must not claim that they were followed.
	if r.countedByIntent() {
		sentences = append(sentences,
			"**What is counted.** Throughput and goodput of an open load are of requests that were *meant to start* in the window and were answered before its end: answers to what the warm-up left undone count for no rate. A closed load counts answers in the window.",
			"**Who is the limit.** A trial is generator-limited if the generator's lag, or the handling of an answer that had come, has a p99 above 1 ms and above 5 % of the p99 response; if a lane of it was both busy and late in two seconds; or if it kept clients of a closed load waiting for more than 5 % of their time. Such a trial says nothing of the server's limit: it is not called saturated, and not judged.")
	}
	for _, s := range sentences {
		r.Line("- %s", s)
	}
	r.Line("")
}

// countedByIntent reports whether a trial of the page counted the answers to requests of
// the warm-up apart. Bundles of the first version counted all answers that came in the
// window, and did not look who was the limit.
func (r *report) countedByIntent() bool {
	for _, run := range r.Runs {
		for i := range run.Trials {
			for _, s := range run.Trials[i].Streams {
				if s.Answered != nil {
					return true
				}
			}
		}
	}
	return false
}
