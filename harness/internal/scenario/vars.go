package scenario

import (
	"math/bits"
	"strconv"
)

// variable is a source of values for targets. The k-th request takes value
// k mod (number of values), so values come in order and then from the start.
type variable struct {
	name  string
	items []string // values or lines of a file; nil for a sequence

	first, count   uint64 // sequence: first, first+1, … count of them
	prefix, suffix string // around the number
	width          int    // the number is padded with zeros to this width
}

// append adds the value of request k to dst.
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

// mapped is v with every text run through escape, once and ahead of use.
// Digits are taken to need no escaping.
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

// digits is the number of decimal digits of n.
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
