package scenario

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strconv"
)

// variable is a source of values for targets. Which value request k takes depends on
// the seed, the variable and k alone, so that all variants of a block meet the same
// values. A table (csv) is one variable for each of its columns, which pick the same
// row.
type variable struct {
	name  string
	items []string // the values, the lines of a file or a column; nil for numbers and UUIDs

	uuid bool // every request has a UUID of its own

	first, count   uint64 // of numbers: count numbers from first on
	prefix, suffix string // the text around the number
	width          int    // the number is padded with zeros to this width

	pick pick
	zipf zipf   // for pickZipf
	salt uint64 // makes the draws of different variables independent

	// unread is set for a table that could not be read, which has any column.
	unread bool
}

// pick says in which order a variable takes its values.
type pick int

const (
	pickSequence pick = iota // one after the other, again and again
	pickRandom               // each with the same probability
	pickZipf                 // value i, from 1, with a probability proportional to 1/i^s
)

// size returns the number of values.
func (v *variable) size() uint64 {
	if v.items != nil {
		return uint64(len(v.items))
	}
	return v.count
}

// row returns the number of the value that request k takes, from 0.
func (v *variable) row(seed, k uint64) uint64 {
	switch v.pick {
	case pickRandom:
		// The draw is scaled by multiplication. Its bias is below size/2⁶⁴.
		row, _ := bits.Mul64(splitmix(seed^v.salt, k), v.size())
		return row
	case pickZipf:
		return v.zipf.rank(splitmix(seed^v.salt, k))
	default:
		return k % v.size()
	}
}

// append appends the value for request k to dst.
func (v *variable) append(dst []byte, seed, k uint64) []byte {
	if v.uuid {
		return appendUUID(dst, splitmix(seed^v.salt, k))
	}
	row := v.row(seed, k)
	if v.items != nil {
		return append(dst, v.items[row]...)
	}
	dst = append(dst, v.prefix...)
	n := v.first + row
	for pad := v.width - digits(n); pad > 0; pad-- {
		dst = append(dst, '0')
	}
	dst = strconv.AppendUint(dst, n, 10)
	return append(dst, v.suffix...)
}

// appendUUID appends a random UUID (RFC 9562, version 4) that is made from draw.
// Within one variable and seed, splitmix never gives the same draw twice, and so no
// two requests have the same UUID.
func appendUUID(dst []byte, draw uint64) []byte {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], splitmix(draw, 0))
	binary.BigEndian.PutUint64(id[8:], splitmix(draw, 1))
	id[6] = id[6]&0x0f | 0x40 // version 4
	id[8] = id[8]&0x3f | 0x80 // variant of RFC 9562
	dst = hex.AppendEncode(dst, id[:4])
	for _, group := range [...][]byte{id[4:6], id[6:8], id[8:10], id[10:]} {
		dst = append(dst, '-')
		dst = hex.AppendEncode(dst, group)
	}
	return dst
}

// mapped returns v with every text passed through escape in advance. Digits and UUIDs
// need no escaping.
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
