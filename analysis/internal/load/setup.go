package load

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/assay-bench/assay/results"
)

// Unequal says that two bundles did not measure the same thing under the same name:
// a variant of a scenario that both have was loaded or started differently.
type Unequal struct {
	// The names are those under which both bundles have their results.
	Scenario, Variant string
	Unit              string // the only unit that it concerns; empty for all
	What              string // what differs, with both values: "warmup 1s, 6s"
}

// UnequalSetups compares the loads and servers of the scenarios that two bundles
// have in common, variant by variant, with parameters replaced by their values.
// Names, summaries, comments, numbers of blocks and objectives do not matter, except
// for the objective that decides which answers are in time. Builds and directories
// do not count either, because what was built there may be what is compared. Text
// does not describe its setup, so its rows are taken to be comparable.
func UnequalSetups(a, b Source) []Unequal {
	x, ok := a.(*Run)
	y, too := b.(*Run)
	if !ok || !too {
		return nil
	}
	var all []Unequal
	for i := range x.Manifest.Scenarios {
		p := &x.Manifest.Scenarios[i]
		q := y.Manifest.Scenario(p.Name)
		if q == nil {
			continue
		}
		texts := [2]map[string]any{parsed(p.Text), parsed(q.Text)}
		if texts[0] == nil || texts[1] == nil {
			texts = [2]map[string]any{} // a value that one of the two lacks is not a difference
		}
		for _, v := range p.Variants {
			k := slices.IndexFunc(q.Variants, func(w results.Variant) bool { return w.Name == v.Name })
			if k < 0 {
				continue
			}
			if what := topologies(x, y); what != "" {
				all = append(all, Unequal{Scenario: p.Name, Variant: v.Name, What: what})
			}
			if what := differing(setupOf(p, v, texts[0]), setupOf(q, q.Variants[k], texts[1])); what != "" {
				all = append(all, Unequal{Scenario: p.Name, Variant: v.Name, What: what})
			}
			if s, t := inTime(p), inTime(q); s != t {
				all = append(all, Unequal{p.Name, v.Name, "within-slo-ratio", fmt.Sprintf("in time is %s, %s", s, t)})
			}
		}
	}
	return all
}

// topologies says in what the hosts of two runs differ, or returns "": a number that crossed
// a network, or that several generators made, is compared only with its like.
func topologies(a, b *Run) string {
	const alone = "one machine"
	x, y := cmp.Or(a.Manifest.Topology.Label(), alone), cmp.Or(b.Manifest.Topology.Label(), alone)
	if x == y {
		return ""
	}
	return fmt.Sprintf("hosts %s, %s", x, y)
}

// inTime returns the threshold of the first latency objective.
func inTime(s *results.Scenario) string {
	for _, o := range s.Objectives {
		if o.Unit == results.Seconds && o.Stream == "" && o.Target == "" {
			return time.Duration(o.Threshold * float64(time.Second)).Round(time.Nanosecond).String()
		}
	}
	return absent
}

const absent = "none"

// setup describes the load and the servers of one variant: values by name, with the
// values of lists in order.
type setup map[string][]string

// set notes one setting, unless it has no value.
func (s setup) set(name, value string) {
	if value != "" {
		s[name] = []string{value}
	}
}

// setupOf combines what the manifest has resolved with what only the text of the
// scenario contains.
func setupOf(s *results.Scenario, v results.Variant, text map[string]any) setup {
	params := maps.Clone(s.Params)
	if params == nil {
		params = map[string]string{}
	}
	maps.Copy(params, v.Params)
	all := setup{}
	all.set("warmup", s.Warmup.String())
	for _, server := range s.Servers {
		at := prefix(server.Name, len(s.Servers))
		all.set(at+"url", expand(server.URL, params))
		for _, arg := range server.Command {
			all[at+"command"] = append(all[at+"command"], expand(arg, params))
		}
	}
	for _, stream := range s.Streams {
		all.stream(prefix(stream.Name, len(s.Streams)), stream)
	}
	for _, c := range s.Cells {
		if c.Variant != v.Name || len(c.Matrix) == 0 {
			continue
		}
		cell := strings.TrimPrefix(Cell{Matrix: c.Matrix}.Label(), " ") + " "
		for _, stream := range c.Streams {
			all.stream(cell+prefix(stream.Name, len(c.Streams)), stream)
		}
	}
	for file, sum := range s.Inputs {
		all.set("content of "+file, sum[:min(8, len(sum))])
	}
	all.text(text, params)
	return all
}

// prefix distinguishes the servers and streams of a scenario if there are several.
func prefix(name string, of int) string {
	if of < 2 {
		return ""
	}
	return name + " "
}

