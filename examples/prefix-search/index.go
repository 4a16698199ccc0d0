package main

import (
	"sort"
	"strings"
)

// Index finds words by their beginning.
type Index struct {
	words []string // sorted
}

// NewIndex makes an index of words, which it sorts.
func NewIndex(words []string) *Index {
	sort.Strings(words)
	return &Index{words}
}

// Words are all words of four letters from a small alphabet: 20,736 of them, and
// the same ones in every process.
func Words() []string {
	const letters = "abcdefghilmn"
	words := []string{""}
	for range 4 {
		longer := make([]string, 0, len(words)*len(letters))
		for _, w := range words {
			for _, l := range letters {
				longer = append(longer, w+string(l))
			}
		}
		words = longer
	}
	return words
}

// Find returns the first limit words that begin with prefix, in order.
func (x *Index) Find(prefix string, limit int) []string {
	found := []string{}
	for _, w := range x.words[sort.SearchStrings(x.words, prefix):] {
		if len(found) == limit || !strings.HasPrefix(w, prefix) {
			break
		}
		found = append(found, w)
	}
	return found
}
