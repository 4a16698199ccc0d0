package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/results"
)

// maxInput is the largest size of a body_file or a vars file, in bytes.
const maxInput = 64 << 20

// ownHeaders frame or identify a request. A target cannot set them.
var ownHeaders = []string{"Content-Length", "Transfer-Encoding", "X-Vegeta-Attack", "X-Vegeta-Seq"}

var (
	methodForm  = regexp.MustCompile(`^[A-Z]+$`)
	headerForm  = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
	formatVerbs = regexp.MustCompile(`%%|%(?:0([0-9]{1,2}))?d|%`)
)

func (c *checker) vars(p pairs[fileVar]) []variable {
	var vars []variable
	for _, item := range p.items {
		what := "vars." + item.key.value
		c.paramKey(item.key, "vars")
		if _, clash := c.out.params[item.key.value]; clash || c.isAxis(item.key.value) || c.isVariantParam(item.key.value) {
			c.report(item.key.mark, fmt.Sprintf("%s: %q is also a parameter", what, item.key.value), "choose another name")
		}
		v := variable{name: item.key.value}
		f := item.value
		var sources []mark
		for _, at := range []mark{f.Sequence.mark, f.Values.mark, f.File.mark} {
			if at.given() {
				sources = append(sources, at)
			}
		}
		switch {
		case !f.given():
		case len(sources) == 0:
			c.report(f.mark, what+" has no values, expected sequence, values or file", "add one of them")
		case len(sources) > 1:
			c.report(sources[1], what+": only one of sequence, values and file can be given", "keep one of them")
		case f.Sequence.given():
			c.sequence(&v, f, what)
		case f.Values.given():
			v.items = values(f.Values)
		default:
			v.items = c.lines(f.File, what+".file")
		}
		if f.Format.given() && !f.Sequence.given() {
			c.report(f.Format.mark, what+".format is only for a sequence", "delete it")
		}
		if v.items == nil && v.count == 0 {
			v.items = []string{"0"} // the error is reported above; this value lets the check go on
		}
		vars = append(vars, v)
	}
	return vars
}

func (c *checker) isAxis(name string) bool {
	return slices.ContainsFunc(c.out.matrix, func(a axis) bool { return a.key == name })
}

func (c *checker) isVariantParam(name string) bool {
	return slices.ContainsFunc(c.out.variants, func(v results.Variant) bool { _, ok := v.Params[name]; return ok })
}

func values(l list[text]) []string {
	out := make([]string, len(l.items))
	for i, t := range l.items {
		out[i] = t.value
	}
	return out
}

func (c *checker) sequence(v *variable, f fileVar, what string) {
	c.format(v, f.Format, what)
	if n := len(f.Sequence.items); n != 2 {
		c.report(f.Sequence.mark, fmt.Sprintf("%s.sequence has %d entries, expected the first and the last number", what, n), "like [0, 9999]")
		return
	}
	first, last := f.Sequence.items[0], f.Sequence.items[1]
	if first.value > last.value {
		c.report(last.mark, fmt.Sprintf("%s.sequence ends before it begins", what), fmt.Sprintf("did you mean [%d, %d]?", last.value, first.value))
		return
	}
	v.first, v.count = uint64(first.value), uint64(last.value-first.value)+1
}

// format reads the text around the number of a sequence.
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

// input reads another file that the scenario names, and keeps its digest.
func (c *checker) input(t text, what string) ([]byte, bool) {
	data, bad := c.readFile(t.value)
	if bad != nil {
		c.report(t.mark, what+": "+bad.message, bad.suggestion)
		return nil, false
	}
	sum := sha256.Sum256(data)
	c.out.Inputs[t.value] = hex.EncodeToString(sum[:])
	return data, true
}

// readFile reads another file that the scenario names.
func (c *checker) readFile(name string) ([]byte, *problem) {
	data, err := readLimited(beside(c.dir, name), maxInput+1)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &problem{fmt.Sprintf("there is no file %q", name), "the path is relative to the scenario file"}
	case err != nil:
		return nil, &problem{err.Error(), ""}
	case len(data) > maxInput:
		return nil, &problem{fmt.Sprintf("%s has more than %d bytes", name, maxInput), ""}
	}
	return data, nil
}

