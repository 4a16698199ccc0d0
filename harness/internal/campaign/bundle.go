package campaign

import (
	"cmp"
	"path/filepath"
	"runtime"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/provenance"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/results"
)

// openBundle creates the bundle, or continues the one that it is given. The manifest
// is complete from the start, so that a run which is killed at any moment can be
// resumed. The error is results.ErrExists if the folder of a new bundle already
// holds one.
func openBundle(o *Options, was *results.Bundle, all []Work, skipped []results.Skipped, p host.Placement, c *crew) (*results.Writer, error) {
	m, err := describe(o, all, p)
	if err != nil {
		return nil, err
	}
	m.Skipped = skipped
	if c != nil {
		m.Topology = c.topo
	}
	if was != nil {
		return resume(o, was, m, all)
	}
	m.ForeignLimit = cmp.Or(o.Foreign, trial.MaxForeign)
	for _, t := range Order(all, m.Seed) {
		m.Plan = append(m.Plan, t.Planned)
	}
	if m.ProfilePlan, err = profilePlan(nil, all, o.Profile, m.Seed); err != nil {
		return nil, err
	}
	m.ProfileBlocks = o.Profile
	// The name sorts by time, and two runs of one machine cannot begin in the same
	// second, because they hold its lock.
	if o.Out == "" {
		o.Out = filepath.Join("results", "runs", time.Now().Format("20060102-150405"))
	}
	return results.Create(o.Out, m)
}

// describe returns the manifest of a run that begins now, without the plan. It moves
// the generator to its CPUs only after it has recorded the state of the machine.
func describe(o *Options, all []Work, p host.Placement) (*results.Manifest, error) {
	servers, err := everyServer(all)
	if err != nil {
		return nil, err
	}
	binaries, err := provenance.Binaries(servers)
	if err != nil {
		return nil, err
	}
	// The facts are those of the machine as it was found: settling changes, for
	// example, how deeply idle CPUs sleep.
	facts := host.Facts(p)
	if err := host.Settle(p); err != nil {
		return nil, err
	}
	facts.GOMAXPROCS, facts.AnswerStamps = runtime.GOMAXPROCS(0), attack.AnswerStamps()
	m := &results.Manifest{
		Host: facts, Answer: knownanswer.Newest(facts),
		Tool: o.Tool, Command: o.Command,
		Started: time.Now().UTC().Truncate(time.Second),
		Seed:    o.Seed, Quick: o.Quick, ForeignLimit: o.Foreign, Looks: []int{}, Git: provenance.Git("."), Binaries: binaries, Trees: provenance.Trees(servers),
	}
	for _, w := range all {
		m.Scenarios = append(m.Scenarios, w.Record())
		m.Blocks = max(m.Blocks, w.Blocks)
	}
	return m, nil
}
