package campaign

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/provenance"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// openForResume opens the bundle that a run is to continue.
func openForResume(dir string) (*results.Bundle, error) {
	if !results.Exists(dir) {
		return nil, usage.Errorf("--resume: %s holds no bundle", dir)
	}
	return results.Open(dir)
}

// resume continues a bundle. New trials must be comparable with those that are
// there: scenarios, seed, programs, the source trees of servers, and --quick have to
// be the same. Only the number of blocks may grow.
func resume(o *Options, b *results.Bundle, now *results.Manifest, all []Work) (*results.Writer, error) {
	was := b.Manifest
	if o.SeedGiven && o.Seed != was.Seed {
		return nil, usage.Errorf("--resume: the bundle has seed %d, --seed is %d", was.Seed, o.Seed)
	}
	now.Seed = was.Seed
	if err := sameInputs(was, now); err != nil {
		return nil, err
	}
	// A seed's plan for few blocks is the beginning of its plan for more, so what was
	// measured stays in its place.
	extended, err := plan.Extend(was.Plan, Order(all, was.Seed))
	if err != nil {
		return nil, usage.Errorf("--resume: trial %w: give the same files and flags; blocks can only grow", err)
	}
	if err := arePlanned(b.Trials, extended); err != nil {
		return nil, err
	}
	if o.Profile > 0 && o.Profile < was.ProfileBlocks {
		return nil, usage.Errorf("--resume: the bundle has %s, --profile is %d: their number can only grow", text.Count(was.ProfileBlocks, "profiled block"), o.Profile)
	}
	blocks := max(o.Profile, was.ProfileBlocks)
	profiles, err := profilePlan(was.ProfilePlan, all, blocks, was.Seed)
	if err != nil {
		return nil, err
	}
	if err := arePlanned(b.Profiled, profiles); err != nil {
		return nil, err
	}
	w, err := b.Resume()
	if err != nil {
		return nil, err
	}
	w.Manifest.Looks = looksAfter(was.Looks, was.Blocks, now.Blocks)
	w.Manifest.ProfilePlan, w.Manifest.ProfileBlocks = profiles, blocks
	w.Manifest.Plan, w.Manifest.Blocks, w.Manifest.Scenarios = extended, now.Blocks, now.Scenarios
	return w, w.SaveManifest()
}

// arePlanned requires every finished trial to be one of the plan, in its place and with
// its seed: else a trial of the plan would count as done that never was.
func arePlanned(done []results.Trial, all []results.Planned) error {
	byID := map[string]results.Planned{}
	for _, p := range all {
		byID[p.ID] = p
	}
	for _, t := range done {
		p, ok := byID[t.PlannedID()]
		if !ok || p.Order != t.Order || p.Seed != t.Seed || t.Attempt < 1 {
			return fmt.Errorf("--resume: trial %s of the bundle is not one of its plan: the bundle is damaged; start a new one", t.ID)
		}
	}
	return nil
}

// looksAfter returns the numbers of blocks after which a run could be judged, once it is
// continued from before to after blocks. It is nil if the looks until then are not known.
func looksAfter(looks []int, before, after int) []int {
	if looks == nil || after <= before {
		return looks
	}
	return append(slices.Clone(looks), before)
}

// sameInputs refuses everything that would make new trials differ from old ones. Each
// error says what differs and what can be done.
func sameInputs(was, now *results.Manifest) error {
	if was.Quick != now.Quick {
		return usage.Errorf("--resume: the bundle was started with --quick=%v", was.Quick)
	}
	if limit := limits(was).Foreign; now.ForeignLimit != 0 && now.ForeignLimit != limit {
		return usage.Errorf("--resume: the bundle was started with --foreign-limit %.6g%%: leave the flag out, or give the same limit", 100*limit)
	}
	if len(was.Scenarios) != len(now.Scenarios) {
		return usage.Errorf("--resume: the bundle has %s, the command line %d", text.Count(len(was.Scenarios), "scenario"), len(now.Scenarios))
	}
	for i, s := range was.Scenarios {
		n := now.Scenario(s.Name)
		switch {
		case n == nil:
			return usage.Errorf("--resume: scenario %s of the bundle is not on the command line", s.Name)
		case now.Scenarios[i].Name != s.Name:
			return usage.Errorf("--resume: where the bundle has scenario %s, the command line has %s: give the files in the same order", s.Name, now.Scenarios[i].Name)
		case n.SHA256 != s.SHA256 || !maps.Equal(n.Inputs, s.Inputs):
			return usage.Errorf("--resume: scenario %s, or a file that it reads, was changed since the bundle was started: start a new bundle", s.Name)
		}
	}
	if was.Host.CPUModel != now.Host.CPUModel || was.Host.Kernel != now.Host.Kernel {
		return usage.Errorf("--resume: the bundle was started on another machine or kernel (%s, %s; here %s, %s): start a new bundle",
			was.Host.CPUModel, was.Host.Kernel, now.Host.CPUModel, now.Host.Kernel)
	}
	if a, b := was.Host, now.Host; !slices.Equal(a.ServerCPUs, b.ServerCPUs) || !slices.Equal(a.GeneratorCPUs, b.GeneratorCPUs) {
		return usage.Errorf("--resume: the bundle was started with servers on CPUs %v and the generator on CPUs %v, and now they are on %v and %v: start a new bundle, or resume with the same CPUs",
			a.ServerCPUs, a.GeneratorCPUs, b.ServerCPUs, b.GeneratorCPUs)
	}
	if a, b := was.Host.IdleCPUs, now.Host.IdleCPUs; a != "" && b != "" && a != b {
		return usage.Errorf("--resume: the bundle was started with idle CPUs %s, and now they are %s: resume as the user who started it", a, b)
	}
	if a, b := was.Host.Stamped(), now.Host.Stamped(); a != b {
		return usage.Errorf("--resume: the answers in the bundle are stamped %s, and now they are %s: start a new bundle, or resume with the version that started it", a, b)
	}
	if a, b := was.Topology.Label(), now.Topology.Label(); a != b {
		return usage.Errorf("--resume: the bundle was started on %s, and now it is %s: give the same --on, --generators and --host", cmp.Or(a, "one machine"), cmp.Or(b, "one machine"))
	}
	sums := map[string]string{}
	for _, b := range now.Binaries {
		sums[b.Path] = b.SHA256
	}
	for _, b := range was.Binaries {
		if sum, ok := sums[b.Path]; ok && sum != b.SHA256 {
			return usage.Errorf("--resume: %s is not the build that the bundle was started with: start a new bundle", b.Path)
		}
	}
	return sameTrees(was, now)
}

// sameTrees requires the source trees of servers to be unchanged. The binaries
// differ in any case, because each block has its own code layout.
//
// Note: a bundle of an earlier version does not record its trees, and is refused.
// Trusting it could mix two programs in one comparison without anybody noticing.
func sameTrees(was, now *results.Manifest) error {
	for _, dir := range slices.Sorted(maps.Keys(now.Trees)) {
		tree, ok := was.Trees[dir]
		if !ok {
			return usage.Errorf("--resume: the bundle does not record from which code its servers were built in %s, because an earlier version wrote it: start a new bundle", dir)
		}
		if what := provenance.Difference(tree, now.Trees[dir]); what != "" {
			return usage.Errorf("--resume: the bundle was started with servers built in %s from %s: restore that state, or start a new bundle", dir, what)
		}
	}
	return nil
}