// stream notes the load of a stream.
func (s setup) stream(at string, x results.Stream) {
	s.set(at+"server", x.Server)
	s.set(at+"load", x.Model)
	s.set(at+"duration", nonzero(x.Duration))
	s.set(at+"clients", nonzero(x.Clients))
	s.set(at+"requests", nonzero(x.Requests))
	s.set(at+"think", nonzero(x.Think))
	if x.Backoff != nil {
		s.set(at+"backoff", x.Backoff.String())
	}
	s.set(at+"arrivals", x.Arrivals)
	if x.Rate != 0 {
		s.set(at+"rate", rate(x.Rate))
	}
	for _, stage := range x.Stages {
		text := rate(stage.Rate)
		if stage.To != nil {
			text += " to " + rate(*stage.To)
		}
		s[at+"stages"] = append(s[at+"stages"], text+" for "+stage.Duration.String())
	}
	s.set(at+"timeout", x.Timeout.String())
	s.set(at+"connections", nonzero(x.Connections))
	s.set(at+"transport", x.Transport)
	s.set(at+"tls", nonzero(x.TLS)) // whom it trusts does not change the load
	if x.NoReuse {
		s.set(at+"reuse", "false")
	}
}

// nonzero prints a value, and the zero value as nothing.
func nonzero[T comparable](v T) string {
	var zero T
	if v == zero {
		return ""
	}
	return fmt.Sprint(v)
}

// rate prints a rate as scenario files have it.
func rate(perSecond float64) string { return strconv.FormatFloat(perSecond, 'g', -1, 64) + "/s" }

// The keys of a scenario file that describe load and servers and that the manifest
// has not resolved. The harness has checked the file; here keys are only looked up.
// A value that is written out therefore differs from the same value as a default.
var (
	keysOfFile   = []string{"placement"}
	keysOfServer = []string{"env", "metrics"}
	keysOfStream = []string{"expect", "vars", "targets"}
)

// parsed returns the parsed text of a scenario, or nil if it cannot be read.
func parsed(text string) map[string]any {
	var file map[string]any
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return nil // the harness could read the text, so this one is not the original
	}
	return file
}

// text adds what the text of a scenario file says of servers and loads. params replace
// ${name} in it.
func (s setup) text(file map[string]any, params map[string]string) {
	s.keys("", file, keysOfFile, params)
	parts := func(list string, keys []string, only any) {
		items, ok := file[list].([]any)
		if !ok {
			items = []any{only}
		}
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				s.keys(prefix(fmt.Sprint(m["name"]), len(items)), m, keys, params)
			}
		}
	}
	parts("servers", keysOfServer, file["server"])
	parts("streams", keysOfStream, file)
}

// keys adds the values of some keys of a mapping. at is the path of the mapping in the
// file, as it begins a name.
func (s setup) keys(at string, m map[string]any, keys []string, params map[string]string) {
	for _, k := range keys {
		if v, ok := m[k]; ok {
			s.value(at+k, v, params)
		}
	}
}

// value adds the leaves of a tree.
func (s setup) value(name string, v any, params map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if (k == "name" || k == "objectives") && targetEntry.MatchString(name) {
				continue // neither changes what is sent
			}
			s.value(name+" "+k, item, params)
		}
	case []any:
		for _, item := range v {
			if _, nested := item.(map[string]any); nested {
				continue
			}
			s[name] = append(s[name], expand(fmt.Sprint(item), params))
		}
		for i, item := range v {
			if m, nested := item.(map[string]any); nested {
				s.value(fmt.Sprintf("%s %d", name, i+1), m, params)
			}
		}
	case nil:
	default:
		s.set(name, expand(fmt.Sprint(v), params))
	}
}

// targetEntry matches what [setup.value] calls an entry of targets.
var targetEntry = regexp.MustCompile(`(^| )targets [0-9]+$`)

var reference = regexp.MustCompile(`\$\$\{|\$\{[^}]*\}`)

// expand replaces parameters by their values. Names whose values are known only in a
// trial, such as ports, and variables of targets stay as they are.
func expand(text string, params map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		if ref == "$${" {
			return ref
		}
		if v, ok := params[ref[2:len(ref)-1]]; ok {
			return v
		}
		return ref
	})
}

// differing says how two setups differ, including what only one of them has. It
// returns "" if they are equal.
func differing(a, b setup) string {
	names := map[string]bool{}
	for n := range a {
		names[n] = true
	}
	for n := range b {
		names[n] = true
	}
	var parts []string
	for _, n := range slices.Sorted(maps.Keys(names)) {
		if slices.Equal(a[n], b[n]) {
			continue
		}
		x, y := without(a[n], b[n]), without(b[n], a[n])
		if len(x)+len(y) == 0 {
			parts = append(parts, "order of "+n)
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %s, %s", n, short(x), short(y)))
	}
	return strings.Join(parts, "; ")
}

// without returns the items of a that b lacks, as often as b lacks them.
func without(a, b []string) []string {
	rest := slices.Clone(b)
	var more []string
	for _, x := range a {
		if i := slices.Index(rest, x); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			more = append(more, x)
		}
	}
	return more
}

// short formats a list for a sentence.
func short(items []string) string {
	text := []rune(strings.Join(items, " "))
	switch {
	case len(text) == 0:
		return absent
	case len(text) > 60:
		return string(text[:59]) + "…"
	}
	return string(text)
}
