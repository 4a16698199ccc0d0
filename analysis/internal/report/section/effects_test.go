package section

import (
	"reflect"
	"testing"
)

// Columns that do not fit beside each other are divided among tables of nearly one size.
func TestColumns(t *testing.T) {
	for n, want := range map[int][]int{1: {1}, 4: {4}, 5: {3, 2}, 7: {4, 3}, 8: {4, 4}, 9: {3, 3, 3}} {
		var got []int
		next := 0
		for _, part := range columns(make([]struct{}, n), 4) {
			got = append(got, len(part))
			next += len(part)
		}
		if !reflect.DeepEqual(got, want) || next != n {
			t.Errorf("%d columns: %v, want %v", n, got, want)
		}
	}
}
