package scenario

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/invopop/jsonschema"
)

// Also names processes that belong to a server although its command does not start them,
// such as a database that already runs. Exactly one field is set.
type Also struct {
	Listens int    // the port on which they listen
	PIDFile string // the file that holds the number of the process
	CGroup  string // the path of a control group
	Unit    string // the name of a unit of systemd
}

// fileAlso is one entry of also.
type fileAlso struct {
	mark    `yaml:"-"`
	Listens text `yaml:"listens" jsonschema_description:"Port on which the processes listen."`
	PIDFile text `yaml:"pid_file" jsonschema_description:"File with the number of the process, relative to the scenario file."`
	CGroup  text `yaml:"cgroup" jsonschema_description:"Path of their control group, as /proc/PID/cgroup has it."`
	Unit    text `yaml:"unit" jsonschema_description:"Name of their unit of systemd."`
}

// JSONSchemaExtend says that an entry selects in one way.
func (fileAlso) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = requiring("listens", "pid_file", "cgroup", "unit")
	if p, ok := s.Properties.Get("listens"); ok {
		p.Type, p.Extras = "", map[string]any{"type": []string{"integer", "string"}}
	}
}

// oneOrMore is a list whose only entry may stand for the list.
type oneOrMore[T any] struct {
	list[T]
}

// decode takes a list, or a single entry.
func (l *oneOrMore[T]) decode(d *decoder, n ast.Node, what string) {
	n = d.follow(n)
	if _, several := n.(*ast.SequenceNode); several {
		l.list.decode(d, n, what)
		return
	}
	l.mark = markOf(n)
	l.items = make([]T, 1)
	d.value(n, &l.items[0], what)
}

// schema allows one element, or a list of them.
func (l *oneOrMore[T]) schema() *jsonschema.Schema {
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{elementSchema[T](), l.list.schema()}}
}

// rawAlso is an entry of also with its ${...}.
type rawAlso struct{ key, value string }

// also reads what else belongs to a server.
func (c *checker) also(server string, l oneOrMore[fileAlso], at func(text, string) site) {
	what := at(text{}, "also").what
	for _, a := range l.items {
		given := 0
		for _, e := range []struct {
			key   string
			text  text
			check func(string) *problem
		}{
			{"listens", a.Listens, checkPort},
			{"pid_file", a.PIDFile, notEmpty},
			{"cgroup", a.CGroup, notEmpty},
			{"unit", a.Unit, checkUnit},
		} {
			if !e.text.given() {
				continue
			}
			given++
			c.site(at(e.text, "also."+e.key), e.check)
			c.out.also[server] = append(c.out.also[server], rawAlso{e.key, e.text.value})
		}
		// An unknown key may be the one that is missing.
		if given > 1 || given == 0 && len(c.errors) == 0 {
			c.report(a.mark, fmt.Sprintf("%s: an entry has %d of listens, pid_file, cgroup and unit, expected one", what, given), "write a list with an entry for each")
		}
	}
}

// checkPort is for a port on which something listens.
func checkPort(final string) *problem {
	if n, err := strconv.Atoi(final); err != nil || n < 1 || n > 65535 {
		return &problem{fmt.Sprintf("%q is not a port", final), "a number from 1 to 65535"}
	}
	return nil
}

// checkUnit is for the name of a unit, which is no path.
func checkUnit(final string) *problem {
	if final == "" || strings.ContainsAny(final, "/ ") {
		return &problem{fmt.Sprintf("%q is not the name of a unit", final), "like postgresql.service, as systemctl lists it"}
	}
	return nil
}

// HasAlso reports whether the scenario says what else belongs to a server.
func (s *Scenario) HasAlso(server string) bool { return len(s.also[server]) > 0 }

// resolveAlso returns what else belongs to a server, with every ${...} replaced.
func (s *Scenario) resolveAlso(server string, lookup func(string) (string, bool)) ([]Also, error) {
	var all []Also
	for _, r := range s.also[server] {
		final, err := expand(r.value, lookup)
		if err != nil {
			return nil, fmt.Errorf("also.%s: %w", r.key, err)
		}
		var a Also
		switch r.key {
		case "listens":
			a.Listens, err = strconv.Atoi(final)
		case "pid_file":
			a.PIDFile = beside(filepath.Dir(s.File), final)
		case "cgroup":
			a.CGroup = final
		default:
			a.Unit = final
		}
		if err != nil {
			return nil, fmt.Errorf("also.%s: %w", r.key, err)
		}
		all = append(all, a)
	}
	return all, nil
}
