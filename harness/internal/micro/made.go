package micro

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/provenance"
	"github.com/assay-bench/assay/results"
)

// madeNow describes how Go benchmarks are made now. A tree that git does not know
// has no commit.
func madeNow(o *Options) results.Micro {
	made := results.Micro{Seed: o.Seed, Packages: o.Packages, Bench: o.Bench, Benchtime: o.Benchtime, CPUModel: host.Facts(host.Placement{}).CPUModel}
	for _, v := range o.Variants {
		made.Variants = append(made.Variants, results.MicroVariant{Name: v.Name, Tree: provenance.Tree(v.Dir)})
	}
	return made
}

// difference names the first way in which two results of the same variants were made
// differently, as "this and not that". It returns "" if there is none.
func difference(was, now results.Micro) string {
	for _, d := range []struct{ what, was, now string }{
		{"packages", strings.Join(was.Packages, " "), strings.Join(now.Packages, " ")},
		{"--bench", was.Bench, now.Bench},
		{"--benchtime", was.Benchtime, now.Benchtime},
		{"--seed", fmt.Sprint(was.Seed), fmt.Sprint(now.Seed)},
		{"processor", was.CPUModel, now.CPUModel},
	} {
		if d.was != d.now {
			return fmt.Sprintf("%s %s and not %s", d.what, d.was, d.now)
		}
	}
	trees := map[string]results.Tree{}
	for _, v := range now.Variants {
		trees[v.Name] = v.Tree
	}
	for _, v := range was.Variants {
		what := provenance.Difference(v.Tree, trees[v.Name])
		switch {
		case what == "":
		case v.Name == "":
			return what
		default:
			return what + " for variant " + v.Name
		}
	}
	return ""
}
