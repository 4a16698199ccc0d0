package measured

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/assay-bench/assay/results"
)

// workersFlag finds the workers in a server's command.
var workersFlag = regexp.MustCompile(`^--?workers=(\d+)$`)

// Workers is the number of workers that a variant's server was told to use: by the
// matrix, by the parameters of the variant or of the scenario, or by a flag in the
// server's command, in this order. It is 0 if none of them names a number.
func (s *Scenario) Workers(v *Variant) int {
	given := []string{v.Matrix["workers"]}
	for _, spec := range s.Spec.Variants {
		if spec.Name == v.Variant {
			given = append(given, spec.Params["workers"])
		}
	}
	given = append(given, s.Spec.Params["workers"])
	for _, srv := range s.Spec.Servers {
		for _, arg := range srv.Command {
			if m := workersFlag.FindStringSubmatch(arg); m != nil {
				given = append(given, m[1])
			}
		}
	}
	for _, g := range given {
		if n, err := strconv.Atoi(g); err == nil {
			return n
		}
	}
	return 0
}

// Queues reports whether the server of a variant has a queue before its workers. A
// server without a queue is not bound by the number of workers that it was told.
func (s *Scenario) Queues(v *Variant) bool {
	first := v.Trials[0]
	samples, err := s.Run.Samples(first.ID)
	return err == nil && slices.ContainsFunc(samples, func(x results.Sample) bool {
		return (first.Server == nil || x.Server == first.Server.Name) && x.Metrics["assay_queue_capacity"] > 0
	})
}
