package scenario

import (
	"reflect"
	"strings"
)

// cellValues replaces the ${...} in the values of a load. The checks of the load then see
// the values of one cell.
type cellValues struct {
	// replace returns the text of one cell; false means that there is none, which is
	// reported elsewhere.
	replace func(at mark, raw, what string) (string, bool)
	report  func(at mark, message, suggestion string)
}

// cellValue returns the value of a scalar in the cell.
func cellValue[T any](v *cellValues, at mark, raw string, value T, what string, parse func(string) (T, *problem)) T {
	if raw == "" {
		return value
	}
	final, ok := v.replace(at, raw, what)
	if !ok {
		return value
	}
	value, bad := parse(final)
	if bad != nil {
		v.report(at, what+": "+bad.message, bad.suggestion)
	}
	return value
}

// duration, rate, count and truth replace one value by that of the cell, if it holds ${...}.
func (v *cellValues) duration(d duration, what string) duration {
	d.value = cellValue(v, d.mark, d.raw, d.value, what, parseDuration)
	return d
}

// rate returns a rate with its value in the cell. what names its key in errors.
func (v *cellValues) rate(r rate, what string) rate {
	r.value = cellValue(v, r.mark, r.raw, r.value, what, parseRate)
	return r
}

// count is rate for a number of things.
func (v *cellValues) count(n count, what string) count {
	n.value = cellValue(v, n.mark, n.raw, n.value, what, parseCount)
	return n
}

// truth is rate for true or false.
func (v *cellValues) truth(t truth, what string) truth {
	t.value = cellValue(v, t.mark, t.raw, t.value, what, parseTruth)
	return t
}

// text replaces a text. If known is not nil, it lists the values that the text may have.
func (v *cellValues) text(t text, what string, known []string) text {
	if !strings.Contains(t.value, "${") {
		return t
	}
	parse := func(final string) (string, *problem) {
		if known == nil {
			return final, nil
		}
		return final, oneOf(final, known)
	}
	t.value = cellValue(v, t.mark, t.value, t.value, what, parse)
	return t
}

// load returns a copy of a load with the values of the cell.
func (v *cellValues) load(f fileLoad, what string) *fileLoad {
	f.Timeout = v.duration(f.Timeout, what+".timeout")
	f.Connections = v.count(f.Connections, what+".connections")
	f.Transport = v.text(f.Transport, what+".transport", enumOf(f, "transport"))
	f.Reuse = v.truth(f.Reuse, what+".reuse")
	if f.Closed != nil {
		f.Closed = v.closed(*f.Closed, what+".closed")
	}
	if f.Open != nil {
		f.Open = v.open(*f.Open, what+".open")
	}
	return &f
}

// closed returns a copy of a closed load with the values of the cell.
func (v *cellValues) closed(f fileClosed, what string) *fileClosed {
	f.Clients = v.count(f.Clients, what+".clients")
	f.Requests = v.count(f.Requests, what+".requests")
	f.Duration = v.duration(f.Duration, what+".duration")
	f.Think = v.duration(f.Think, what+".think")
	f.Backoff = v.duration(f.Backoff, what+".backoff")
	return &f
}

// open returns a copy of an open load, and of its stages, with the values of the cell.
func (v *cellValues) open(f fileOpen, what string) *fileOpen {
	f.Rate = v.rate(f.Rate, what+".rate")
	f.Arrivals = v.text(f.Arrivals, what+".arrivals", enumOf(f, "arrivals"))
	f.Duration = v.duration(f.Duration, what+".duration")
	stages := make([]fileStage, len(f.Stages.items))
	for i, s := range f.Stages.items {
		s.Rate = v.rate(s.Rate, what+".stages.rate")
		s.To = v.rate(s.To, what+".stages.to")
		s.Duration = v.duration(s.Duration, what+".stages.duration")
		stages[i] = s
	}
	f.Stages.items = stages
	return &f
}

// objectives returns a copy of objectives with the values of the cell.
func (v *cellValues) objectives(l list[text], what string) list[text] {
	items := make([]text, len(l.items))
	for i, t := range l.items {
		items[i] = v.text(t, what, nil)
	}
	l.items = items
	return l
}

// enumOf returns the values that a key of a struct may have.
func enumOf(keys any, key string) []string {
	v := reflect.New(reflect.TypeOf(keys)).Elem()
	for _, f := range fields(v) {
		if f.key == key {
			return f.enum
		}
	}
	return nil
}
