package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-bench/assay/results"
)

var (
	scenarioName = regexp.MustCompile(`^[a-z0-9-]+$`)
	itemName     = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	paramName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	matrixValue  = regexp.MustCompile(`^[A-Za-z0-9._:+-]+$`)
)

// builtin names are always defined.
var builtin = []string{"port", "variant", "seed", "layout", "binary"}

// maxCells limits the number of combinations of variants and matrix values.
const maxCells = 10_000

// checker turns a decoded file into a Scenario and reports contradictions. After an
// error it goes on with a harmless value, so that it finds all errors in one pass.
type checker struct {
	*reporter
	source  []byte
	dir     string
	allowed []string
	files   *files

	out   *Scenario
	trial Env             // stands in for the environment of a trial
	sites []site          // places where ${...} is allowed
	used  map[string]bool // names that some ${...} mentions

	extracts []text        // names that setup extracts, so far
	inFlows  []flowExtract // what the steps of flows extract, so far

	requests []request // the loads, by stream
	tooMany  bool      // there are too many cells to look at each
}

// scenario checks a decoded file and makes a scenario of it. It goes on after a
// mistake, so that all mistakes of a file are reported at once; what it returns is only
// good if there were none. Parameters, variants and matrix come first, because they
// define the names that all other values may refer to.
func (c *checker) scenario(f *fileScenario) *Scenario {
	c.out = &Scenario{
		Name: f.Name.value, Summary: f.Summary.value, Inputs: map[string]string{}, insecure: map[string]string{}, also: map[string][]rawAlso{},
		Blocks: f.Blocks.or(DefaultBlocks), allowed: c.allowed, files: c.files,
	}
	if f.Version.given() && f.Version.value != 1 {
		c.report(f.Version.mark, fmt.Sprintf("version %d is unknown, expected 1", f.Version.value), "write version: 1")
	}
	c.matches(f.Name, "name", scenarioName, "small letters, digits and -")
	if strings.ContainsAny(f.Summary.value, "\r\n") {
		c.report(f.Summary.mark, "summary has several lines, expected one", "")
	}
	c.atLeastOne(f.Blocks, "blocks")
	if f.Blocks.value > MostBlocks {
		c.report(f.Blocks.mark, fmt.Sprintf("blocks is %d, expected at most %d", f.Blocks.value, MostBlocks), "")
	}
	c.requires(f.Requires)
	c.placement(f.Placement)
	c.params(f)
	c.variants(f)
	c.matrix(f)
	c.secrets(f.Secrets)
	c.tooMany = c.tooManyCells(f)
	c.servers(f)
	c.out.Prepare, c.out.Cleanup = c.hook(f.Prepare, "prepare"), c.hook(f.Cleanup, "cleanup")
	c.setup(f)
	c.streams(f)
	c.loads(f)
	c.endings(f)
	c.ports(f)
	if !c.tooMany {
		c.names(f)
	}
	return c.out
}

// requires reads the command without replacing anything, because the command runs
// before any trial.
func (c *checker) requires(l list[text]) {
	for i, t := range l.items {
		if i == 0 && t.value == "" {
			c.report(t.mark, "requires: the program is empty", "write the program to run, or leave requires out")
		}
		if strings.Contains(t.value, "${") {
			c.report(t.mark, "requires: ${...} is not allowed, because the command runs before any trial", "write the value out")
		}
		c.out.Requires = append(c.out.Requires, t.value)
	}
}

// placement checks the value after the replacement of ${...}, because a variant may
// choose the placement.
func (c *checker) placement(t text) {
	c.out.Placement = t.or(PlacementSplit)
	c.site(site{text: t, what: "placement"}, func(final string) *problem {
		if final != PlacementSplit && final != PlacementNone {
			return &problem{fmt.Sprintf("%q is unknown, expected %s or %s", final, PlacementSplit, PlacementNone), ""}
		}
		return nil
	})
}

// matches checks the form of a name, if the name was given.
func (c *checker) matches(t text, what string, form *regexp.Regexp, expected string) {
	if t.given() && !form.MatchString(t.value) {
		c.report(t.mark, fmt.Sprintf("%s: %q is not a name, expected %s", what, t.value, expected), didFix(t.value, form))
	}
}

// didFix suggests a name of the right form, made from s.
func didFix(s string, form *regexp.Regexp) string {
	fixed := strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '/' {
			return '-'
		}
		return r
	}, strings.ToLower(strings.TrimSpace(s)))
	if form.MatchString(fixed) {
		return "did you mean " + fixed + "?"
	}
	return ""
}

// MostBlocks is how many blocks a scenario may have. So many trials of a second take more
// than a day; the plan, which is made as a whole, fits into memory.
const MostBlocks = 100_000

// atLeastOne reports a count of 0 that was given. A count that was not given has a
// default.
func (c *checker) atLeastOne(v count, what string) {
	if v.given() && v.value < 1 {
		c.report(v.mark, what+" is 0, expected at least 1", "")
	}
}

// positive reports a duration of 0 that was given.
func (c *checker) positive(v duration, what string) {
	if v.given() && v.value == 0 {
		c.report(v.mark, what+" is 0s, expected more", "")
	}
}

// params reads the parameters that hold for every variant.
func (c *checker) params(f *fileScenario) {
	c.out.params = c.paramMap(f.Params, "params")
}

