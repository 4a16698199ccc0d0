package campaign

import (
	"maps"
	"slices"

	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/provenance"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// begun opens the bundle that is to be gone on with.
func begun(dir string) (*results.Bundle, error) {
	if !results.Exists(dir) {
		return nil, usage.Errorf("--resume: %s holds no bundle", dir)
	}
	return results.Open(dir)
}

// resume goes on with a bundle. What was measured must stay comparable with what is
// to come: scenarios, seed, binaries, the trees that servers are built in, and
// --quick have to be the same. Only the number of blocks may grow.
func resume(o *Options, b *results.Bundle, now *results.Manifest, all []Work) (*results.Writer, error) {
	was := b.Manifest
	if o.SeedGiven && o.Seed != was.Seed {
		return nil, usage.Errorf("--resume: the bundle has seed %d, --seed is %d", was.Seed, o.Seed)
	}
	now.Seed = was.Seed
	if err := sameInputs(was, now); err != nil {
		return nil, err
	}
	extended, err := plan.Extend(was.Plan, Order(all, was.Seed))
	if err != nil {
		return nil, usage.Errorf("--resume: trial %w: give the same files and flags; blocks can only grow", err)
	}
	w, err := b.Resume()
	if err != nil {
		return nil, err
	}
	w.Manifest.Plan, w.Manifest.Blocks, w.Manifest.Scenarios = extended, now.Blocks, now.Scenarios
	return w, w.SaveManifest()
}

func sameInputs(was, now *results.Manifest) error {
	if was.Quick != now.Quick {
		return usage.Errorf("--resume: the bundle was begun with --quick=%v", was.Quick)
	}
	if len(was.Scenarios) != len(now.Scenarios) {
		return usage.Errorf("--resume: the bundle has %s, the arguments %d", text.Count(len(was.Scenarios), "scenario"), len(now.Scenarios))
	}
	for i, s := range was.Scenarios {
		n := now.Scenario(s.Name)
		switch {
		case n == nil:
			return usage.Errorf("--resume: scenario %s of the bundle is not among the arguments", s.Name)
		case now.Scenarios[i].Name != s.Name:
			return usage.Errorf("--resume: where the bundle has scenario %s, the arguments have %s: give the files in the same order", s.Name, now.Scenarios[i].Name)
		case n.SHA256 != s.SHA256 || !maps.Equal(n.Inputs, s.Inputs):
			return usage.Errorf("--resume: scenario %s, or a file that it reads, was changed since the bundle was begun: start a new one", s.Name)
		}
	}
	if was.Host.CPUModel != now.Host.CPUModel || was.Host.Kernel != now.Host.Kernel {
		return usage.Errorf("--resume: the bundle was begun on another machine or kernel (%s, %s; here %s, %s): start a new one",
			was.Host.CPUModel, was.Host.Kernel, now.Host.CPUModel, now.Host.Kernel)
	}
	if a, b := was.Host, now.Host; !slices.Equal(a.ServerCPUs, b.ServerCPUs) || !slices.Equal(a.GeneratorCPUs, b.GeneratorCPUs) {
		return usage.Errorf("--resume: the bundle was begun with servers on CPUs %v and the generator on %v, and now these are %v and %v: start a new one, or go on with the same CPUs",
			a.ServerCPUs, a.GeneratorCPUs, b.ServerCPUs, b.GeneratorCPUs)
	}
	if a, b := was.Host.IdleCPUs, now.Host.IdleCPUs; a != "" && b != "" && a != b {
		return usage.Errorf("--resume: the bundle was begun with idle CPUs %s, and now they are %s: go on as the user who began it", a, b)
	}
	if a, b := was.Host.Stamped(), now.Host.Stamped(); a != b {
		return usage.Errorf("--resume: the answers in the bundle are stamped %s, and now they are %s: start a new one, or go on with the version that began it", a, b)
	}
	sums := map[string]string{}
	for _, b := range now.Binaries {
		sums[b.Path] = b.SHA256
	}
	for _, b := range was.Binaries {
		if sum, ok := sums[b.Path]; ok && sum != b.SHA256 {
			return usage.Errorf("--resume: %s is another build than the one the bundle was begun with: start a new one", b.Path)
		}
	}
	return sameTrees(was, now)
}

// sameTrees wants servers to be built from the code that they were built from
// before. What is built differs all the same: each block has a layout of its own.
//
// Note: a bundle of an earlier version does not tell, and is refused. To take it on
// trust could mix two programs in one comparison, and nobody would see it.
func sameTrees(was, now *results.Manifest) error {
	for _, dir := range slices.Sorted(maps.Keys(now.Trees)) {
		tree, ok := was.Trees[dir]
		if !ok {
			return usage.Errorf("--resume: the bundle does not tell from which code its servers were built in %s, as those of earlier versions: start a new one", dir)
		}
		if what := provenance.Difference(tree, now.Trees[dir]); what != "" {
			return usage.Errorf("--resume: the bundle was begun with servers built in %s from %s: bring that back, or start a new one", dir, what)
		}
	}
	return nil
}
