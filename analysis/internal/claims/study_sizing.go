package claims

import (
	"strings"

	"github.com/assay-bench/assay/analysis/internal/units"
)

// enough measures a size against the largest size of its scenario: the ratio of its
// goodput to that of the largest, or for a time the inverse ratio.
func enough(unit, scenario, size, largest string) Measure {
	if units.Better(unit) == units.Lower {
		size, largest = largest, size
	}
	return Measure{Kind: Ratio, Metric: unit, A: at(scenario, size), B: at(scenario, largest)}
}

// ruleCores is the number of cores for which the scenarios are written.
const ruleCores = 2

// inCores tells whether a variant has its size from a number of cores.
func inCores(c Subject) bool {
	return (c.Scenario == rulesIO || c.Scenario == rulesCPU) &&
		(strings.HasPrefix(c.Variant, "cores-") || strings.HasPrefix(c.Variant, "machine-"))
}

const (
	rulesIO  = "sizing-rules-io"
	rulesCPU = "sizing-rules-cpu"
	largeIO  = "healthcare-50"
	largeCPU = "20x100"
)

// sizing are the study's rules for the size of a pool. A rule promises that its size is
// enough, which is taken to mean: at most [Tolerance] worse than the largest pool of the
// same scenario. A size that is better than the largest is enough too, so the claim is a
// bound. Some rules count in cores. The scenarios apply them to ruleCores cores, so they
// are not tested on a machine with another number of cores.
func sizing() []Claim {
	sized := above(1 - Tolerance)
	needed := func(rate float64, words string) *Theory {
		return &Theory{rate * storeTime, "workers", words}
	}
	return []Claim{
		{
			ID: "size-io", Source: "sizing guide", Text: "For I/O-bound work, cores × 2 to 4 workers with queues of 5 times that are enough", Want: sized, Unit: Factor,
			Tests:   []Measure{enough("goodput/s", rulesIO, "cores-x2", largeIO), enough("goodput/s", rulesIO, "cores-x4", largeIO)},
			Theory:  needed(240, "workers at work: 240/s × 75 ms"),
			Because: "a worker that waits uses no core: the size follows from rate × time, not from cores",
		},
		{
			ID: "size-io-30", Source: "sizing guide", Text: "30 workers with a queue of 150 are enough (8 cores)", Want: sized, Unit: Factor,
			Tests:   []Measure{enough("goodput/s", rulesIO, "published-30", largeIO), enough("goodput/s", "sizing", "30x150", "100x500")},
			Theory:  needed(240, "workers at work: 240/s × 75 ms; 45 at 600/s"),
			Because: "a size is enough up to the rate that its workers answer: 400/s for 30",
		},
		{
			ID: "size-throughput", Source: "sizing guide", Text: "For throughput, cores × 3 workers are enough", Want: sized, Unit: Factor,
			Tests:   []Measure{enough("goodput/s", rulesIO, "cores-x3", largeIO)},
			Theory:  needed(240, "workers at work: 240/s × 75 ms"),
			Because: "cores bound what computes, and here the store waits",
		},
		{
			ID: "size-latency", Source: "sizing guide", Text: "For latency, half the expected concurrency is enough", Want: sized, Unit: Factor,
			Tests:   []Measure{enough("p99-sec", rulesIO, "concurrency-half", largeIO), enough("goodput/s", rulesIO, "concurrency-half", largeIO)},
			Theory:  needed(240, "workers at work: 240/s × 75 ms"),
			Because: "concurrency is rate × time: where every request at work needs a worker, half as many workers answer half the load",
		},
		{
			ID: "size-healthcare", Source: "sizing guide", Text: "20 to 50 workers are enough for healthcare APIs", Want: sized, Unit: Factor,
			Tests: []Measure{
				enough("goodput/s", rulesIO, "healthcare-20", largeIO), enough("p99-sec", rulesIO, "healthcare-20", largeIO),
				enough("goodput/s", "sizing", "20x100", "100x500"), enough("goodput/s", "sizing", "50x250", "100x500"),
			},
			Theory:  needed(240, "workers at work: 240/s × 75 ms; 45 at 600/s"),
			Because: "what matters is the rate, and not the trade",
		},
		{
			ID: "size-cpu", Source: "sizing guide", Text: "For CPU-bound work, workers = cores with queues of twice that are enough", Want: sized, Unit: Factor,
			Tests: []Measure{
				enough("goodput/s", rulesCPU, "cores-x1", largeCPU), enough("p99-sec", rulesCPU, "cores-x1", largeCPU),
				enough("goodput/s", rulesCPU, "machine-x1", largeCPU), enough("p99-sec", rulesCPU, "machine-x1", largeCPU),
			},
			Theory:  &Theory{200 * 0.004, "workers", "cores at work: 200/s × 4 ms"},
			Because: "more workers than cores compute no more; what no worker takes up waits before the pool, for the same core",
		},
		{
			ID: "size-development", Source: "sizing guide", Text: "For development, with a store of 10 to 50 ms, 10 workers are enough", Want: sized, Unit: Factor,
			Tests:   []Measure{enough("goodput/s", "sizing-development", "development", "50x250"), enough("p99-sec", "sizing-development", "development", "50x250")},
			Theory:  &Theory{240 * 0.030, "workers", "workers at work: 240/s × 30 ms"},
			Because: "the guide names no rate; here it is 240/s, and 10 workers answer at most 333/s",
		},
	}
}