// beside is the path of a file that a scenario names, from the folder of the scenario.
func beside(folder, name string) string {
	path := filepath.FromSlash(name)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

func (c *checker) targets(s *Stream, targets []fileTarget, what string) {
	for _, f := range targets {
		raw := rawTarget{method: f.Method.or("GET"), path: f.Path.value, body: f.Body.value, weight: f.Weight.or(1)}
		c.atLeastOne(f.Weight, what+".weight")
		if !methodForm.MatchString(raw.method) {
			c.report(f.Method.mark, fmt.Sprintf("%s.method: %q is not a method, expected capital letters", what, raw.method), didFixUpper(raw.method))
		}
		in := site{own: s.Server, vars: s.vars}
		c.path(in, f.Path, what+".path")
		for _, h := range f.Headers.items {
			c.headerName(h.key, what)
			in.text, in.what = h.value, what+".headers."+h.key.value
			c.site(in, checkHeader)
			c.items(in, checkHeader)
			raw.headers = append(raw.headers, rawHeader{h.key.value, h.value.value})
		}
		in.text, in.what = f.Body, what+".body"
		if f.BodyFile.given() {
			if f.Body.given() {
				c.report(f.BodyFile.mark, what+": body and body_file cannot both be given", "keep one of them")
			}
			data, ok := c.input(f.BodyFile, what+".body_file")
			if ok {
				raw.body = string(data)
				in.text = text{mark{1, 1}, raw.body}
				in.what, in.file, in.source = what+".body_file", filepath.Join(c.dir, filepath.FromSlash(f.BodyFile.value)), data
			}
		}
		c.site(in, nil)
		s.targets = append(s.targets, raw)
	}
}

func (c *checker) headerName(name text, what string) {
	switch {
	case !headerForm.MatchString(name.value):
		c.report(name.mark, fmt.Sprintf("%s.headers: %q is not the name of a header", what, name.value), "")
	case slices.ContainsFunc(ownHeaders, func(own string) bool { return strings.EqualFold(own, name.value) }):
		c.report(name.mark, fmt.Sprintf("%s.headers: %s is set by the harness", what, name.value), "delete it")
	}
}

func didFixUpper(method string) string {
	if up := strings.ToUpper(method); methodForm.MatchString(up) {
		return "did you mean " + up + "?"
	}
	return ""
}

// path reads a target's path. If the path is nothing but a variable, the values of
// that variable are whole paths, so each of them is checked.
func (c *checker) path(in site, t text, what string) {
	in.text, in.what = t, what
	parts, _, _ := split(t.value)
	if len(parts) == 1 && in.find(parts[0].name) != nil {
		c.site(in, nil)
		c.items(in, checkPath)
		return
	}
	c.site(in, checkPath)
}

// items checks every value of every variable that a site mentions. Of a sequence it
// checks only the first value, because the values differ only in their digits.
func (c *checker) items(in site, check func(string) *problem) {
	parts, _, _ := split(in.text.value)
	for _, p := range parts {
		v := in.find(p.name)
		if v == nil {
			continue
		}
		items := v.items
		if items == nil {
			items = []string{string(v.append(nil, 0))}
		}
		for i, item := range items {
			if bad := check(item); bad != nil {
				c.report(c.locate(in.text, p.at), fmt.Sprintf("%s: value %d of ${%s}: %s", in.what, i+1, v.name, bad.message), bad.suggestion)
				break
			}
		}
	}
}

// checkPath checks a path in the form in which it is sent.
func checkPath(final string) *problem {
	if !strings.HasPrefix(final, "/") {
		return &problem{fmt.Sprintf("%q does not begin with /", final), "did you mean /" + final + "?"}
	}
	if i := strings.IndexFunc(final, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' }); i >= 0 {
		r := []rune(final[i:])[0]
		return &problem{fmt.Sprintf("%q holds %q, which is not allowed in a path", final, r), fmt.Sprintf("write %s for it", percent(r))}
	}
	if _, err := url.ParseRequestURI(final); err != nil {
		return &problem{fmt.Sprintf("%q is not a path", final), "write %25 for a literal %"}
	}
	return nil
}

func percent(r rune) string {
	var b strings.Builder
	for _, octet := range []byte(string(r)) {
		fmt.Fprintf(&b, "%%%02X", octet)
	}
	return b.String()
}

func checkHeader(final string) *problem {
	if strings.ContainsFunc(final, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return &problem{"a header cannot hold line ends or control characters", ""}
	}
	return nil
}
