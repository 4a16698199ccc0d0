package scenario

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"

	plain "github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/results"
)

var formatVerbs = regexp.MustCompile(`%%|%(?:0([0-9]{1,2}))?d|%`)

// vars reads the variables of a stream.
func (c *checker) vars(stream string, p pairs[fileVar]) []variable {
	var vars []variable
	for _, item := range p.items {
		what := "vars." + item.key.value
		c.paramKey(item.key, "vars")
		if _, clash := c.out.params[item.key.value]; clash || c.isAxis(item.key.value) || c.isVariantParam(item.key.value) {
			c.report(item.key.mark, fmt.Sprintf("%s: %q is also a parameter", what, item.key.value), "choose another name")
		}
		v := variable{name: item.key.value, salt: salt("vars/" + stream + "/" + item.key.value)}
		vars = append(vars, c.variable(v, &item.value, what)...)
	}
	return vars
}

// salt makes the draws for one purpose independent of those for another.
func salt(purpose string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return h.Sum64()
}

// isAxis reports whether a name is a key of the matrix.
func (c *checker) isAxis(name string) bool {
	return slices.ContainsFunc(c.out.matrix, func(a axis) bool { return a.key == name })
}

// isVariantParam reports whether some variant sets a parameter of this name.
func (c *checker) isVariantParam(name string) bool {
	return slices.ContainsFunc(c.out.variants, func(v results.Variant) bool { _, ok := v.Params[name]; return ok })
}

// variable reads the values of one variable. It returns a variable for each column of
// a table, and one variable of anything else.
func (c *checker) variable(v variable, f *fileVar, what string) []variable {
	all := []variable{v}
	switch sources := f.sources(); {
	case !f.given():
	case len(sources) == 0:
		c.report(f.mark, what+" has no values, expected sequence, values, file, csv, random or uuid", "add one of them")
	case len(sources) > 1:
		c.report(sources[1], what+": only one of sequence, values, file, csv, random and uuid can be given", "keep one of them")
	case f.Sequence.given():
		c.numbers(&all[0], f.Sequence, f.Format, what, "sequence")
	case f.Random.given():
		all[0].pick = pickRandom
		c.numbers(&all[0], f.Random, f.Format, what, "random")
	case f.UUID.given():
		all[0].uuid = true
		if !f.UUID.value {
			c.report(f.UUID.mark, what+".uuid is false, expected true", "delete it, or give other values")
		}
	case f.Values.given():
		all[0].items = values(f.Values)
	case f.File.given():
		all[0].items = c.lines(f.File, what+".file")
	default:
		all = c.table(v, f.CSV, what+".csv")
	}
	if f.Format.given() && !f.Sequence.given() && !f.Random.given() {
		c.report(f.Format.mark, what+".format is only for a sequence or random numbers", "delete it")
	}
	c.pick(all, f, what)
	return all
}

// sources returns where the file says what the values are.
func (f *fileVar) sources() []mark {
	all := []mark{f.Sequence.mark, f.Values.mark, f.File.mark, f.CSV.mark, f.Random.mark, f.UUID.mark}
	return slices.DeleteFunc(all, func(at mark) bool { return !at.given() })
}

// pick reads in which order the values are taken, for all columns of a table alike.
func (c *checker) pick(all []variable, f *fileVar, what string) {
	if f.Pick.given() && (f.Random.given() || f.UUID.given()) {
		c.report(f.Pick.mark, what+".pick is only for sequence, values, file and csv", "delete it: the values are random already")
		return
	}
	exponent := f.S.or(defaultZipf)
	switch {
	case f.S.given() && f.Pick.value != "zipf":
		c.report(f.S.mark, what+".s is only for pick: zipf", "delete it, or add pick: zipf")
		exponent = defaultZipf
	case exponent <= 0:
		c.report(f.S.mark, what+".s is 0, expected more", "pick: random takes all values alike")
		exponent = defaultZipf
	}
	for i := range all {
		v := &all[i]
		if v.size() == 0 {
			v.items = []string{"0"} // the error is reported already; this value lets the check go on
		}
		switch f.Pick.value {
		case "random":
			v.pick = pickRandom
		case "zipf":
			v.pick, v.zipf = pickZipf, newZipf(exponent, v.size())
		}
	}
}

// values returns the texts of a list without their positions.
func values(l list[text]) []string {
	out := make([]string, len(l.items))
	for i, t := range l.items {
		out[i] = t.value
	}
	return out
}

// numbers reads the first and the last of several whole numbers.
func (c *checker) numbers(v *variable, l list[count], form text, what, key string) {
	c.format(v, form, what)
	if n := len(l.items); n != 2 {
		c.report(l.mark, fmt.Sprintf("%s.%s has %d entries, expected the first and the last number", what, key, n), "like [0, 9999]")
		return
	}
	first, last := l.items[0], l.items[1]
	if first.value > last.value {
		c.report(last.mark, fmt.Sprintf("%s.%s ends before it begins", what, key), fmt.Sprintf("did you mean [%d, %d]?", last.value, first.value))
		return
	}
	v.first, v.count = uint64(first.value), uint64(last.value-first.value)+1
}

// format reads the text around a number.
func (c *checker) format(v *variable, t text, what string) {
	form := t.or("%d")
	verbs := formatVerbs.FindAllStringSubmatchIndex(form, -1)
	verbs = slices.DeleteFunc(verbs, func(at []int) bool { return form[at[0]:at[1]] == "%%" })
	if len(verbs) != 1 || form[verbs[0][0]:verbs[0][1]] == "%" {
		c.report(t.mark, fmt.Sprintf("%s.format: %q is not a format, expected text with one %%d or %%05d in it", what, form), `like "P%05d"; %% is a literal %`)
		return
	}
	at := verbs[0]
	v.prefix, v.suffix = strings.ReplaceAll(form[:at[0]], "%%", "%"), strings.ReplaceAll(form[at[1]:], "%%", "%")
	if at[2] >= 0 {
		v.width, _ = strconv.Atoi(form[at[2]:at[3]]) // at most two digits
	}
}

// lines returns the lines of a vars file, without an empty last line.
func (c *checker) lines(t text, what string) []string {
	data, ok := c.input(t, what)
	if !ok {
		return nil
	}
	data, encoding := plain.Decode(data)
	if encoding != nil {
		in := reporter{file: beside(c.dir, t.value)}
		in.report(mark{encoding.Line, encoding.Column}, what+": "+encoding.Message, encoding.Suggestion)
		c.errors = append(c.errors, in.errors...)
		return nil
	}
	lines := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		c.report(t.mark, fmt.Sprintf("%s: %s is empty, expected one value per line", what, t.value), "")
		return nil
	}
	return lines
}
