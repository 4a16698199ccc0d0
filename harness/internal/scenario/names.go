package scenario

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/results"
)

// site is a text in which ${...} is replaced.
type site struct {
	text  text
	what  string     // the key, for messages
	own   string     // the server that ${port} and ${binary} refer to
	build bool       // part of a build, which must not depend on the matrix or on ports
	load  bool       // part of a load, which is the same in every block and for every server
	vars  []variable // variables of the stream, for its targets

	secrets   bool          // ${secret.NAME} may stand here
	extracted []string      // names that setup, or steps of the flow, extract before this text is used
	flow      []flowExtract // all that the flow of the text extracts

	// file and source are set if the text is not in the scenario file.
	file   string
	source []byte

	check func(final string) *problem // checks the text after all replacements; may be nil
}

// site registers a text in which names are replaced, if the text was given.
func (c *checker) site(s site, check func(string) *problem) {
	if s.text.given() {
		s.check = check
		c.sites = append(c.sites, s)
	}
}

// names checks that all names are defined in every cell, that the resulting texts
// are right, and that every variant and matrix key is used.
func (c *checker) names(f *fileScenario) {
	cells := slices.DeleteFunc(c.out.Cells(), func(cell Cell) bool { return cell.Variant == "" })
	for _, s := range c.sites {
		c.uses(s.text)
		if c.defined(s, cells) && s.check != nil {
			c.final(s, cells)
		}
	}
	if len(c.errors) > 0 {
		// Now the whole file counts: if a wrong key hides a use of the parameter,
		// the parameter is not at fault.
		for _, m := range mention.FindAllSubmatch(c.source, -1) {
			c.used[string(m[1])] = true
		}
	}
	for _, v := range f.Variants.items {
		if !v.Name.given() {
			continue
		}
		for _, p := range v.Params.items {
			c.isUsed(p.key, fmt.Sprintf("variant %q sets", v.Name.value))
		}
	}
	for _, a := range f.Matrix.items {
		c.isUsed(a.key, "the matrix sets")
	}
	c.extractsUsed()
	c.secretsUsed()
}

// mention finds ${name} anywhere in a text.
var mention = regexp.MustCompile(`\$\{([^{}]*)\}`)

// uses records the names that a text mentions.
func (c *checker) uses(t text) {
	parts, _, _ := split(t.value)
	for _, p := range parts {
		if p.name != "" {
			c.used[p.name] = true
		}
	}
}

// isUsed reports a parameter that changes nothing. With a misspelt parameter, the
// scenario would silently compare a variant with itself.
func (c *checker) isUsed(key text, who string) {
	if !c.used[key.value] && !slices.Contains(builtin, key.value) {
		c.report(key.mark, fmt.Sprintf("%s %q, but no ${%s} uses it", who, key.value, key.value), nearest(key.value, slices.Sorted(maps.Keys(c.used))))
	}
}

// defined checks every name that a site mentions.
func (c *checker) defined(s site, cells []Cell) bool {
	parts, bad, at := split(s.text.value)
	if bad != nil {
		c.reportAt(s, at, bad.message, bad.suggestion)
		return false
	}
	ok := true
	for _, p := range parts {
		if p.name == "" {
			continue
		}
		if s.find(p.name) != nil || slices.Contains(s.extracted, p.name) {
			continue
		}
		if message, suggestion := c.undefined(s, p.name, cells); message != "" {
			c.reportAt(s, p.at, message, suggestion)
			ok = false
		}
	}
	return ok
}

// find returns the variable of the site that a name means, or nil.
func (s *site) find(name string) *variable {
	for i := range s.vars {
		v := &s.vars[i]
		if v.name == name || v.unread && strings.HasPrefix(name, v.name+".") {
			return v
		}
	}
	return nil
}

// undefined explains why ${name} has no value at a site, or returns "" if it has
// one.
func (c *checker) undefined(s site, name string, cells []Cell) (message, suggestion string) {
	if s.build && (c.address(name) || name == "port" || strings.HasPrefix(name, "port.")) {
		return fmt.Sprintf("${%s} is not allowed in a build, which runs before ports are chosen", name), ""
	}
	if s.build && c.isAxis(name) {
		return fmt.Sprintf("${%s} is not allowed in a build, which runs once for all values of the matrix", name), "make it a parameter of variants"
	}
	if strings.HasPrefix(name, secretPrefix) {
		return c.noSecret(s, name)
	}
	if s.load && (c.address(name) || slices.Contains([]string{"port", "seed", "layout", "binary"}, name) || strings.HasPrefix(name, "port.")) {
		return fmt.Sprintf("${%s} is not allowed here, because a load is the same in every block", name), "use a key of the matrix, or a parameter"
	}
	var missing []string
	lacking := 0
	for _, cell := range cells {
		if _, ok := c.out.lookup(cell, c.trial, s.own)(name); ok {
			continue
		}
		lacking++
		if cell.AAOf == "" && !slices.Contains(missing, cell.Variant) {
			missing = append(missing, cell.Variant)
		}
	}
	switch {
	case lacking == 0:
		return "", ""
	case name == "port":
		return "${port} is not defined for a server that already runs", "write the port out"
	case c.address(name) && name == "socket":
		return "${socket} is not defined for a server that already runs", "write the path out"
	case c.address(name) && name == "host":
		return "${host} is not defined for a server that already runs", "write the address out"
	case name == "binary":
		return "${binary} is not defined for a server without a build", "add build: to the server"
	case lacking < len(cells):
		return fmt.Sprintf("${%s} has no value in variant %s", name, strings.Join(missing, ", ")), "give it one there, or a default under params"
	case slices.Contains(c.extractedNames(), name):
		return fmt.Sprintf("${%s} is extracted by setup, which only targets and later requests of setup may use", name), "use a parameter here"
	case s.inFlow(name) != "":
		return fmt.Sprintf("${%s} is extracted by %s, which does not come before this step", name, s.inFlow(name)), "change the order of the steps"
	case c.isFlowExtract(name):
		return fmt.Sprintf("${%s} is extracted by a flow, and only later steps of that flow may use it", name), "use a parameter here, or extract it in setup"
	case c.isVariable(name):
		return fmt.Sprintf("${%s} is a variable, which only targets of its stream may use", name), "use a parameter here"
	}
	if message, suggestion := s.noColumn(name); message != "" {
		return message, suggestion
	}
	return fmt.Sprintf("${%s} is not defined", name), didYouMean(name, c.known(s))
}

