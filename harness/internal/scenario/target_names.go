package scenario

import (
	"fmt"
	"regexp"
	"strings"
)

var targetName = regexp.MustCompile(`^[a-z0-9-]+$`)

// mostTargetName bounds the name that a target is given, in characters.
const mostTargetName = 40

// targetNames checks the names of targets, and gives a name to those without one.
func (c *checker) targetNames(targets []fileTarget, what string) []string {
	names := make([]string, len(targets))
	seen := map[string]mark{}
	for i, f := range targets {
		c.matches(f.Name, what+".name", targetName, "small letters, digits and -")
		if end := processors.FindString(f.Name.value); end != "" {
			c.report(f.Name.mark, fmt.Sprintf("target %q: the ending %s would be read as a number of processors", f.Name.value, end),
				"write "+strings.TrimSuffix(f.Name.value, end)+strings.TrimPrefix(end, "-"))
		}
		c.unique(seen, f.Name, "target")
		names[i] = f.Name.value
	}
	taken := newNames(names)
	for i, f := range targets {
		if names[i] == "" {
			names[i] = taken.unused(defaultTargetName(f.Method.or("GET"), f.Path.value))
		}
	}
	return names
}

// names are names that are taken. A file may have twenty thousand targets, so none of them
// is looked for twice.
type names struct {
	taken map[string]bool
	tried map[string]int // by name, how many endings were tried
}

// newNames returns the set of these names.
func newNames(all []string) *names {
	n := &names{taken: make(map[string]bool, len(all)), tried: map[string]int{}}
	for _, name := range all {
		n.taken[name] = true
	}
	return n
}

// unused takes a name that is not taken: the name, else the name with -b, -c and so on.
func (n *names) unused(name string) string {
	free := name
	for n.taken[free] {
		n.tried[name]++
		free = name + "-" + letters(n.tried[name])
	}
	n.taken[free] = true
	return free
}

// letters counts with letters: b, c, …, z, ba, bb, …
func letters(n int) string {
	text := ""
	for {
		text = string(rune('a'+n%26)) + text
		if n /= 26; n == 0 {
			return text
		}
	}
}

var (
	noName       = regexp.MustCompile(`[^a-z0-9]+`)
	lastNumber   = regexp.MustCompile(`-([0-9]+)$`)
	variablePart = strings.NewReplacer("$${", "", "${", "", "}", "")
)

// defaultTargetName is made from the method and the path without its query: GET
// /orders/${id} is get-orders-id. It does not end like a number of processors.
func defaultTargetName(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	name := noName.ReplaceAllString(strings.ToLower(method+" "+variablePart.Replace(path)), "-")
	name = strings.Trim(name[:min(len(name), mostTargetName)], "-")
	name = lastNumber.ReplaceAllString(name, "$1")
	if name == "" {
		return "target"
	}
	return name
}
