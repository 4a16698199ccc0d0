package expect

import (
	"bytes"
	"encoding/json"

	"github.com/theory/jsonpath/spec"
)

// walk returns the text of the value to which names and indexes lead in a valid JSON
// text, or nil if there is none. Of several members of an object with one name the last
// counts, as in encoding/json.
func walk(text []byte, steps []spec.Selector) []byte {
	at := trimSpace(text)
	at = at[:valueEnd(at)]
	for _, step := range steps {
		switch s := step.(type) {
		case spec.Name:
			at = member(at, string(s))
		case spec.Index:
			at = element(at, int(s))
		default:
			return nil // no path with one value has another selector
		}
		if at == nil {
			return nil
		}
	}
	return at
}

// member returns the value of a member of an object; nil if text is no object or has none
// of that name.
func member(text []byte, name string) (found []byte) {
	if text[0] != '{' {
		return nil
	}
	rest := trimSpace(text[1:])
	for rest[0] != '}' {
		n := valueEnd(rest)
		key := rest[:n]
		rest = trimSpace(trimSpace(rest[n:])[1:]) // after the colon
		n = valueEnd(rest)
		if isName(key, name) {
			found = rest[:n]
		}
		rest = next(rest[n:])
	}
	return found
}

// element returns an element of an array, a negative index counting from its end; nil if
// text is no array or has none there.
func element(text []byte, index int) []byte {
	if text[0] != '[' {
		return nil
	}
	if index < 0 {
		index += elements(text)
	}
	rest := trimSpace(text[1:])
	for i := 0; rest[0] != ']'; i++ {
		n := valueEnd(rest)
		if i == index {
			return rest[:n]
		}
		rest = next(rest[n:])
	}
	return nil
}

// elements is the number of elements of an array.
func elements(text []byte) (n int) {
	for rest := trimSpace(text[1:]); rest[0] != ']'; n++ {
		rest = next(rest[valueEnd(rest):])
	}
	return n
}

// next goes on behind a value, to the value after it or to what closes the list.
func next(rest []byte) []byte {
	rest = trimSpace(rest)
	if rest[0] == ',' {
		return trimSpace(rest[1:])
	}
	return rest
}

// isName reports whether a JSON string is the name.
func isName(key []byte, name string) bool {
	inner := key[1 : len(key)-1]
	if bytes.IndexByte(inner, '\\') < 0 && string(inner) == name {
		return true
	}
	if isPlain(inner) {
		return false
	}
	var decoded string
	return json.Unmarshal(key, &decoded) == nil && decoded == name
}

// isPlain reports whether the inside of a JSON string stands for itself.
func isPlain(inner []byte) bool {
	for _, c := range inner {
		if c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}

// valueEnd is the length of the value with which a valid text begins.
func valueEnd(text []byte) int {
	switch text[0] {
	case '"':
		return stringEnd(text)
	case '{', '[':
	default: // a number or a word lasts until something else begins
		for i, c := range text {
			switch c {
			case ',', ']', '}', ':', ' ', '\t', '\r', '\n':
				return i
			}
		}
		return len(text)
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringEnd(text[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// stringEnd is the length of the JSON string with which a valid text begins.
func stringEnd(text []byte) int {
	for i := 1; ; {
		at := bytes.IndexByte(text[i:], '"')
		i += at + 1
		slashes := 0
		for text[i-2-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}

// trimSpace removes the blanks of JSON from the beginning of a text.
func trimSpace(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t' || text[0] == '\r' || text[0] == '\n') {
		text = text[1:]
	}
	return text
}
