package scenario

import (
	"math/bits"
	"strconv"
)

// variable is a source of values for targets. Request k takes the value whose number
// is k modulo the number of values, so the values are used in order, again and
// again.
type variable struct {
	name  string
	items []string // the values, or the lines of a file; nil for a sequence

	first, count   uint64 // of a sequence: count numbers from first on
	prefix, suffix string // the text around the number
	width          int    // the number is padded with zeros to this width
}

// append appends the value for request k to dst.
func (v *variable) append(dst []byte, k uint64) []byte {
	if v.items != nil {
		return append(dst, v.items[k%uint64(len(v.items))]...)
	}
	dst = append(dst, v.prefix...)
	n := v.first + k%v.count
	for pad := v.width - digits(n); pad > 0; pad-- {
		dst = append(dst, '0')
	}
	dst = strconv.AppendUint(dst, n, 10)
	return append(dst, v.suffix...)
}

// mapped returns v with every text passed through escape in advance. Digits need no
// escaping.
func (v *variable) mapped(escape func(string) string) *variable {
	m := *v
	m.prefix, m.suffix = escape(v.prefix), escape(v.suffix)
	if v.items != nil {
		m.items = make([]string, len(v.items))
		for i, item := range v.items {
			m.items[i] = escape(item)
		}
	}
	return &m
}

// digits returns the number of decimal digits of n.
func digits(n uint64) int {
	// 1233/4096 approximates log10(2) closely enough for 64 bits.
	d := bits.Len64(n) * 1233 >> 12
	if d < len(powers) && n >= powers[d] {
		d++
	}
	return max(d, 1)
}

var powers = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()
