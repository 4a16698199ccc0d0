package patient

import "fmt"

// MaxIDLength is the longest id that is accepted, in bytes. The stores hold ids of
// six bytes; the limit keeps a hostile request from carrying kilobytes through a
// query.
const MaxIDLength = 32

// ID identifies one patient: the letter P and one or more decimal digits. Its text
// is significant: P1 and P00001 are different ids.
type ID string

// ParseID checks the form of an id. The error quotes a shortened value.
func ParseID(text string) (ID, error) {
	if len(text) > MaxIDLength {
		return "", fmt.Errorf("patient id %.12q… is longer than %d characters", text, MaxIDLength)
	}
	if len(text) < 2 || text[0] != 'P' {
		return "", fmt.Errorf("patient id %q is not P and digits, like P00042", text)
	}
	for i := 1; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return "", fmt.Errorf("patient id %q is not P and digits, like P00042", text)
		}
	}
	return ID(text), nil
}

// Count is how many patients a store holds: P00000 to P99999.
const Count = 100_000

// Numbered returns the id of the n-th patient, 0 ≤ n < Count.
func Numbered(n int) ID {
	return ID(fmt.Sprintf("P%05d", n))
}

// Listed reports whether the id is one of P00000 to P99999.
func (id ID) Listed() bool {
	return len(id) == len("P00000")
}
