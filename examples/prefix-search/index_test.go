package main

import (
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	x := NewIndex(Words())
	for _, c := range []struct {
		prefix string
		limit  int
		want   []string
	}{
		{"abc", 3, []string{"abca", "abcb", "abcc"}},
		{"abca", 3, []string{"abca"}},
		{"nnn", 20, []string{"nnna", "nnnb", "nnnc", "nnnd", "nnne", "nnnf", "nnng", "nnnh", "nnni", "nnnl", "nnnm", "nnnn"}},
		{"", 1, []string{"aaaa"}},
		{"a", 0, []string{}},
		{"zz", 3, []string{}},
	} {
		if got := x.Find(c.prefix, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("Find(%q, %d) = %q, want %q", c.prefix, c.limit, got, c.want)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	x := NewIndex(Words())
	for b.Loop() {
		x.Find("mil", 10)
	}
}
