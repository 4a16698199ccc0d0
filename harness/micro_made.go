package main

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/micro"
	"github.com/assay-bench/assay/results"
)

// microMade is what Go benchmarks are made with now. A tree that git does not
// know has no commit.
func microMade(o *microOptions, variants []micro.Variant, pkgs []string) results.Micro {
	made := results.Micro{Seed: o.seed, Packages: pkgs, Bench: o.bench, Benchtime: o.benchtime, CPUModel: host.Facts(host.Placement{}).CPUModel}
	if !o.seedGiven {
		made.Seed = randomSeed()
	}
	for _, v := range variants {
		tree := results.MicroVariant{Name: v.Name, Git: gitState(v.Dir)}
		if tree.Git.Dirty {
			tree.Changes = gitChanges(v.Dir)
		}
		made.Variants = append(made.Variants, tree)
	}
	return made
}

// madeOtherwise names the first thing in which two results of the same variants
// were made otherwise, as "this and not that"; "" if there is none.
func madeOtherwise(was, now results.Micro) string {
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
	trees := map[string]results.MicroVariant{}
	for _, v := range now.Variants {
		trees[v.Name] = v
	}
	for _, v := range was.Variants {
		tree := trees[v.Name]
		where := ""
		if v.Name != "" {
			where = " for variant " + v.Name
		}
		switch {
		case v.Git != tree.Git:
			return fmt.Sprintf("%s and not %s%s", commitText(v.Git), commitText(tree.Git), where)
		case v.Changes != tree.Changes:
			return fmt.Sprintf("other changes to %s%s", commitText(v.Git), where)
		}
	}
	return ""
}

func commitText(g results.Git) string {
	switch {
	case g.Commit == "":
		return "no known commit"
	case g.Dirty:
		return "commit " + g.Commit + " with changes"
	}
	return "commit " + g.Commit
}