// address reports whether a name is that of a server's address: ${host} and ${socket},
// unless they are parameters, or ${host.SERVER} and ${socket.SERVER}.
func (c *checker) address(name string) bool {
	if name != "host" && name != "socket" {
		return strings.HasPrefix(name, "host.") || strings.HasPrefix(name, "socket.")
	}
	_, taken := c.out.params[name]
	return !taken && !c.isAxis(name) && !slices.ContainsFunc(c.out.variants, func(v results.Variant) bool { _, ok := v.Params[name]; return ok })
}

// isVariable reports whether some stream has a variable with that name.
func (c *checker) isVariable(name string) bool {
	return slices.ContainsFunc(c.out.Streams, func(s Stream) bool {
		return slices.ContainsFunc(s.vars, func(v variable) bool { return v.name == name })
	})
}

// known returns the names that are allowed at a site.
func (c *checker) known(s site) []string {
	var names []string
	for _, v := range s.vars {
		names = append(names, v.name)
	}
	names = append(names, s.extracted...)
	names = append(names, slices.Sorted(maps.Keys(c.out.params))...)
	for _, v := range c.out.variants {
		names = append(names, slices.Sorted(maps.Keys(v.Params))...)
	}
	for _, a := range c.out.matrix {
		names = append(names, a.key)
	}
	names = append(names, "variant")
	if !s.load {
		names = append(names, "seed", "layout")
	}
	if _, ok := c.trial.Ports[s.own]; ok && !s.build {
		names = append(names, "port", "host", "socket")
	}
	if _, ok := c.trial.Binaries[s.own]; ok {
		names = append(names, "binary")
	}
	if len(c.out.Servers) > 1 && !s.build && !s.load {
		for _, server := range slices.Sorted(maps.Keys(c.trial.Ports)) {
			names = append(names, "port."+server, "host."+server, "socket."+server)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// final checks the text of a site in every cell, after all replacements, and reports
// the first cell that is wrong. Every variable counts as 0 here: its values are
// checked by items, or are escaped.
func (c *checker) final(s site, cells []Cell) {
	for _, cell := range cells {
		lookup := c.out.lookup(cell, c.trial, s.own)
		text, err := expand(s.text.value, func(name string) (string, bool) {
			if s.find(name) != nil || slices.Contains(s.extracted, name) || strings.HasPrefix(name, secretPrefix) {
				return "0", true
			}
			return lookup(name)
		})
		if err != nil {
			continue // reported by defined
		}
		if bad := s.check(text); bad != nil {
			message := s.what + ": " + bad.message
			if text != s.text.value {
				message += " in " + cell.Name()
			}
			c.report(s.text.mark, message, bad.suggestion)
			return
		}
	}
}

// reportAt reports an error at the "${" with number at of a site.
func (c *checker) reportAt(s site, at int, message, suggestion string) {
	message = s.what + ": " + message
	if s.file == "" {
		c.report(c.locate(s.text, at), message, suggestion)
		return
	}
	place := locate(s.source, mark{1, 1}, at)
	elsewhere := reporter{file: s.file}
	elsewhere.report(place, message, suggestion)
	c.errors = append(c.errors, elsewhere.errors...)
}

// locate returns the position, in the scenario file, of the "${" with number at of a
// text.
func (c *checker) locate(t text, at int) mark { return locate(c.source, t.mark, at) }

// locate counts occurrences of "${" in the source from a position on. If escapes in
// the text hide one, which is rare, it returns the position where it started.
func locate(source []byte, from mark, at int) mark {
	rest := strings.TrimPrefix(string(source), "\ufeff")
	for range from.line - 1 {
		_, after, found := strings.Cut(rest, "\n")
		if !found {
			return from
		}
		rest = after
	}
	for range from.column - 1 {
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
	here := from
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			return from
		}
		skipped := rest[:i]
		if n := strings.Count(skipped, "\n"); n > 0 {
			here = mark{here.line + n, 1}
			skipped = skipped[strings.LastIndexByte(skipped, '\n')+1:]
		}
		here.column += utf8.RuneCountInString(skipped)
		if at == 0 {
			return here
		}
		at--
		here.column += 2
		rest = rest[i+2:]
	}
}
