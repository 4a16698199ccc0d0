package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-bench/assay/results"
)

// Environment names what differs between base and head and is no code of theirs: the
// compiler, its flags, the modules that a server is linked with, GOMAXPROCS, and, of two
// bundles, kernel and memory limit. Each difference is a line. Base and head are variants
// of one bundle; for two bundles they are empty, and every variant that both have is
// compared. Text tells nothing of the kind. What one side does not know is no difference.
// [Unlike] and [UnequalSetups] compare the machines and the scenarios of two bundles.
func Environment(sources []Source, base, head string) []string {
	var runs []*Run
	for _, s := range sources {
		if r, ok := s.(*Run); ok {
			runs = append(runs, r)
		}
	}
	switch {
	case len(runs) == 1 && len(sources) == 1 && base != "" && head != "":
		return builds(runs[0], runs[0], base, head)
	case len(runs) != 2:
		return nil
	}
	p, q := runs[0].Manifest.Host, runs[1].Manifest.Host
	all := []string{differs("kernel", p.Kernel, q.Kernel), differs("memory limit", p.CgroupMemory, q.CgroupMemory)}
	for _, v := range variantsOf(runs[0].Manifest) {
		all = append(all, builds(runs[0], runs[1], v, v)...)
	}
	all = slices.DeleteFunc(all, func(line string) bool { return line == "" })
	slices.Sort(all)
	return slices.Compact(all)
}

// variantsOf returns the names of all variants, each once.
func variantsOf(m *results.Manifest) (names []string) {
	for _, s := range m.Scenarios {
		for _, v := range s.Variants {
			if !slices.Contains(names, v.Name) {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// differs is a line for a fact that both sides know and that differs.
func differs(what, base, head string) string {
	if base == "" || head == "" || base == head {
		return ""
	}
	return fmt.Sprintf("%s: %s, head %s", what, base, head)
}

// builds compares the programs and the GOMAXPROCS of two variants.
func builds(a, b *Run, base, head string) (all []string) {
	for _, s := range a.Manifest.Scenarios {
		for _, server := range s.Servers {
			p, ok := a.Manifest.Builds[results.BuildKey(s.Name, base, server.Name)]
			q, too := b.Manifest.Builds[results.BuildKey(s.Name, head, server.Name)]
			if ok && too {
				all = append(all, programs(p, q)...)
			}
			all = append(all, differs("GOMAXPROCS of the server", procs(a, s.Name, base, server.Name), procs(b, s.Name, head, server.Name)))
		}
	}
	all = slices.DeleteFunc(all, func(line string) bool { return line == "" })
	slices.Sort(all)
	return slices.Compact(all) // several scenarios start the same programs
}

// programs compares what two programs say of their builds.
func programs(p, q results.BuildInfo) []string {
	all := []string{differs("Go", p.Go, q.Go)}
	for _, key := range keysOf(p.Settings, q.Settings) {
		all = append(all, changed("build setting "+key, p.Settings[key], q.Settings[key]))
	}
	for _, path := range keysOf(p.Modules, q.Modules) {
		all = append(all, changed("module "+path, p.Modules[path], q.Modules[path]))
	}
	return all
}

// changed is differs for facts that one side may be without.
func changed(what, base, head string) string {
	switch {
	case base == head:
		return ""
	case base == "":
		return fmt.Sprintf("%s: only in head, %s", what, head)
	case head == "":
		return fmt.Sprintf("%s: only in base, %s", what, base)
	}
	return differs(what, base, head)
}

// keysOf are the keys of either map, sorted, each once.
func keysOf(a, b map[string]string) []string {
	return slices.Compact(slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b))...))))
}

// procs returns the GOMAXPROCS of a server in the trials of a variant; empty if it is not
// known, and all values if they differ.
func procs(r *Run, scenario, variant, server string) string {
	var seen []string
	for i := range r.Trials {
		t := &r.Trials[i]
		if t.Scenario != scenario || t.Variant != variant {
			continue
		}
		for k := range t.Servers {
			if s := &t.Servers[k]; s.Name == server && s.Procs > 0 && !slices.Contains(seen, fmt.Sprint(s.Procs)) {
				seen = append(seen, fmt.Sprint(s.Procs))
			}
		}
	}
	slices.Sort(seen)
	return strings.Join(seen, " or ")
}
