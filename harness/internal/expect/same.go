package expect

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// same reports whether two decoded JSON values are equal.
func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(string(a), string(b))
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !same(v, w) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case json.Number, []any, map[string]any:
		return false // which cannot be compared with ==
	}
	return a == b
}

// Numbers with a longer exponent, in digits, or with a longer text are compared as
// floating-point numbers: an answer must not cost much more than it is long.
const (
	longestExponent = 3
	longestNumber   = 1000
)

// sameNumber compares numbers exactly, and not as the nearest floating-point numbers:
// identifiers are often longer than these can tell apart.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	for _, s := range []string{a, b} {
		at := strings.IndexAny(s, "eE")
		if len(s) > longestNumber || at >= 0 && len(strings.TrimLeft(s[at+1:], "+-")) > longestExponent {
			x, _ := strconv.ParseFloat(a, 64)
			y, _ := strconv.ParseFloat(b, 64)
			return x == y
		}
	}
	x, ok1 := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	return ok1 && ok2 && x.Cmp(y) == 0
}
