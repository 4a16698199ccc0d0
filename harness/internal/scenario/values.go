package scenario

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// These are the types of values in a scenario file. Each decodes itself from a node
// and remembers its position.

type text struct {
	mark
	value string
}

// decode takes any single value as it is written: numbers and true are texts too.
func (t *text) decode(d *decoder, n ast.Node, what string) {
	t.mark, t.value, _ = d.scalar(n, what)
}

// or returns the value, or fallback if none was given.
func (t text) or(fallback string) string {
	if !t.given() {
		return fallback
	}
	return t.value
}

// duration is a time with its unit, like 1.5s.
type duration struct {
	mark
	value time.Duration
	raw   string // holds ${...}: the value is that of a cell
}

// decode takes a number with a unit, like 1.5s. A number alone would be a guess of its
// unit.
func (v *duration) decode(d *decoder, n ast.Node, what string) {
	at, raw, ok := d.scalar(n, what)
	v.mark = at
	if !ok {
		return
	}
	v.value, v.raw = parsed(d, at, raw, what, parseDuration)
}

// or returns the value, or fallback if none was given.
func (v duration) or(fallback time.Duration) time.Duration {
	if !v.given() {
		return fallback
	}
	return v.value
}

// rate is a number of requests per second, minute or hour.
type rate struct {
	mark
	value float64 // requests per second
	raw   string  // holds ${...}: the value is that of a cell
}

// decode takes a number per second, minute or hour, and keeps it per second.
func (v *rate) decode(d *decoder, n ast.Node, what string) {
	at, raw, ok := d.scalar(n, what)
	v.mark = at
	if !ok {
		return
	}
	v.value, v.raw = parsed(d, at, raw, what, parseRate)
}

// count is a whole number.
type count struct {
	mark
	value int
	raw   string // holds ${...}: the value is that of a cell
}

// decode takes a whole number; 1_000 is one too.
func (v *count) decode(d *decoder, n ast.Node, what string) {
	at, raw, ok := d.scalar(n, what)
	v.mark = at
	if !ok {
		return
	}
	v.value, v.raw = parsed(d, at, raw, what, parseCount)
}

// or returns the value, or fallback if none was given.
func (v count) or(fallback int) int {
	if !v.given() {
		return fallback
	}
	return v.value
}

// number is a number that need not be whole.
type number struct {
	mark
	value float64
}

// decode takes a number from 0 on, with or without a fraction.
func (v *number) decode(d *decoder, n ast.Node, what string) {
	at, raw, ok := d.scalar(n, what)
	v.mark = at
	if !ok {
		return
	}
	v.value, _ = parsed(d, at, raw, what, parseNumber)
}

// or returns the value, or fallback if none was given.
func (v number) or(fallback float64) float64 {
	if !v.given() {
		return fallback
	}
	return v.value
}

// parseNumber rejects what a computer calls a number and people do not: NaN and
// infinity.
func parseNumber(s string) (float64, *problem) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, &problem{fmt.Sprintf("%q is not a number from 0 on", s), "like 1.1"}
	}
	return n, nil
}

// truth is true or false.
type truth struct {
	mark
	value bool
	raw   string // holds ${...}: the value is that of a cell
}

// decode takes true or false. The words that older versions of YAML have for them, such
// as yes, are mistakes: their meaning depends on the reader.
func (v *truth) decode(d *decoder, n ast.Node, what string) {
	at, raw, ok := d.scalar(n, what)
	v.mark = at
	if !ok {
		return
	}
	v.value, v.raw = parsed(d, at, raw, what, parseTruth)
}

// or returns the value, or fallback if none was given.
func (v truth) or(fallback bool) bool {
	if !v.given() {
		return fallback
	}
	return v.value
}

// parseTruth suggests the right spelling of a word like True.
func parseTruth(s string) (bool, *problem) {
	switch s {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, &problem{fmt.Sprintf("%q is neither true nor false", s), nearest(strings.ToLower(s), []string{"true", "false"})}
}

// maxCount limits every count, so that sums and products of a few counts cannot
// overflow an int of 32 bits.
const maxCount = 1_000_000_000

// parseCount accepts underscores between the digits, as YAML and Go do.
func parseCount(s string) (int, *problem) {
	n, err := strconv.Atoi(strings.ReplaceAll(s, "_", ""))
	if err != nil || n < 0 || n > maxCount {
		return 0, &problem{fmt.Sprintf("%q is not a whole number from 0 to %d", s, maxCount), ""}
	}
	return n, nil
}

// parsed runs the parser of a scalar and reports its error. Where values may differ from
// cell to cell, it returns a text with ${...} as it is: [cellValues] parses it.
func parsed[T any](d *decoder, at mark, raw, what string, parse func(string) (T, *problem)) (value T, varies string) {
	if strings.Contains(raw, "${") {
		if d.varies {
			return value, raw
		}
		d.report(at, fmt.Sprintf("%s: ${...} is not allowed here", what), "use it in command, env, dir, url, tls, ready.path, metrics, build, placement, load, warmup, objectives or targets")
		return value, ""
	}
	value, bad := parse(raw)
	if bad != nil {
		d.report(at, what+": "+bad.message, bad.suggestion)
	}
	return value, ""
}

// list is a sequence of values of one type.
type list[T any] struct {
	mark
	items []T
}

// decode takes a sequence with at least one entry: an empty one usually means that its
// entries were lost.
func (l *list[T]) decode(d *decoder, n ast.Node, what string) {
	at, nodes, ok := d.sequence(n, what)
	l.mark = at
	if !ok {
		return
	}
	l.items = make([]T, len(nodes))
	for i, node := range nodes {
		d.value(node, &l.items[i], fmt.Sprintf("%s[%d]", what, i))
	}
	if len(nodes) == 0 {
		d.report(at, what+" is empty, expected at least one entry", "leave the key out or fill the list")
	}
}

// pairs is a mapping whose keys the author of the file chooses, in the order of the
// file.
type pairs[T any] struct {
	mark
	items []pair[T]
}

// pair is one entry of pairs.
type pair[T any] struct {
	key   text
	value T
}

// decode takes a mapping and keeps the order of the file, in which errors are reported.
func (p *pairs[T]) decode(d *decoder, n ast.Node, what string) {
	at, entries, ok := d.mapping(n, what)
	p.mark = at
	if !ok {
		return
	}
	p.items = make([]pair[T], len(entries))
	for i, e := range entries {
		p.items[i].key = e.key
		d.value(e.node, &p.items[i].value, what+"."+e.key.value)
	}
}