// paramMap reads parameters. Their values are literal.
func (c *checker) paramMap(p pairs[text], what string) map[string]string {
	m := make(map[string]string, len(p.items))
	for _, item := range p.items {
		c.paramKey(item.key, what)
		m[item.key.value] = c.literal(item.value, what+"."+item.key.value)
	}
	return m
}

// paramKey checks the name of a parameter. The harness sets the built-in names itself.
func (c *checker) paramKey(key text, what string) {
	switch {
	case slices.Contains(builtin, key.value):
		c.report(key.mark, fmt.Sprintf("%s: %q is built in", what, key.value), "choose another name")
	case !paramName.MatchString(key.value):
		c.report(key.mark, fmt.Sprintf("%s: %q is not a name, expected letters, digits, _ and -", what, key.value), "")
	}
}

// literal returns the value of a text in which ${...} is not replaced.
func (c *checker) literal(t text, what string) string {
	parts, bad, at := split(t.value)
	if bad != nil {
		c.report(c.locate(t, at), what+": "+bad.message, bad.suggestion)
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		if p.name != "" {
			c.report(c.locate(t, p.at), fmt.Sprintf("%s: ${%s} is not allowed in a value that is itself a replacement", what, p.name), "write $${ for a literal ${")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// variants reads the variants. A file without any has one, which is called default.
func (c *checker) variants(f *fileScenario) {
	seen := map[string]mark{}
	for _, v := range f.Variants.items {
		c.matches(v.Name, "variants.name", itemName, "small letters, digits, '.', '_' and -")
		c.unique(seen, v.Name, "variant")
		if strings.HasSuffix(v.Name.value, aaSuffix) {
			c.report(v.Name.mark, fmt.Sprintf("variant %q: the ending %s is reserved for A/A copies", v.Name.value, aaSuffix), "choose another name")
		}
		c.out.variants = append(c.out.variants, results.Variant{Name: v.Name.value, Params: c.paramMap(v.Params, "variants.params")})
	}
	if len(c.out.variants) == 0 {
		c.out.variants = []results.Variant{{Name: "default"}}
	}
	c.out.aa = c.variantRef(f.AA, "aa")
	c.out.control = c.variantRef(f.Control, "control")
	if f.Control.given() && len(c.out.variants) < 2 {
		c.report(f.Control.mark, "control: the only variant cannot be the control", "add the variant it is compared with")
	}
}

// unique reports a name that was given before.
func (c *checker) unique(seen map[string]mark, name text, what string) {
	if before, twice := seen[name.value]; twice && name.given() {
		c.report(name.mark, fmt.Sprintf("%s %q is given twice, first in line %d", what, name.value, before.line), "choose another name")
		return
	}
	seen[name.value] = name.mark
}

// variantRef reads a key whose value is the name of a variant.
func (c *checker) variantRef(t text, what string) string {
	var names []string
	for _, v := range c.out.variants {
		if v.Name != "" && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	if t.given() && !slices.Contains(names, t.value) {
		c.report(t.mark, fmt.Sprintf("%s: there is no variant %q", what, t.value), didYouMean(t.value, names))
	}
	return t.value
}

// matrix reads the keys and their values. Both become parts of the names of benchmarks,
// which allow few characters, and a key that a variant sets too would have two values.
func (c *checker) matrix(f *fileScenario) {
	for _, item := range f.Matrix.items {
		key := item.key
		c.paramKey(key, "matrix")
		if slices.Contains([]string{"scenario", "stream", "target", "gomaxprocs"}, key.value) {
			c.report(key.mark, fmt.Sprintf("matrix: %q is reserved in benchmark names", key.value), "choose another name")
		}
		a := axis{key: key.value}
		for _, v := range item.value.items {
			switch {
			case !v.given():
			case !matrixValue.MatchString(v.value):
				c.report(v.mark, fmt.Sprintf("matrix.%s: %q is not allowed in a benchmark name, expected letters, digits and . _ : + -", key.value, v.value), "use a params entry of a variant for it")
			case slices.Contains(a.values, v.value):
				c.report(v.mark, fmt.Sprintf("matrix.%s: %q is given twice", key.value, v.value), "delete one of them")
			default:
				a.values = append(a.values, v.value)
			}
		}
		for _, v := range f.Variants.items {
			for _, p := range v.Params.items {
				if p.key.value == key.value {
					c.report(p.key.mark, fmt.Sprintf("variant %q sets %q, which the matrix sets too", v.Name.value, key.value), "keep one of the two")
				}
			}
		}
		if len(a.values) > 0 {
			c.out.matrix = append(c.out.matrix, a)
		}
	}
}

// tooManyCells reports variants and a matrix with more combinations than any run could
// measure. It stops counting early: the product may exceed every integer.
func (c *checker) tooManyCells(f *fileScenario) bool {
	n := len(c.out.variants) + 1
	for i, a := range c.out.matrix {
		n *= len(a.values)
		if n > maxCells {
			c.report(f.Matrix.items[min(i, len(f.Matrix.items)-1)].key.mark, fmt.Sprintf("variants and matrix give more than %d combinations", maxCells), "measure fewer values")
			return true
		}
	}
	return n > maxCells
}
