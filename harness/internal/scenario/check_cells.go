package scenario

import (
	"fmt"
	"slices"
	"strings"
)

// request is one load as the file gives it, before the values of a cell are known.
type request struct {
	spec   *streamSpec
	prefix string     // before the key "load" in messages
	own    list[text] // its objectives
}

// loads checks the load of every cell. If no value contains ${...}, all cells have the
// same, and one check is enough. An error in a value with ${...} names the first cell in
// which the value is wrong.
func (c *checker) loads(f *fileScenario) {
	fixed := &cellValues{replace: func(mark, string, string) (string, bool) { return "", false }, report: c.report}
	cells := c.cells()
	sites := c.loadSites(f)
	if len(sites) == 0 || len(cells) == 0 {
		for _, s := range sites {
			c.uses(s.text)
			c.hush(s.text.mark) // there is no cell, which is reported
		}
		c.out.CellLoad = c.cellLoad(f, fixed)
		return
	}
	varies := map[mark]bool{}
	for _, s := range sites {
		c.uses(s.text)
		varies[s.text.mark] = true
		if !c.defined(s, cells) {
			c.hush(s.text.mark) // every check would stumble over the missing value
		}
	}
	c.out.loads = map[string]*CellLoad{}
	for _, cell := range cells {
		before := len(c.errors)
		of := c.cellLoad(f, c.valuesOf(cell))
		for _, e := range c.errors[before:] {
			at := mark{e.Line, e.Column}
			if varies[at] {
				e.Message += " in " + cell.Name()
			}
			c.hush(at) // one cell is enough to show it
		}
		c.out.loads[cell.loadKey()] = &of
	}
	c.out.CellLoad = c.cellLoad(f, c.valuesOf(cells[0]))
	c.alike(sites, cells)
}

// cells returns the cells whose values can be checked: those of all named variants,
// without the A/A copies, which are as their originals.
func (c *checker) cells() []Cell {
	if c.tooMany {
		return nil
	}
	return slices.DeleteFunc(c.out.Cells(), func(cell Cell) bool { return cell.Variant == "" || cell.AAOf != "" })
}

// hush lets nothing more be reported at a place.
func (c *checker) hush(at mark) {
	if c.silent == nil {
		c.silent = map[mark]bool{}
	}
	c.silent[at] = true
}

// valuesOf replaces names by their values in a cell.
func (c *checker) valuesOf(cell Cell) *cellValues {
	lookup := c.out.lookup(cell, Env{}, "")
	return &cellValues{
		replace: func(_ mark, raw, _ string) (string, bool) {
			final, err := expand(raw, lookup)
			return final, err == nil
		},
		report: func(at mark, message, suggestion string) {
			c.report(at, message, suggestion)
			c.hush(at) // the checks need not look at what could not be read
		},
	}
}

// loadSites returns the texts with ${...} in everything that a cell can be asked.
func (c *checker) loadSites(f *fileScenario) []site {
	var all []site
	seen := &cellValues{report: func(mark, string, string) {}, replace: func(at mark, raw, what string) (string, bool) {
		all = append(all, site{text: text{at, raw}, what: what, load: true})
		return "", false
	}}
	seen.duration(f.Warmup, "warmup")
	seen.objectives(f.Objectives, "objectives")
	for _, r := range c.requests {
		if r.spec.Load != nil {
			seen.load(*r.spec.Load, r.prefix+"load")
		}
		seen.objectives(r.own, r.prefix+"objectives")
		key, asked := r.spec.asked()
		for _, target := range asked {
			seen.objectives(target.Objectives, r.prefix+key+".objectives")
		}
	}
	return all
}

// cellLoad checks the load with the values of a cell.
func (c *checker) cellLoad(f *fileScenario, v *cellValues) CellLoad {
	l := CellLoad{Streams: slices.Clone(c.out.Streams), Warmup: v.duration(f.Warmup, "warmup").or(defaultWarmup)}
	for i, r := range c.requests {
		if r.spec.Load != nil {
			c.load(&l.Streams[i], v.load(*r.spec.Load, r.prefix+"load"), r.prefix+"load")
		}
	}
	c.steady(&l, f.Warmup.mark)
	c.objectives(&l, v.objectives(f.Objectives, "objectives"))
	for i, r := range c.requests {
		stream := &l.Streams[i]
		stream.Objectives = c.ownObjectives(v.objectives(r.own, r.prefix+"objectives"), r.prefix+"objectives")
		stream.targets = slices.Clone(stream.targets)
		key, asked := r.spec.asked()
		for j, target := range asked {
			what := r.prefix + key + ".objectives"
			stream.targets[j].objectives = c.ownObjectives(v.objectives(target.Objectives, what), what)
		}
	}
	return l
}

// ownWays are the ends of the keys in which variants may differ, because they say how a
// load reaches the server, and not what it is.
var ownWays = []string{".timeout", ".connections", ".transport", ".reuse"}

// alike reports a load that is not the same for all variants: their difference would be
// that of the loads.
func (c *checker) alike(sites []site, cells []Cell) {
	for _, s := range sites {
		if slices.ContainsFunc(ownWays, func(end string) bool { return strings.HasSuffix(s.what, end) }) {
			continue
		}
		first := map[string]Cell{} // by matrix cell
		for _, cell := range cells {
			value, err := expand(s.text.value, c.out.lookup(cell, Env{}, ""))
			if err != nil {
				break // reported by defined
			}
			matrix := strings.TrimPrefix(cell.Name(), cell.Variant)
			before, ok := first[matrix]
			if !ok {
				first[matrix] = cell
				continue
			}
			if was, _ := expand(s.text.value, c.out.lookup(before, Env{}, "")); was != value {
				c.report(s.text.mark, fmt.Sprintf("%s is %s in %s and %s in %s, expected the same load for all variants", s.what, was, before.Name(), value, cell.Name()), "make it a key of the matrix")
				c.hush(s.text.mark)
				break
			}
		}
	}
}
