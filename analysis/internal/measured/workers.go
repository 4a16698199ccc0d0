package measured

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/assay-bench/assay/results"
)

// workersFlag finds the workers in a server's command.
var workersFlag = regexp.MustCompile(`^--?workers=(\d+)$`)

// Workers is the number of workers that a cell's server was told to use, 0 if
// nothing tells.
func (s *Scenario) Workers(c *Variant) int {
	given := []string{c.Matrix["workers"]}
	for _, v := range s.Spec.Variants {
		if v.Name == c.Variant {
			given = append(given, v.Params["workers"])
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

// Queues reports whether a server has a queue before its workers. One without
// is not bound by the number of workers, whatever it was told.
func (s *Scenario) Queues(c *Variant) bool {
	samples, err := s.Run.Samples(c.Trials[0].ID)
	return err == nil && slices.ContainsFunc(samples, func(x results.Sample) bool {
		return (c.Trials[0].Server == nil || x.Server == c.Trials[0].Server.Name) && x.Metrics["assay_queue_capacity"] > 0
	})
}
