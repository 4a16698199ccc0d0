package section

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/analysis/internal/table"
)

// A turned table has every cell, in its other place.
func TestTurned(t *testing.T) {
	got := turned(table.Table{Head: []string{"objective", "a", "b", "c"}, Rows: [][]string{{"p99", "1", "2", "3"}, {"failed", "4", "5", "6"}}}, "variant")
	want := table.Table{Head: []string{"variant", "p99", "failed"}, Rows: [][]string{{"a", "1", "4"}, {"b", "2", "5"}, {"c", "3", "6"}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
