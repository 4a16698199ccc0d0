package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// processors matches the end of benchmark names of servers whose number of
// processors is known.
var processors = regexp.MustCompile(`-[0-9]+$`)

// endings reports names that would be misread at the end of a benchmark name. Nobody
// knows the number of processors of a server that already runs, so its benchmark
// names end with the last name of the scenario. Every reader of benchmark files
// would read "pool-8" as "pool" on eight processors, and the variants pool-8 and
// pool-16 would have no row in common.
//
// Note: adding a made-up number of processors to every such name was rejected.
// Readers would take the number for a measured one.
func (c *checker) endings(f *fileScenario) {
	for i, s := range c.out.Streams {
		server := slices.IndexFunc(c.out.Servers, func(v Server) bool { return v.Name == s.Server })
		if server < 0 || c.out.Servers[server].URL == "" {
			continue
		}
		switch {
		case len(c.out.Streams) > 1:
			c.ending(f.Streams.items[i].Name, "stream", "")
		case len(f.Matrix.items) > 0:
			last := slices.MaxFunc(f.Matrix.items, func(a, b pair[list[text]]) int { return strings.Compare(a.key.value, b.key.value) })
			for _, v := range last.value.items {
				c.ending(v, "matrix."+last.key.value+":", "use a params entry of a variant for it")
			}
		default:
			for _, v := range f.Variants.items {
				c.ending(v.Name, "variant", "")
			}
		}
	}
}

// ending reports one name. If suggestion is empty, it suggests the name without the
// hyphen.
func (c *checker) ending(name text, what, suggestion string) {
	end := processors.FindString(name.value)
	if end == "" {
		return
	}
	if suggestion == "" {
		suggestion = "write " + strings.TrimSuffix(name.value, end) + strings.TrimPrefix(end, "-")
	}
	c.report(name.mark, fmt.Sprintf("%s %q: the ending %s would be read as a number of processors in the results of a server that already runs", what, name.value, end), suggestion)
}
