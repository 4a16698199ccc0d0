package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// processors is what benchmark names end in where the processors of a server are
// known.
var processors = regexp.MustCompile(`-[0-9]+$`)

// endings reports names that would be misread at the end of a benchmark name. The
// results of a server that already runs carry no number of processors, which nobody
// knows, so the last part of their name has nothing behind it: "pool-8" would be
// "pool" with eight processors to every reader of benchmark files, and the variants
// pool-8 and pool-16 would have no row in common.
//
// Note: a made-up number of processors behind every such name was rejected. It would
// be read as measured.
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

// ending reports one name. Without a suggestion it suggests the name without the
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
